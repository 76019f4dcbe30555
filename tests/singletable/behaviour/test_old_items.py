"""Writes that answer the item as it was before: `.returning_old()`."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from singletable import (
    Repository,
    RequestError,
    access_pattern,
    attr,
    batch,
    delete,
    put,
    transaction,
    update,
    upsert,
)
from singletable.design.compile import compile_design, compile_pattern
from singletable.emit.docs.patterns import pattern_section
from singletable.errors import (
    ContradictoryPattern,
    InvalidOperation,
    InvalidPattern,
    ItemMissing,
    ServiceUnavailable,
    TransactionRefused,
    VersionConflict,
    WrittenUnreadable,
)
from singletable.inspect import Context, OldItem, predicted_result, writes
from singletable.patterns import declarations_of
from singletable.testing import faulty, refuse
from tests.backends import Backend
from tests.conftest import OpenBackend, without_moto
from tests.singletable.delivery.lossy import LOSSES, REPEATS, Lossy
from tests.singletable.raises import raises
from tests.singletable.shop import (
    Coupon,
    Customer,
    Line,
    Product,
    Visits,
    changed,
    customer,
    line,
    product,
    shop,
)


@access_pattern
def take(order_id: str, number: int) -> OldItem[Line | None]:
    """Takes a line out of an order, and answers it."""
    return Line.key.delete(order_id=order_id, line_no=number).ignoring_version().returning_old()


@access_pattern
def rename(product_id: str, name: str) -> OldItem[Product]:
    """Renames a product, and answers what it was."""
    return Product.key.patch(product_id=product_id).set(name=name).returning_old()


LAMP, LINE, HOME = product(stock=5), line(), Visits(page="home", count=3)
PATCH = Product.key.patch(product_id="lamp")
WRITES: dict[str, tuple[Any, Callable[[Any], OldItem[Any]]]] = {
    "delete": (LINE, lambda read: delete(read).returning_old()),
    "delete of what must exist": (LAMP, lambda _: delete(LAMP, must_exist=True).returning_old()),
    "delete by key": (LAMP, lambda _: Product.key.delete(product_id="lamp").returning_old()),
    "put": (LAMP, lambda _: put(changed(LAMP, name="Desk")).returning_old()),
    "put over a version": (LINE, lambda read: put(changed(read, amount=2)).returning_old()),
    "update": (LINE, lambda read: update(read, changed(read, amount=2)).returning_old()),
    "patch": (LAMP, lambda _: PATCH.set(name="Desk").add(stock=1).returning_old()),
    "upsert": (HOME, lambda _: upsert(Visits(page="home", count=4)).returning_old()),
    "upsert by key": (
        HOME,
        lambda _: Visits.key.upsert(page="home").add(count=1).returning_old(),
    ),
}


@pytest.fixture
def db(open_backend: OpenBackend) -> Backend:
    return open_backend(shop)


def key_of(entity: Any) -> Any:
    schema = type(entity).key.schema
    return type(entity).key.get(**{name: getattr(entity, name) for name in schema.primary.fields})


@pytest.mark.parametrize("name", WRITES)
def test_the_old_item_is_answered(db: Backend, name: str) -> None:
    """As it was read before, whole; and what the write does is done."""
    before, make = WRITES[name]
    db.repository.write(put(before))
    read = db.repository.fetch(key_of(before))
    db.sent.clear()
    assert db.repository.write(make(read)) == read
    assert [each.request.parameters["ReturnValues"] for each in db.sent] == ["ALL_OLD"]
    assert db.repository.fetch(key_of(before)) != read


@pytest.mark.parametrize("name", ["delete by key", "put", "upsert", "upsert by key"])
def test_where_there_was_none_it_is_none(db: Backend, name: str) -> None:
    assert db.repository.write(WRITES[name][1](None)) is None


@pytest.mark.parametrize("name", ["delete of what must exist", "patch"])
def test_what_must_exist_is_missing(db: Backend, name: str) -> None:
    with pytest.raises(ItemMissing) as caught:
        db.repository.write(WRITES[name][1](LINE))
    assert caught.value.written == "no"


def test_conditions_and_versions_are_kept(db: Backend) -> None:
    db.repository.write(put(LINE))
    with pytest.raises(VersionConflict):
        db.repository.write(update(LINE, changed(LINE, amount=9)).returning_old())
    wanted = Line.key.patch(order_id="o1", line_no=1).set(amount=3).ignoring_version()
    old = db.repository.write(wanted.when(attr("amount").equals(1)).returning_old())
    assert (old.amount, old.version) == (1, 2)


def test_an_old_item_can_be_restored(db: Backend) -> None:
    """It is remembered as read, so that the next write goes by it."""
    db.repository.write(put(LAMP))
    old = db.repository.write(rename("lamp", "Desk"))
    now = db.repository.fetch(Product.key.get(product_id="lamp"))
    assert now is not None
    assert db.repository.write(update(now, old)).name == "Lamp"


def test_an_unreadable_old_item_was_overwritten(db: Backend) -> None:
    """It is no result, and the error says that the write was carried out."""
    db.put(PK="PRODUCT#lamp", SK="PRODUCT", entity="Gadget")
    with raises(WrittenUnreadable, problems="Gadget") as caught:
        db.repository.write(put(LAMP).returning_old())
    assert caught.value.written == "yes"
    assert db.repository.fetch(Product.key.get(product_id="lamp")) is not None


@pytest.mark.parametrize("name", ["delete", "put", "update", "patch", "upsert"])
@pytest.mark.parametrize("loss", ["time-out", "sent twice", "sent twice, and said so"])
def test_after_a_lost_answer_nobody_knows_it(db: Backend, name: str, loss: str) -> None:
    """No transport of ours sends it again; of one that does the second answer is not believed."""
    before, make = WRITES[name]
    db.repository.write(put(before))
    read = db.repository.fetch(key_of(before))
    lossy = Lossy(db.transport, (LOSSES | REPEATS)[loss])
    repository = Repository(lossy, {shop: db.name}, **db.options({}))
    try:
        found = repository.write(make(read))
    except RequestError as error:
        assert error.written == "unknown"
    else:
        pytest.fail(f"answers {found}")
    assert lossy.writes == 1


def test_a_refused_attempt_is_sent_again(db: Backend) -> None:
    """It wrote nothing, so the old item is known."""
    db.repository.write(put(LAMP))
    contended = faulty(db.transport, refuse("TransactionConflictException"))
    repository = Repository(contended, {shop: db.name}, **db.options({}))
    assert repository.write(rename("lamp", "Desk")).name == "Lamp"


@without_moto
def test_the_item_of_another_key_is_no_old_item(db: Backend) -> None:
    """As where two processes share a connection."""

    def mixed(operation: str, parameters: Any) -> Any:
        answer = db.transport(operation, parameters)
        return {**answer, "Attributes": {"PK": {"S": "OTHER"}, "SK": {"S": "PRODUCT"}}}

    repository = Repository(mixed, {shop: db.name}, **db.options({}))
    for write in (put(LAMP), delete(LAMP), upsert(HOME)):
        with raises(ServiceUnavailable, detail="another") as caught:
            repository.write(write.returning_old())
        assert caught.value.written in ("yes", "unknown")


def test_unique_fields_are_refused_before_anything_is_sent() -> None:
    """Their writes are transactions; a patch is none."""
    ada = customer(email="ada@example.com")
    for write in (delete(ada), update(ada, changed(ada, name="A"))):
        with raises(
            InvalidOperation, declared="unique email, phone", allowed="without returning_old()"
        ):
            write.returning_old()
    patch = Customer.key.patch(customer_id="ada").ignoring_version().set(name="A")
    assert patch.returning_old().requests(Context())[0].operation == "UpdateItem"


def test_neither_transactions_nor_batches_take_it() -> None:
    write: Any = put(LAMP).returning_old()
    for refused in (transaction, put(LAMP).with_writes):
        with raises(TransactionRefused, problem="it has a OldItem", allowed="writes"):
            refused(write)
    with raises(InvalidOperation, declared="a OldItem is given", allowed="put and delete"):
        batch(write)
    with raises(InvalidOperation, declared="attached writes", allowed="without returning_old()"):
        write.with_writes(put(LAMP))
    with raises(InvalidOperation, declared="not known before it is written", allowed="create"):
        predicted_result(write, Context())


def test_patterns_are_refused_at_import() -> None:
    def unique(coupon: Coupon) -> OldItem[Coupon | None]:
        """Deletes a coupon."""
        return delete(coupon).returning_old()

    def certain(product_id: str) -> OldItem[Product]:
        """Deletes a product."""
        return Product.key.delete(product_id=product_id).returning_old()  # type: ignore[return-value]

    with raises(ContradictoryPattern, declared="unique code", allowed="without returning_old()"):
        access_pattern(unique)
    with raises(
        InvalidPattern, declared="says Product, it answers None | Product", allowed="OldItem["
    ):
        access_pattern(certain)


def test_design_and_documents_say_so() -> None:
    declared = declarations_of(shop).patterns["test_old_items.take"]
    design = compile_design([shop], examples=False)
    compiled = compile_pattern(declared, {"shop": design.tables[0]})
    assert [each.verb for each in compiled.operation.writes] == ["Delete"]
    assert [(need.action, need.key) for need in compiled.needs] == [("DeleteItem", ("ORDER#", ""))]
    text = "\n".join(pattern_section(design))
    assert "Delete, returning the old item" in text
    assert "**Returns:** `Line | None`" in text
    assert writes(take("o1", 1))[0].schema.name == "Line"


def test_a_tenant_takes_its_own_alone(db: Backend) -> None:
    own = db.repository.for_tenant(order_id="o1")
    assert own.write(take("o1", 1)) is None
    with raises(InvalidOperation, declared="order_id is not the one", allowed="the tenant's own"):
        own.write(take("o2", 1))
