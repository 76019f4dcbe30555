"""What another program stored as TTL: only a number that has passed is expired, for every read."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Annotated, Any

import pytest

from singletable import TTL, Entity, Table, attr, collection
from tests.backends import START, Backend
from tests.conftest import OpenBackend, without_moto

NOW = int(START.timestamp())
stables = Table("stables")


class Stall(Entity, table=stables):
    """A stall, let until a moment."""

    stall_id: str
    colour: str = "red"
    ends: Annotated[datetime | None, TTL] = None
    key = stables.primary.key("STALLS", "STALL#{stall_id}")


class Rider(Entity, table=stables):
    """A rider, who never expires."""

    rider_id: str
    key = stables.primary.key("STALLS", "RIDER#{rider_id}")


VALID: dict[str, Any] = {
    "absent": None,
    "null": {"NULL": True},
    "later": {"N": str(NOW + 1)},
}
EXPIRED: dict[str, Any] = {
    "now": {"N": str(NOW)},
    "earlier": {"N": str(NOW - 1)},
    "a fraction earlier": {"N": f"{NOW - 1}.9"},
    "the first second": {"N": "0"},
    "before the first second": {"N": "-1"},
}


@pytest.fixture
def db(open_backend: OpenBackend) -> Backend:
    return open_backend(stables)


def store(db: Backend, ends: Any) -> None:
    known = {} if ends is None else {"ends": ends}
    db.put(PK="STALLS", SK="STALL#1", entity="Stall", stall_id="1", **known)


def find(db: Backend) -> dict[str, int]:
    """How many items each read finds."""
    fetch = db.repository.fetch
    query = Stall.key.query().excluding_expired()
    both = collection(Stall.key, Rider.key).query().excluding_expired()
    return {
        "get": fetch(Stall.key.get(stall_id="1").excluding_expired()) is not None,
        "first": fetch(query.first()) is not None,
        "get_each": sum(map(bool, fetch(Stall.key.get_each(stall_id=["1"]).excluding_expired()))),
        "query": len(fetch(query).items),
        "count": fetch(query.count()),
        "filtered": len(fetch(query.where(attr("colour").equals("red"))).items),
        "iterate": len(list(db.repository.iterate(query))),
        "collection": len(fetch(both).items),
    }


@pytest.mark.parametrize("ends", VALID.values(), ids=VALID)
def test_what_is_no_number_that_has_passed_is_found_by_every_read(db: Backend, ends: Any) -> None:
    """The filter of queries left out what was stored as NULL, which is read as None."""
    store(db, ends)
    assert set(find(db).values()) == {1}


@pytest.mark.parametrize("ends", EXPIRED.values(), ids=EXPIRED)
def test_what_has_passed_is_found_by_no_read(db: Backend, ends: Any) -> None:
    store(db, ends)
    db.clock.now += timedelta(milliseconds=50)
    assert set(find(db).values()) == {0}


@without_moto  # which cannot compare text with a number
def test_a_ttl_of_another_type_is_unreadable_and_not_hidden(db: Backend) -> None:
    store(db, {"S": "tomorrow"})
    query = Stall.key.query().excluding_expired()
    assert db.repository.fetch(query.count()) == 1
    page = db.repository.fetch(query.tolerating_unreadable())
    assert (len(page.items), len(page.unreadable)) == (0, 1)
