"""L1: an answer is lost after the work was done, and the request is sent again.

Whoever is refused by his own item has succeeded; what counts is not counted twice; and where it
cannot be known what became of a write, the error says so.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from singletable import Repository, RequestError, attr, create, delete, put, transaction, update
from singletable.errors import (
    ConditionFailed,
    ItemExists,
    ItemMissing,
    ServiceError,
    ServiceUnavailable,
    VersionConflict,
    WriteRefused,
)
from singletable.errors.transport import TransportError
from tests.backends import START, Backend
from tests.conftest import OpenBackend, without_moto
from tests.singletable.delivery.lossy import LOSSES, REPEATS, Loss, Lossy
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

LAMP = product(created_at=START, stock=5, log=["a", "c"], tags={"a", "b"})
LINE = line()
ADA = customer(email="ada@example.com")
STORED = (LAMP, LINE, ADA)
PATCH = Product.key.patch(product_id="lamp")
ALL_LOSSES = LOSSES | REPEATS
QUICK = ("time-out", "sent twice", "sent twice, and said so")


def losses(*names: str) -> Any:
    """As parameters; of those that look alike to the pipeline the first alone is quick."""
    return pytest.mark.parametrize(
        "loss",
        [pytest.param(name, marks=[] if name in QUICK else [pytest.mark.slow]) for name in names],
    )


REPEATABLE: dict[str, Callable[[], Any]] = {
    "create": lambda: create(product("desk", tags={"b", "a"}, meta={"n": 1})),
    "create of a versioned one": lambda: create(line(2)),
    "put": lambda: put(product("desk")),
    "put over": lambda: put(changed(LAMP, name="Lantern")),
    "put over a version": lambda: put(changed(LINE, amount=2)),
    "update": lambda: update(LAMP, changed(LAMP, name="Lantern", note="n", stock=1)),
    "update of a versioned one": lambda: update(LINE, changed(LINE, amount=3)),
    "update that removes": lambda: update(LAMP, changed(LAMP, stock=0, log=[])),
    "update of nothing": lambda: update(LINE, LINE),
    "patch": lambda: PATCH.set(name="Lantern", note=None),
    "patch under a condition": lambda: PATCH.set(stock=4).when(attr("stock").equals(5)),
    "patch at a version": lambda: (
        Line.key.patch(order_id="o1", line_no=1).set(sku="x").at_version(1)
    ),
    "patch that unsets": lambda: PATCH.unset("note").when(attr("note").is_absent()),
    "patch that sets what is absent": lambda: PATCH.set_if_absent(brand="b"),
    "patch that takes elements out": lambda: PATCH.remove(tags={"a", "z"}).when(
        attr("tags").contains("a")
    ),
    "patch of a part": lambda: PATCH.set_at(attr("meta")["n"], 2).when(
        attr("meta")["n"].is_absent()
    ),
    "patch that unsets a part": lambda: PATCH.unset_at(attr("meta")["n"]),
    "upsert": lambda: Visits.key.upsert(page="home").set(label="x"),
    "delete": lambda: delete(LINE),
    "delete by key": lambda: Product.key.delete(product_id="lamp"),
}
TOKENED: dict[str, Callable[[], Any]] = {
    "create with a unique field": lambda: create(customer("bob", email="bob@example.com")),
    "update of a unique field": lambda: update(ADA, changed(ADA, email="lovelace@example.com")),
    "delete with a unique field": lambda: delete(ADA, must_exist=True),
    "transaction": lambda: transaction(create(line(7)), PATCH.add(stock=1)),
    "attached": lambda: create(line(8)).with_writes(PATCH.append(log=["b"])),
    "add once": lambda: PATCH.add(stock=1).once(),
    "append once": lambda: PATCH.append(log=["b"]).once(),
    "a position once": lambda: PATCH.unset_at(attr("log")[0]).once(),
    "upsert once": lambda: Visits.key.upsert(page="home").add(count=1).once(),
}
COUNTING: dict[str, Callable[[], Any]] = {
    "add": lambda: PATCH.add(stock=1),
    "add to a set": lambda: PATCH.add(tags={"x"}),
    "add under a condition": lambda: PATCH.add(stock=-1).when(attr("stock").greater_than(0)),
    "append": lambda: PATCH.append(log=["b"]),
    "prepend": lambda: PATCH.prepend(log=["b"]),
    "set at a position": lambda: PATCH.set_at(attr("log")[0], "b"),
    "remove at a position": lambda: PATCH.unset_at(attr("log")[0]),
    "add and take out": lambda: PATCH.add(stock=1).remove(tags={"a"}),
    "add and set": lambda: PATCH.add(stock=1).set(note="n"),
    "ignoring the version": lambda: (
        Line.key.patch(order_id="o1", line_no=1).set(sku="x").ignoring_version()
    ),
    "upsert that counts": lambda: Visits.key.upsert(page="home").add(count=1),
}


def fill(db: Backend) -> None:
    for entity in STORED:
        db.repository.write(create(entity))


def content(db: Backend) -> dict[str, Any]:
    """All items by key."""
    return {f"{item['PK']['S']} {item['SK']['S']}": _plain(item) for item in db.items()}


def _plain(item: dict[str, Any]) -> dict[str, Any]:
    return {name: sorted(value["SS"]) if "SS" in value else value for name, value in item.items()}


def lose(db: Backend, loss: Loss) -> tuple[Any, Lossy]:
    """A repository that loses the next answer to a write."""
    lossy = Lossy(db.transport, loss)
    db.transport = lossy
    return db.another(), lossy


def written_once(open_backend: OpenBackend, make: Callable[[], Any]) -> tuple[Any, dict[str, Any]]:
    """Its result, and the table's content, where no answer is lost."""
    model = open_backend(shop)
    fill(model)
    return model.repository.write(make()), content(model)


