"""An owner whose unique item is gone, and whose value another has claimed, in several writes."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from typing import Any

import pytest

from singletable import Entity, Table, create, delete, transaction, unique, update
from singletable.errors.request import ItemExists, TransactionCancelled, UniqueTaken
from tests.backends import Backend
from tests.conftest import OpenBackend
from tests.singletable.raises import raises

safes = Table("safes")


class Safe(Entity, table=safes):
    """A safe, which may have a code of its own."""

    safe_id: str
    code: str | None = None
    key = safes.primary.key("SAFE#{safe_id}", "SAFE")
    unique_code = unique("code")


@pytest.fixture
def db(open_backend: OpenBackend) -> Backend:
    return open_backend(safes)


LOG = Safe(safe_id="log")
TOGETHER: dict[str, Callable[[Any], Any]] = {
    "transaction": transaction,
    "transaction with a token": lambda write: transaction(write, token=str(uuid.uuid4())),
    "transaction of two": lambda write: transaction(create(LOG), write),
    "attached writes": lambda write: write.with_writes(create(LOG)),
}


def robbed(db: Backend) -> Safe:
    """A safe whose unique item is gone, and whose code `b` has claimed since."""
    first = db.repository.write(create(Safe(safe_id="a", code="x")))
    claim = {"PK": {"S": "UNIQUE#Safe#code#x"}, "SK": {"S": "UNIQUE"}}
    db.client.delete_item(TableName=db.name, Key=claim)
    db.repository.write(create(Safe(safe_id="b", code="x")))
    return first


def owner_of(db: Backend, code: str) -> Any:
    held = db.raw(PK=f"UNIQUE#Safe#code#{code}", SK="UNIQUE")
    return held and held["owner"]["M"]["PK"]["S"]


@pytest.mark.parametrize("must_exist", [False, True])
@pytest.mark.parametrize("together", TOGETHER)
def test_a_robbed_owner_can_be_deleted_with_other_writes(
    db: Backend, together: str, must_exist: bool
) -> None:
    """It was an ItemMissing about an item that is there; the single deletion went through."""
    db.repository.write(TOGETHER[together](delete(robbed(db), must_exist=must_exist)))
    assert db.raw(PK="SAFE#a", SK="SAFE") is None
    assert owner_of(db, "x") == "SAFE#b"


@pytest.mark.parametrize("together", TOGETHER)
def test_a_robbed_owner_can_take_another_value_with_other_writes(
    db: Backend, together: str
) -> None:
    first = robbed(db)
    changed = first.model_copy(update={"code": "y"})
    db.repository.write(TOGETHER[together](update(first, changed)))
    assert (owner_of(db, "x"), owner_of(db, "y")) == ("SAFE#b", "SAFE#a")


def test_a_robbed_owner_is_told_that_the_other_value_is_taken(db: Backend) -> None:
    """Alone and in a transaction: its own item is there, and was said to be missing."""
    first = robbed(db)
    db.repository.write(create(Safe(safe_id="c", code="y")))
    write = update(first, first.model_copy(update={"code": "y"}))
    with raises(UniqueTaken, entity="Safe", field="code", written="no"):
        db.repository.write(write)
    with raises(TransactionCancelled) as caught:
        db.repository.write(transaction(write))
    assert {at: type(failure) for at, failure in caught.value.failures.items()} == {0: UniqueTaken}


def test_a_robbed_owner_is_no_reason_of_a_transaction_that_another_write_cancels(
    db: Backend,
) -> None:
    first = robbed(db)
    with raises(TransactionCancelled) as caught:
        db.repository.write(transaction(delete(first), create(Safe(safe_id="b"))))
    assert {at: type(failure) for at, failure in caught.value.failures.items()} == {1: ItemExists}
    assert db.raw(PK="SAFE#a", SK="SAFE") is not None
