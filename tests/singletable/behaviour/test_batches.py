"""Many puts and deletions in one operation, each by itself."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pytest

from singletable import (
    Batch,
    BatchGet,
    Get,
    Label,
    Transaction,
    access_pattern,
    attr,
    batch,
    create,
    delete,
    put,
    transaction,
    update,
)
from singletable.design.compile import compile_design, compile_pattern
from singletable.emit.docs.patterns import pattern_section
from singletable.errors import (
    ContradictoryPattern,
    InvalidOperation,
    InvalidPattern,
    UnplannedOperation,
)
from singletable.inspect import Context, predicted_result, writes
from singletable.patterns import declarations_of
from tests.backends import START, Backend
from tests.conftest import OpenBackend
from tests.singletable.raises import raises
from tests.singletable.shop import Line, Product, customer, line, product, shop
from tests.singletable.two_tables import Order, User, orders, users


@access_pattern
def restock(products: Sequence[Product]) -> Batch:
    """Puts any number of products."""
    return batch(*map(put, products))


@access_pattern
def replace(gone: list[str], first: Product, products: Sequence[Product]) -> Batch:
    """Puts one product and any number of others, and deletes some."""
    deletions = (Product.key.delete(product_id=product_id) for product_id in gone)
    return batch(put(first), *[put(each) for each in products], *deletions)


@access_pattern
def forget(order_id: str, number: int, orders: list[str], numbers: Sequence[int]) -> Batch:
    """Deletes one line of an order, and others of other orders."""
    one = Line.key.delete(order_id=order_id, line_no=number)
    pairs = zip(orders, numbers, strict=True)
    others = (Line.key.delete(order_id=order, line_no=each) for order, each in pairs)
    return batch(one.ignoring_version(), *(each.ignoring_version() for each in others))


@pytest.fixture
def db(open_backend: OpenBackend) -> Backend:
    return open_backend(shop)


def stored(db: Backend) -> list[str]:
    return sorted(item["PK"]["S"].removeprefix("PRODUCT#") for item in db.items())


def test_any_number_is_put_and_deleted(db: Backend) -> None:
    """In requests of 25, up to eight side by side; what was put is read as it was given."""
    many = [product(f"p{number:03}") for number in range(230)]
    assert db.repository.write(restock(many)) is None
    assert len(db.items()) == 230
    sent = [len(each.request.parameters["RequestItems"][db.name]) for each in db.sent]
    assert sent == [25] * 9 + [5]
    found = db.repository.fetch(Product.key.get(product_id="p229"))
    assert found == many[229].model_copy(update={"created_at": START, "updated_at": START})
    db.repository.write(batch(*map(delete, many[:200]), Product.key.delete(product_id="none")))
    assert stored(db) == [f"p{number}" for number in range(200, 230)]


def test_puts_and_deletions_are_mixed(db: Backend) -> None:
    """A pattern of one and of many."""
    db.repository.write(replace([], product("a"), [product("b"), product("c")]))
    db.repository.write(replace(["a", "c", "x"], product("d", stock=2), []))
    assert stored(db) == ["b", "d"]


def test_sequences_go_side_by_side(db: Backend) -> None:
    """Each stands for one part of a key."""
    for order, number in (("a", 1), ("b", 2), ("c", 3), ("d", 4)):
        db.repository.write(create(line(number, order_id=order)))
    db.repository.write(forget("a", 1, ["b", "c"], [2, 3]))
    assert [item["PK"]["S"] for item in db.items()] == ["ORDER#d"]


def test_a_batch_of_nothing_sends_nothing(db: Backend) -> None:
    """As a batch get of no keys does."""
    db.repository.write(restock([]))
    assert db.sent == []


def test_a_put_replaces_the_whole_item(db: Backend) -> None:
    """It goes by the key alone, as a put by itself does; so does a deletion."""
    db.put(PK="PRODUCT#a", SK="PRODUCT", entity="Product", other="x")
    db.put(PK="PRODUCT#b", SK="PRODUCT", entity="Article")
    db.repository.write(batch(put(product("a")), Product.key.delete(product_id="b")))
    (item,) = db.items()
    assert "other" not in item


def test_the_version_is_left_to_whoever_gives_it_up(db: Backend) -> None:
    """A deletion may ignore it."""
    db.repository.write(create(line(1)))
    db.repository.write(batch(delete(line(1)).ignoring_version()))
    assert db.items() == []


def test_two_writes_on_one_item_are_refused_before_anything_is_sent(db: Backend) -> None:
    """DynamoDB would refuse the whole request, and only that."""
    asked = [*(product(f"p{number}") for number in range(30)), product("p3")]
    with raises(
        InvalidOperation,
        where="batch",
        declared="two writes of Product PRODUCT#p3 / PRODUCT",
        allowed="one write of each item",
    ):
        db.repository.write(restock(asked))
    assert db.items() == []


REFUSED: dict[str, Any] = {
    "a create": lambda: create(product()),
    "an update": lambda: update(product(), product()),
    "a patch": lambda: Product.key.patch(product_id="a").set(name="x"),
    "an upsert": lambda: Product.key.upsert(product_id="a").set(name="x"),
    "a check": lambda: Product.key.check(product_id="a"),
    "a transaction": lambda: transaction(create(product())),
    "a read": lambda: Product.key.get(product_id="a"),
    "an entity": product,
    "a condition": lambda: put(product()).when(attr("stock").equals(1)),
    "a condition of a deletion": lambda: delete(product()).when(attr("stock").equals(1)),
    "a label": lambda: put(product()).label(Label("taken", "it is taken")),
    "what must exist": lambda: delete(product(), must_exist=True),
    "what must exist, by key": lambda: Product.key.delete(product_id="a", must_exist=True),
    "a version": lambda: put(line()),
    "a version to delete": lambda: delete(line()),
    "a version to delete by key": lambda: Line.key.delete(order_id="o1", line_no=1),
    "unique fields": lambda: delete(customer()),
}


@pytest.mark.parametrize("made", REFUSED.values(), ids=REFUSED)
def test_what_a_batch_cannot_keep_is_refused(made: Any) -> None:
    """When it is made, so that a pattern of it does not import."""
    with pytest.raises(InvalidOperation) as caught:
        batch(put(product("fine")), made())
    assert caught.value.where == "batch"
    assert "transaction(...)" in caught.value.allowed
    assert caught.value.written == "no"


def test_attached_writes_are_refused() -> None:
    """They would have to be carried out if and only if the batch is."""
    with pytest.raises(InvalidOperation) as caught:
        batch(put(product())).with_writes(create(product("b")))
    assert caught.value.allowed == "transaction(...).with_writes(...)"


def test_writes_are_inspected() -> None:
    """For caches and audits, as those of a transaction are."""
    assert [each.schema.name for each in writes(restock([product("a"), product("b")]))] == [
        "Product",
        "Product",
    ]
    assert predicted_result(restock([product("a")]), Context(None, START)) is None


def test_several_tables_are_written_at_once(open_backend: OpenBackend) -> None:
    """In one request; a table that the repository is not bound to is refused before that."""
    db = open_backend(users)
    asked = batch(put(User(user_id="a")), put(Order(number="1", day="monday")))
    (request,) = asked.requests(Context({users: db.name, orders: "other"}, START))
    assert {*request.parameters["RequestItems"]} == {db.name, "other"}
    with pytest.raises(InvalidOperation):
        db.repository.write(asked)
    assert db.items() == []


verbs: list[Any] = [put, delete]


@access_pattern
def fickle(products: Sequence[Product], extra: Sequence[Product]) -> Batch:
    """Puts some and deletes others, or the other way round."""
    first, second = verbs
    return batch(*map(first, products), *map(second, extra))


def test_a_batch_has_the_shape_of_its_plan() -> None:
    """Kinds, entities and order of writes; their number alone varies."""
    assert len(fickle([product("a")] * 3, [product("b")] * 2).writes) == 5
    assert fickle([], []).writes == ()
    verbs.reverse()
    try:
        with pytest.raises(UnplannedOperation) as caught:
            fickle([product("a")], [product("b"), product("c")])
    finally:
        verbs.reverse()
    assert caught.value.declared == "Batch.writes[1] is Put"
    with pytest.raises(InvalidOperation) as refused:
        restock(["x"])  # type: ignore[list-item]
    assert refused.value.where == "put"


def by_number(products: Sequence[Product]) -> Batch:
    """Looks at how many there are."""
    return batch(*map(put, products)) if len(products) else batch()


def by_place(products: Sequence[Product]) -> Batch:
    """Picks one."""
    return batch(put(products[0]))


def by_field(products: Sequence[Product]) -> Batch:
    """Looks at a field."""
    return batch(*(put(each) for each in products if each.stock))


def by_absence(products: Sequence[Product]) -> Batch:
    """Looks whether a field is None."""
    return batch(*(put(each) if each.brand is None else delete(each) for each in products))


def in_a_transaction(products: Sequence[Product]) -> Transaction[None]:
    """A transaction has one shape."""
    return transaction(*map(put, products))


def one_by_one(ids: Sequence[str]) -> BatchGet[Product]:
    """A batch of reads takes the sequence whole."""
    return Product.key.get_each(product_id=[each for each in ids])  # noqa: C416


def the_first(ids: Sequence[str]) -> Get[Product]:
    """One of several."""
    return Product.key.get(product_id=next(iter(ids)))


@pytest.mark.parametrize(
    "function",
    [by_number, by_place, by_field, by_absence, in_a_transaction, one_by_one, the_first],
    ids=lambda each: each.__name__,
)
def test_elements_can_be_passed_to_a_batch_and_nothing_else(function: Any) -> None:
    """How many there are, and what is in them, is not known when a pattern is declared."""
    with pytest.raises(InvalidPattern):
        access_pattern(function)


def both_of_one(products: Sequence[Product]) -> Batch:
    """Puts and deletes the same."""
    return batch(*map(put, products), *map(delete, products))


def conditional(products: Sequence[Product]) -> Batch:
    """Under a condition."""
    return batch(*(put(each).when(attr("stock").equals(1)) for each in products))


def created(products: Sequence[Product]) -> Batch:
    """New ones."""
    return batch(*map(create, products))  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "function", [both_of_one, conditional, created], ids=lambda each: each.__name__
)
def test_a_pattern_that_a_batch_cannot_keep_does_not_import(function: Any) -> None:
    """It is refused where it is declared."""
    with pytest.raises(ContradictoryPattern):
        access_pattern(function)


def test_documents_show_each_kind_of_write() -> None:
    """Once, with the key that each element makes; IAM allows the batch on those keys."""
    design = compile_design([shop], examples=False)
    pattern = declarations_of(shop).patterns["test_batches.replace"]
    asked = compile_pattern(pattern, {"shop": design.tables[0]})
    assert [(each.verb, each.condition) for each in asked.operation.writes] == [
        ("Put", None),
        ("Put", None),
        ("Delete", None),
    ]
    assert [(need.action, need.key) for need in asked.needs] == [
        ("BatchWriteItem", ("PRODUCT#", ""))
    ]
    assert asked.returns == "None"
    assert asked.parameters[2].is_several
    assert asked.example is not None
    (request,) = asked.example.requests
    assert request.operation == "BatchWriteItem"
    text = "\n".join(pattern_section(design))
    assert "- **Operation:** Batch, 25 writes a request" in text
    assert "`PK = PRODUCT#{products.product_id}` and `SK = PRODUCT`" in text
