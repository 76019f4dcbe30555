"""An upsert turns no None, and no emptied set, back into a default."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Annotated, Any

import pytest
from pydantic import Field

from singletable import TTL, Entity, Table, attr, create, transaction, upsert
from singletable.errors.request import InvalidOperation
from tests.backends import Backend
from tests.conftest import OpenBackend
from tests.singletable.raises import raises

guests = Table("guests")
NEVER = datetime(2030, 1, 1, tzinfo=UTC)


class Guest(Entity, table=guests):
    """Fields whose absence is a value of its own, and some whose absence is none."""

    guest_id: str
    name: str = "Kim"
    nickname: str | None = "anon"
    roles: set[str] = {"reader"}  # noqa: RUF012
    until: Annotated[datetime | None, TTL] = Field(default_factory=lambda: NEVER)
    seat: int | None = None
    tags: set[str] = set()  # noqa: RUF012
    days: list[int] = [1]  # noqa: RUF012
    key = guests.primary.key("GUEST#{guest_id}", "GUEST")


class Pass(Entity, table=guests):
    """An expiry and members that are never none."""

    pass_id: str
    uses: int = 0
    until: Annotated[datetime, TTL] = Field(default_factory=lambda: NEVER)
    doors: Annotated[set[str], Field(min_length=1)] = {"front"}  # noqa: RUF012
    key = guests.primary.key("PASS#{pass_id}", "PASS")


BARE = Guest(guest_id="1", nickname=None, roles=set(), until=None)
CONTESTED: dict[str, dict[str, Any]] = {
    "nickname": {"nickname": "kim"},
    "roles": {"roles": {"author"}},
    "until": {"until": NEVER},
}


@pytest.fixture
def db(open_backend: OpenBackend) -> Backend:
    opened = open_backend(guests)
    opened.repository.write(create(BARE))
    return opened


def stored(db: Backend) -> Any:
    return db.repository.fetch(Guest.key.get(guest_id="1").consistent())


def values_but(field: str) -> dict[str, Any]:
    return {
        name: value
        for other, values in CONTESTED.items()
        if other != field
        for name, value in values.items()
    }


@pytest.mark.parametrize("field", CONTESTED)
def test_an_upsert_that_leaves_out_such_a_field_is_refused(db: Backend, field: str) -> None:
    """A withdrawn role came back, and what never expires got an expiry."""
    by_key = Guest.key.upsert(guest_id="1").set(name="Lee", **values_but(field))
    whole = upsert(Guest(guest_id="1", name="Lee", **values_but(field)))
    conditional = by_key.when(attr("name").equals("Kim"))
    for write in (by_key, whole, conditional, transaction(by_key), by_key.once()):
        with raises(InvalidOperation, where="upsert of Guest", declared=f"{field} left out"):
            db.repository.write(write)
    assert stored(db) == BARE


def test_an_upsert_that_gives_them_is_not(db: Backend) -> None:
    given = {"nickname": None, "roles": set[str](), "until": None}
    db.repository.write(Guest.key.upsert(guest_id="1").set(name="Lee", **given))
    assert stored(db) == BARE.model_copy(update={"name": "Lee"})
    db.repository.write(
        upsert(Guest(guest_id="1", name="Max", nickname=None, roles=set(), until=None))
    )
    assert stored(db) == BARE.model_copy(update={"name": "Max"})


def test_what_was_read_can_be_upserted(db: Backend) -> None:
    db.repository.write(upsert(stored(db)))
    assert stored(db) == BARE


def test_values_for_items_that_have_none_can_be_asked_for(db: Backend) -> None:
    asked = Guest.key.upsert(guest_id="1").set(roles={"a"}, until=None)
    db.repository.write(asked.set_if_absent(nickname="kim"))
    assert (stored(db).nickname, stored(db).roles, stored(db).until) == ("kim", {"a"}, None)


def test_defaults_are_set_where_absence_is_no_value(db: Backend) -> None:
    """A field that is never None, and a set that is never empty."""
    made = db.repository.write(Pass.key.upsert(pass_id="1").add(uses=1))
    assert made == Pass(pass_id="1", uses=1, until=NEVER, doors={"front"})
