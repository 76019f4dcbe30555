"""What a view may say of its entity: some of its fields, as the entity declares them."""

from __future__ import annotations

import pickle
from copy import copy
from datetime import date, datetime
from typing import Annotated, Any, NewType

import pytest
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from singletable import CREATED, TTL, VERSION, Entity, Table, View
from singletable.errors import InvalidEntity, InvalidView
from singletable.formats import integer, slug, text
from singletable.inspect import Context
from tests.singletable.raises import raises

clubs = Table("clubs")
ClubId = NewType("ClubId", str)


class Address(BaseModel):
    """Where."""

    street: str = ""


class Club(Entity, table=clubs):
    """A club."""

    club_id: Annotated[ClubId, slug()]
    name: Annotated[str, Field(min_length=2, pattern="^[a-z]+$")] = "club"
    mail: Annotated[str, text(lower=True)] | None = None
    rank: Annotated[int, integer(0, 99)] = 0
    tags: set[Annotated[str, slug()]] = Field(default_factory=set)
    address: Address = Address()
    founded: date | None = None
    ends: Annotated[datetime | None, TTL] = None
    version: Annotated[int, VERSION] = 1
    renamed: str = Field(default="", serialization_alias="re_named")
    aliased: str = Field(default="", alias="al-iased")
    key = clubs.primary.key("CLUB#{club_id}", "CLUB")


class Old(Entity, table=clubs, upgrade=lambda item: item, reaches=[]):
    """With older forms."""

    old_id: str
    key = clubs.primary.key("OLD#{old_id}", "OLD")


def make(fields: dict[str, tuple[Any, ...]], of: Any = Club, **body: Any) -> type[View[Any]]:
    """A view with these fields: a type, and perhaps a default."""
    values = {name: field[1] for name, field in fields.items() if len(field) > 1}
    annotations = {name: field[0] for name, field in fields.items()}
    named = {"__doc__": "A view.", "__module__": __name__, "__annotations__": annotations}
    base = View if of is None else View[of]
    return type(View)("Small", (base,), {**named, **values, **body})


ACCEPTED: dict[str, tuple[Any, ...]] = {
    "the type alone": (ClubId,),
    "all that the entity says": (Annotated[ClubId, slug()],),
}


@pytest.mark.parametrize("field", ACCEPTED.values(), ids=ACCEPTED)
def test_annotations_are_repeated_or_left_out(field: tuple[Any, ...]) -> None:
    """What they are is said by the entity."""
    view = make({"club_id": field})
    assert view(club_id="a").model_dump() == {"club_id": "a"}


def test_every_kind_of_field_is_accepted() -> None:
    """Plain, marked inside, with defaults and aliases, of a nested model."""
    view = make(
        {
            "name": (Annotated[str, Field(min_length=2, pattern="^[a-z]+$")], "club"),
            "mail": (str | None,),
            "rank": (int,),
            "tags": (set[str],),
            "address": (Address,),
            "ends": (Annotated[datetime | None, TTL], None),
            "version": (Annotated[int, VERSION],),
            "renamed": (str, Field(serialization_alias="re_named")),
            "aliased": (str, Field(default="", alias="al-iased")),
        }
    )
    names = {"name", "mail", "rank", "tags", "address", "ends", "version", "renamed", "aliased"}
    assert view.model_fields.keys() == names
    made: Any = view(mail=None, rank=1, tags=set(), address=Address(), version=1, renamed="")
    with pytest.raises(ValidationError):
        made.rank = 2