@losses(*ALL_LOSSES)
@pytest.mark.parametrize("verb", REPEATABLE)
def test_a_write_that_may_be_repeated_succeeds(
    open_backend: OpenBackend, verb: str, loss: str
) -> None:
    """With the result that it has when nothing is lost; and it is written once."""
    expected, model = written_once(open_backend, REPEATABLE[verb])
    db = open_backend(shop)
    fill(db)
    repository, lossy = lose(db, ALL_LOSSES[loss])
    assert repository.write(REPEATABLE[verb]()) == expected
    assert not lossy.is_armed
    assert content(db) == model


@losses(*ALL_LOSSES)
@pytest.mark.parametrize("verb", TOKENED)
@without_moto
def test_a_transaction_counts_once_by_its_token(
    open_backend: OpenBackend, verb: str, loss: str
) -> None:
    """Not on moto, which forgets tokens within a process."""
    expected, model = written_once(open_backend, TOKENED[verb])
    db = open_backend(shop)
    fill(db)
    repository, _ = lose(db, ALL_LOSSES[loss])
    assert repository.write(TOKENED[verb]()) == expected
    assert content(db) == model


@losses(*LOSSES)
@pytest.mark.parametrize("verb", COUNTING)
def test_what_counts_is_not_sent_again(open_backend: OpenBackend, verb: str, loss: str) -> None:
    """The error says that it may have been written."""
    _, model = written_once(open_backend, COUNTING[verb])
    db = open_backend(shop)
    fill(db)
    repository, lossy = lose(db, LOSSES[loss])
    with pytest.raises(ServiceError) as caught:
        repository.write(COUNTING[verb]())
    assert caught.value.written == "unknown"
    assert lossy.writes == 1
    if loss != "sent twice":
        assert content(db) == model


@losses(*ALL_LOSSES)
def test_a_delete_of_what_must_exist_does_not_know(open_backend: OpenBackend, loss: str) -> None:
    """Whether it deleted the item, or there was none; it is gone in any case."""
    db = open_backend(shop)
    fill(db)
    repository, _ = lose(db, ALL_LOSSES[loss])
    with pytest.raises(ItemMissing) as caught:
        repository.write(delete(LINE, must_exist=True))
    assert caught.value.written == "unknown"
    assert db.raw(PK="ORDER#o1", SK="LINE#0001") is None


OVERTAKEN: dict[str, tuple[Callable[[], Any], Callable[[], Any], type[WriteRefused]]] = {
    "create": (
        lambda: create(product("desk")),
        lambda: Product.key.patch(product_id="desk").set(note="another's"),
        ItemExists,
    ),
    "update": (
        lambda: update(LINE, changed(LINE, amount=2)),
        lambda: Line.key.patch(order_id="o1", line_no=1).set(amount=9).at_version(2),
        VersionConflict,
    ),
    "put": (
        lambda: put(changed(LINE, amount=2)),
        lambda: Line.key.patch(order_id="o1", line_no=1).set(amount=9).at_version(2),
        VersionConflict,
    ),
    "patch": (
        lambda: PATCH.set(stock=4).when(attr("stock").equals(5)),
        lambda: PATCH.set(stock=3),
        ConditionFailed,
    ),
    "delete": (
        lambda: delete(LINE),
        lambda: create(line(amount=4, version=7)).preserving_stamps(),
        VersionConflict,
    ),
}


