"""Attached writes are written if and only if the operation is, whose result stays its own."""

from __future__ import annotations

from typing import Any

import pytest

from singletable import attr, create, delete, put, transaction, update
from singletable.errors.request import (
    AttachedWriteRefused,
    InvalidOperation,
    ItemExists,
    ItemMissing,
    Label,
    RequestError,
    TransactionCancelled,
    TransactionRefused,
    UniqueTaken,
    VersionConflict,
)
from singletable.inspect import predicted_result
from singletable.operations import Context
from tests.backends import START, Backend
from tests.conftest import OpenBackend
from tests.singletable.library import books
from tests.singletable.library.model.book import Book, BookId, Genre
from tests.singletable.raises import raises
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
        delete(LAMP, must_exist=True),
        delete(LAMP),
        Product.key.patch(product_id="lamp").add(stock=3),
        Visits.key.upsert(page="home").add(count=1),
        transaction(create(product("desk"))),
        update(ADA, changed(ADA, email="lovelace@example.com")),
    ],
    ids=lambda write: type(write).__name__,
)
def test_the_result_is_what_it_is_alone(open_backend: OpenBackend, write: Any) -> None:
    """Whatever kind of write it is; and the attached write is written."""
    alone, beside = open_backend(shop), open_backend(shop)
    for each in (alone, beside):
        each.repository.write(transaction(create(LAMP), create(ADA)))
    expected = alone.repository.write(write)
    assert beside.repository.write(write.with_writes(BESIDE)) == expected
    assert is_beside(beside)


STALE = changed(ADA, version=7)


@pytest.mark.parametrize(
    ("write", "error"),
    [
        (create(LAMP), ItemExists),
        (create(customer("eve", email="ada@example.com")), UniqueTaken),
        (update(STALE, changed(STALE, name="A.")), VersionConflict),
        (delete(product("desk"), must_exist=True), ItemMissing),
        (Product.key.patch(product_id="desk").set(name="Desk"), ItemMissing),
        (transaction(create(product("desk")), create(LAMP)), TransactionCancelled),
    ],
    ids=lambda each: getattr(each, "__name__", type(each).__name__),
)
def test_the_error_is_what_it_is_alone(db: Backend, write: Any, error: type[RequestError]) -> None:
    """In kind and in words; and the attached write is not written."""
    db.repository.write(transaction(create(LAMP), create(ADA)))
    with pytest.raises(error) as alone:
        db.repository.write(write)
    with pytest.raises(error) as beside:
        db.repository.write(write.with_writes(BESIDE))
    assert type(beside.value) is type(alone.value)
    assert str(beside.value) == str(alone.value)
    assert not is_beside(db)


def test_a_refused_attached_write_holds_the_operation_back(db: Backend) -> None:
    """The error says which one, counted among the attached writes."""
    db.repository.write(BESIDE)
    taken = create(line()).label(Label("line-exists", "it is there"))
    with raises(AttachedWriteRefused) as refused:
        db.repository.write(create(LAMP).with_writes(create(line(2)), taken))
    labels = {at: failure.label for at, failure in refused.value.failures.items()}
    assert labels == {1: Label("line-exists", "it is there")}
    assert db.raw(PK="PRODUCT#lamp", SK="PRODUCT") is None


def test_of_two_refusals_the_own_one_is_raised(moto_db: Backend) -> None:
    """It is what the caller has to know."""
    moto_db.repository.write(transaction(create(LAMP), BESIDE))
    with pytest.raises(ItemExists):
        moto_db.repository.write(create(LAMP).with_writes(BESIDE))


def test_a_deletion_that_finds_nothing_is_carried_out_all_the_same(db: Backend) -> None:
    """What was wanted is so; and the attached write is written."""
    gone = customer("eve", email="eve@example.com")
    assert db.repository.write(delete(gone).with_writes(BESIDE)) is None
    assert is_beside(db)


def test_a_deletion_whose_item_is_another_by_now_is_refused(db: Backend) -> None:
    """Only what is missing is nothing to delete."""
    db.repository.write(create(ADA))
    with pytest.raises(VersionConflict):
        db.repository.write(delete(STALE).with_writes(BESIDE))


def test_a_partial_update_that_meets_its_condition_answers_the_whole_item(db: Backend) -> None:
    """Read again, for a transaction tells nothing of it."""
    db.repository.write(create(product(stock=4)))
    patch = Product.key.patch(product_id="lamp").add(stock=1).when(attr("stock").equals(4))
    answered = db.repository.write(patch.with_writes(BESIDE))
    assert (answered.name, answered.stock) == ("Lamp", 5)
    assert [each.request.operation for each in db.sent[-2:]] == ["TransactWriteItems", "GetItem"]


def test_the_token_of_a_transaction_stays_its_token() -> None:
    """Repeated, it is the same transaction."""
    own = transaction(create(LAMP), token="once")
    (request,) = own.with_writes(BESIDE).requests(Context())
    assert request.parameters["ClientRequestToken"] == "once"
    assert len(request.parameters["TransactItems"]) == 2


def test_more_attached_writes_join_the_others(moto_db: Backend) -> None:
    """Whoever attaches a write need not know who else does."""
    moto_db.repository.write(create(LAMP).with_writes(BESIDE).with_writes(create(line(2))))
    assert is_beside(moto_db)
    assert moto_db.raw(PK="ORDER#o1", SK="LINE#0002") is not None
    with pytest.raises(AttachedWriteRefused) as refused:
        moto_db.repository.write(create(ADA).with_writes(create(line(3))).with_writes(BESIDE))
    assert set(refused.value.failures) == {1}


def test_only_writes_are_attached() -> None:
    """A read is attached to nothing."""
    question: Any = Product.key.get(product_id="lamp")
    for operation in (create(LAMP), transaction(create(LAMP))):
        with raises(TransactionRefused, problem="it has a Get"):
            operation.with_writes(question)


def test_the_result_of_a_partial_change_is_not_predicted_result() -> None:
    """Only DynamoDB knows what was there."""
    patch = Product.key.patch(product_id="lamp").add(stock=1)
    with raises(InvalidOperation, where="Patch", declared="not known before it is written"):
        predicted_result(patch.with_writes(BESIDE), Context())


def test_the_predicted_result_is_the_result(moto_db: Backend) -> None:
    """Stamps and versions included, as long as it is the same moment."""
    written = create(ADA)
    answered = moto_db.repository.write(written)
    assert answered.updated_at is not None
    assert predicted_result(written, Context(None, answered.updated_at)) == answered
    both = transaction(create(line()), written).returning(written)
    assert predicted_result(both, Context(None, answered.updated_at)) == answered


def test_it_keeps_its_pattern() -> None:
    """Logs and metrics name the operation that others are attached to."""
    given = books.add(Book(book_id=BookId("dune"), genre=Genre.CRIME, title="Dune", added_at=START))
    assert given.with_writes(BESIDE).origin == given.origin is not None