MISTAKES: dict[str, tuple[dict[str, tuple[Any, ...]], str]] = {
    "a foreign field": ({"nmae": (str,)}, "Club has no field nmae"),
    "another type": ({"rank": (str,)}, "rank is str, and that of Club is int"),
    "another new type": ({"club_id": (str,)}, "club_id is str, and that of Club is ClubId"),
    "a narrower type": ({"founded": (date,)}, "founded is date, and that of Club is date | None"),
    "another type inside": ({"tags": (set[int],)}, "tags is set[int], and that of Club is set"),
    "another format": (
        {"mail": (Annotated[str, slug()] | None,)},
        "mail has Shaped(name='slug'",
    ),
    "the same format with other options": (
        {"rank": (Annotated[int, integer(0, 9)],)},
        "rank has Integer(",
    ),
    "another format of elements": ({"tags": (set[Annotated[str, text()]],)}, "tags has Text("),
    "another bound": (
        {"name": (Annotated[str, Field(min_length=3)],)},
        "name has MinLen(min_length=3), and that of Club has not",
    ),
    "a role": ({"rank": (Annotated[int, VERSION],)}, "rank has Marker(role='version')"),
    "another role": (
        {"ends": (Annotated[datetime | None, CREATED],)},
        "ends has Marker(role='created')",
    ),
    "a default of a required field": (
        {"club_id": (ClubId, "a")},
        "club_id has a default that Club does not give it",
    ),
    "another default": ({"rank": (int, 1)}, "rank has a default that Club does not give it"),
    "another factory": (
        {"tags": (set[str], Field(default_factory=lambda: {"a"}))},
        "tags has a default that Club does not give it",
    ),
    "another stored name": (
        {"rank": (int, Field(serialization_alias="place"))},
        "rank is called place, and stored as rank by Club",
    ),
    "no fields": ({}, "it has no fields"),
}


@pytest.mark.parametrize(("fields", "declared"), MISTAKES.values(), ids=MISTAKES)
def test_what_contradicts_the_entity_is_refused(
    fields: dict[str, tuple[Any, ...]], declared: str
) -> None:
    """Where the view is declared; the error names both."""
    with raises(InvalidView, where=f"{__name__}.Small", declared=declared):
        make(fields)


OTHERS: dict[str, tuple[dict[str, Any], type[Exception], str]] = {
    "no entity": ({"of": None}, InvalidView, "it is a view of None"),
    "a mere model": ({"of": Address}, InvalidView, "it is a view of Address"),
    "a base without a table": ({"of": Entity}, InvalidEntity, "it belongs to no table"),
    "an upgrade": ({"of": Old}, InvalidView, "Old has an upgrade"),
    "no docstring": ({"__doc__": None}, InvalidEntity, "no docstring"),
    "extra fields": ({"model_config": {"extra": "allow"}}, InvalidEntity, "it allows extra fields"),
    "not frozen": ({"model_config": {"frozen": False}}, InvalidEntity, "it is not frozen"),
    "a key": ({"key": clubs.primary.key("A", "B")}, InvalidView, "key is a key"),
}


@pytest.mark.parametrize(("given", "kind", "declared"), OTHERS.values(), ids=OTHERS)
def test_a_view_is_a_frozen_model_of_one_entity(
    given: dict[str, Any], kind: type[Exception], declared: str
) -> None:
    """Without keys, and with a docstring, as entities have."""
    field = "old_id" if given.get("of") is Old else "club_id"
    with raises(kind, declared=declared):
        make({field: (str if field == "old_id" else ClubId,)}, **given)


def test_a_view_of_a_view_has_its_fields() -> None:
    """And is one of the same entity."""

    class Small(View[Club]):
        """Small."""

        club_id: ClubId

    class Larger(Small):
        """Larger."""

        rank: int

    assert Larger.model_fields.keys() == {"club_id", "rank"}
    with raises(InvalidView, declared="Club has no field size"):

        class Wrong(Small):
            """Wrong."""

            size: int


class Rank(View[Club]):
    """The rank."""

    rank: int


def test_operations_by_views_are_copied_and_pickled() -> None:
    """As those by entities are."""
    get = Club.key.get(club_id=ClubId("a")).only(Rank)
    for other in (copy(get), pickle.loads(pickle.dumps(get))):  # noqa: S301 - our own
        assert other == get
        assert other.requests(Context()) == get.requests(Context())


def test_a_view_folds_and_bounds_as_its_entity_does() -> None:
    """Else what another program spelt otherwise would be another value in it."""
    table = Table("folded-views")

    class Folded(Entity, table=table):
        """A thing with folded texts."""

        model_config = ConfigDict(str_to_lower=True)
        thing_id: str
        nick: str = "n"
        key = table.primary.key("THING#{thing_id}", "THING")

    with raises(InvalidView, allowed="model_config = ConfigDict(str_to_lower=True)"):

        class _Nick(View[Folded]):
            """Its nick."""

            nick: str

    class Nick(View[Folded]):
        """Its nick, folded."""

        model_config = ConfigDict(str_to_lower=True)
        nick: str

    Folded.key.get(thing_id="1").only(Nick)