@losses(*ALL_LOSSES)
@pytest.mark.parametrize("verb", OVERTAKEN)
def test_a_refusal_after_another_writer_does_not_claim_to_know(
    open_backend: OpenBackend, verb: str, loss: str
) -> None:
    """Ours was carried out, and changed before it could be recognised."""
    db = open_backend(shop)
    fill(db)
    make, overtake, kind = OVERTAKEN[verb]
    other = Repository(db.transport, {shop: db.name})
    repository, lossy = lose(db, ALL_LOSSES[loss])
    lossy.between = lambda: other.write(overtake())
    with pytest.raises(RequestError) as caught:
        repository.write(make())
    assert (type(caught.value), caught.value.written) == (kind, "unknown")
    assert "may have been written" in str(caught.value)


@pytest.mark.parametrize("verb", REPEATABLE | COUNTING)
def test_a_request_that_never_arrived_is_not_claimed_to_be_written(
    open_backend: OpenBackend, verb: str
) -> None:
    """Nor the contrary."""

    def vanish(lossy: Lossy, operation: str, parameters: Any) -> Any:
        raise TransportError("Unreachable", "reset")

    db = open_backend(shop)
    fill(db)
    model = content(db)
    repository, _ = lose(db, vanish)
    with pytest.raises(ServiceUnavailable) as caught:
        repository.write((REPEATABLE | COUNTING)[verb]())
    assert caught.value.written == "unknown"
    assert content(db) == model


def test_a_refusal_without_a_lost_answer_wrote_nothing(open_backend: OpenBackend) -> None:
    """However equal the stored item is to the one that was to be written."""
    db = open_backend(shop)
    for make, kind in (
        (lambda: create(LAMP), ItemExists),
        (lambda: create(LINE), ItemExists),
        (lambda: PATCH.set(stock=5).when(attr("stock").equals(4)), ConditionFailed),
    ):
        if kind is ItemExists:
            db.repository.write(make())
        with pytest.raises(kind) as caught:
            db.repository.write(make())
        assert caught.value.written == "no"


def test_a_write_of_something_else_is_not_taken_for_ours(open_backend: OpenBackend) -> None:
    """One attribute more or less, and it is another's."""
    for there in (product("desk", note="n"), product("desk", name="Desk"), product("desk", rank=3)):
        db = open_backend(shop)
        db.repository.write(put(there))
        repository, _ = lose(db, LOSSES["sent twice"])
        with pytest.raises(ItemExists) as caught:
            repository.write(create(product("desk")))
        assert caught.value.written == "no"


def test_one_winner_of_two_creates_of_different_items(open_backend: OpenBackend) -> None:
    """The loser is refused, although an answer of his was lost."""
    db = open_backend(shop)
    repository, lossy = lose(db, LOSSES["time-out"])
    db.another().write(create(Coupon(coupon_id="x", code=None, percent=7)))
    lossy.is_armed = True
    with pytest.raises(ItemExists):
        repository.write(create(Coupon(coupon_id="x", code=None, percent=8)))


def test_once_reads_what_it_wrote(open_backend: OpenBackend) -> None:
    """The item as it is afterwards, as the update alone would answer it."""
    db = open_backend(shop)
    fill(db)
    written: Product = db.repository.write(PATCH.add(stock=2).set(note="n").once())
    assert (written.stock, written.note) == (7, "n")
    assert [each.request.operation for each in db.sent[-2:]] == ["TransactWriteItems", "GetItem"]
    again: Customer = db.repository.write(
        Customer.key.patch(customer_id="ada").add(visits=1).at_version(1).once()
    )
    assert (again.visits, again.version) == (1, 2)


def test_once_is_refused_as_the_update_alone_is(open_backend: OpenBackend) -> None:
    """With its own error, and nothing written."""
    db = open_backend(shop)
    with pytest.raises(ItemMissing) as caught:
        db.repository.write(PATCH.add(stock=2).once())
    assert caught.value.written == "no"
