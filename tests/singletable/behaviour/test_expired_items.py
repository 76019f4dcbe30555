"""Items whose TTL has passed, and which DynamoDB has not deleted yet."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Annotated

import pytest

from singletable import TTL, Entity, Table, attr, create, delete, put, transaction, unique, upsert
from singletable.errors.request import ConditionFailed, ItemExists, UniqueTaken
from tests.backends import START, Backend
from tests.conftest import OpenBackend

cloakroom = Table("cloakroom")
PAST, LATER = START - timedelta(days=1), START + timedelta(days=1)


class Session(Entity, table=cloakroom):
    """A session, one for each seat."""

    seat: str
    user: str
    expires_at: Annotated[datetime | None, TTL] = None
    key = cloakroom.primary.key("SEAT#{seat}", "SESSION")


class Voucher(Entity, table=cloakroom):
    """A voucher, whose code is its own while it is valid."""

    voucher_id: str
    code: str
    expires_at: Annotated[datetime | None, TTL] = None
    key = cloakroom.primary.key("VOUCHER#{voucher_id}", "VOUCHER")
    unique_code = unique("code")


OLD = Session(seat="1", user="ada", expires_at=PAST)
NEW = Session(seat="1", user="bob", expires_at=LATER)
IS_EXPIRED = attr("expires_at").at_most(START)


@pytest.fixture
def db(open_backend: OpenBackend) -> Backend:
    return open_backend(cloakroom)


def test_an_expired_item_is_there_until_it_is_deleted(db: Backend) -> None:
    """It is read and blocks a create; a query leaves it out if asked to."""
    old = db.repository.write(create(OLD))
    assert db.repository.fetch(Session.key.get(seat="1")) == old
    query = Session.key.query(seat="1")
    assert db.repository.fetch(query).items == (old,)
    assert db.repository.fetch(query.excluding_expired()).items == ()
    with pytest.raises(ItemExists):
        db.repository.write(create(NEW))


@pytest.mark.parametrize("write", [put, upsert])
def test_an_expired_item_can_be_replaced_by_one_that_asks_for_its_expiry(
    db: Backend, write: type
) -> None:
    """Whoever comes second meets a valid one."""
    db.repository.write(create(OLD))
    assert db.repository.write(write(NEW).when(IS_EXPIRED)).user == "bob"
    with pytest.raises(ConditionFailed):
        db.repository.write(write(NEW).when(IS_EXPIRED))


def test_the_replacement_makes_an_item_where_the_expired_one_has_been_deleted(db: Backend) -> None:
    assert db.repository.write(put(NEW).when(IS_EXPIRED)).user == "bob"


def test_a_unique_value_of_an_expired_item_is_taken_until_its_owner_is_deleted(
    db: Backend,
) -> None:
    """A transaction with that takes it over."""
    old = db.repository.write(create(Voucher(voucher_id="a", code="x", expires_at=PAST)))
    new = create(Voucher(voucher_id="b", code="x", expires_at=LATER))
    with pytest.raises(UniqueTaken):
        db.repository.write(new)
    db.repository.write(transaction(delete(old), new))
    held = db.raw(PK="UNIQUE#Voucher#code#x", SK="UNIQUE")
    assert held is not None
    assert held["owner"]["M"]["PK"] == {"S": "VOUCHER#b"}
