"""Companions are written if and only if the write is, whose result and errors stay its own."""

from __future__ import annotations

from typing import Any

import pytest

from singletable import accompanied, attr, create, delete, put, remove, transaction, update
from singletable.errors.request import (
    CompanionRefused,
    InvalidOperation,
    ItemExists,
    ItemMissing,
    RequestError,
    TransactionCancelled,
    TransactionRefused,
    UniqueTaken,
    VersionConflict,
)
from singletable.operations import Context, foreseen
from tests.backends import START, Backend
from tests.conftest import OpenBackend
from tests.singletable.library import books
from tests.singletable.library.model.book import Book, BookId, Genre
from tests.singletable.shop import Product, Visits, changed, customer, line, product, shop

BESIDE = create(line())


def is_beside(db: Backend) -> bool:
    return db.raw(PK="ORDER#o1", SK="LINE#0001") is not None


LAMP = product(created_at=START)
ADA = customer(email="ada@example.com")


@pytest.mark.parametrize(
    "write",
    [
        create(product("desk")),
        put(product("desk")),
        update(LAMP, changed(LAMP, name="Lantern")),
        remove(LAMP),
        delete(LAMP),
        Product.key.patch(product_id="lamp").add(stock=3),
        Visits.key.upsert(page="home").add(count=1),
        transaction(create(product("desk"))),
        update(ADA, changed(ADA, email="lovelace@example.com")),
    ],
    ids=lambda write: type(write).__name__,
)
def test_the_result_is_what_it_is_alone(open_backend: OpenBackend, write: Any) -> None:
    """Whatever kind of write it is; and the companion is written."""
    alone, beside = open_backend(shop), open_backend(shop)
    for each in (alone, beside):
        each.repository.write(transaction(create(LAMP), create(ADA)))
    expected = alone.repository.write(write)
    assert beside.repository.write(accompanied(write, BESIDE)) == expected
    assert is_beside(beside)


STALE = changed(ADA, version=7)


@pytest.mark.parametrize(
    ("write", "error"),
    [
        (create(LAMP), ItemExists),
        (create(customer("eve", email="ada@example.com")), UniqueTaken),
        (update(STALE, changed(STALE, name="A.")), VersionConflict),
        (remove(product("desk")), ItemMissing),
        (Product.key.patch(product_id="desk").set(name="Desk"), ItemMissing),
        (transaction(create(product("desk")), create(LAMP)), TransactionCancelled),
    ],
    ids=lambda each: getattr(each, "__name__", type(each).__name__),
)
def test_the_error_is_what_it_is_alone(db: Backend, write: Any, error: type[RequestError]) -> None:
    """In kind and in words; and the companion is not written."""
    db.repository.write(transaction(create(LAMP), create(ADA)))
    with pytest.raises(error) as alone:
        db.repository.write(write)
    with pytest.raises(error) as beside:
        db.repository.write(accompanied(write, BESIDE))
    assert type(beside.value) is type(alone.value)
    assert str(beside.value) == str(alone.value)
    assert not is_beside(db)


def test_a_companion_that_is_refused_holds_the_write_back(db: Backend) -> None:
    """The error says which companion, counted among the companions."""
    db.repository.write(BESIDE)
    taken = create(line()).otherwise("it is there")
    with pytest.raises(CompanionRefused, match="it is there") as refused:
        db.repository.write(accompanied(create(LAMP), create(line(2)), taken))
    assert set(refused.value.failures) == {1}
    assert db.raw(PK="PRODUCT#lamp", SK="PRODUCT") is None


def test_of_two_refusals_the_writes_own_is_told(moto_db: Backend) -> None:
    """It is what the caller has to know."""
    moto_db.repository.write(transaction(create(LAMP), BESIDE))
    with pytest.raises(ItemExists):
        moto_db.repository.write(accompanied(create(LAMP), BESIDE))


def test_a_deletion_that_finds_nothing_is_carried_out_all_the_same(db: Backend) -> None:
    """What was wanted is so; and the companion is written."""
    gone = customer("eve", email="eve@example.com")
    assert db.repository.write(accompanied(delete(gone), BESIDE)) is None
    assert is_beside(db)


def test_a_deletion_whose_item_is_another_by_now_is_refused(db: Backend) -> None:
    """Only what is missing is nothing to delete."""
    db.repository.write(create(ADA))
    with pytest.raises(VersionConflict):
        db.repository.write(accompanied(delete(STALE), BESIDE))


def test_a_partial_change_that_meets_its_condition_answers_the_whole_item(db: Backend) -> None:
    """Read again, for a transaction tells nothing of it."""
    db.repository.write(create(product(stock=4)))
    patch = Product.key.patch(product_id="lamp").add(stock=1).when(attr("stock").equals(4))
    answered = db.repository.write(accompanied(patch, BESIDE))
    assert (answered.name, answered.stock) == ("Lamp", 5)
    assert [each.request.operation for each in db.sent[-2:]] == ["TransactWriteItems", "GetItem"]


def test_the_token_of_a_transaction_stays_its_token() -> None:
    """Repeated, it is the same transaction."""
    own = transaction(create(LAMP), token="once")
    (request,) = accompanied(own, BESIDE).requests(Context("table"))
    assert request.parameters["ClientRequestToken"] == "once"
    assert len(request.parameters["TransactItems"]) == 2


def test_companions_join_those_that_are_there(moto_db: Backend) -> None:
    """Whoever accompanies a write need not know who else does."""
    moto_db.repository.write(accompanied(accompanied(create(LAMP), BESIDE), create(line(2))))
    assert is_beside(moto_db)
    assert moto_db.raw(PK="ORDER#o1", SK="LINE#0002") is not None
    with pytest.raises(CompanionRefused) as refused:
        moto_db.repository.write(accompanied(accompanied(create(ADA), create(line(3))), BESIDE))
    assert set(refused.value.failures) == {1}


def test_writes_accompany_writes() -> None:
    """A question accompanies nothing, and nothing accompanies a question."""
    question: Any = Product.key.get(product_id="lamp")
    for pair in ((create(LAMP), question), (question, BESIDE)):
        with pytest.raises(TransactionRefused, match="writes, such as create"):
            accompanied(*pair)


def test_the_result_of_a_partial_change_is_not_foreseen() -> None:
    """Only DynamoDB knows what was there."""
    patch = Product.key.patch(product_id="lamp").add(stock=1)
    with pytest.raises(InvalidOperation, match="not known before it is written"):
        foreseen(accompanied(patch, BESIDE), Context("table"))


def test_what_is_foreseen_is_what_is_answered(moto_db: Backend) -> None:
    """Stamps and versions included, as long as it is the same moment."""
    written = create(ADA)
    answered = moto_db.repository.write(written)
    assert answered.updated_at is not None
    assert foreseen(written, Context(moto_db.name, answered.updated_at)) == answered
    both = transaction(create(line()), written).answering(written)
    assert foreseen(both, Context(moto_db.name, answered.updated_at)) == answered


def test_it_keeps_its_pattern() -> None:
    """Logs and metrics name the write that is accompanied."""
    given = books.add(Book(book_id=BookId("dune"), genre=Genre.CRIME, title="Dune", added_at=START))
    assert accompanied(given, BESIDE).origin == given.origin is not None
