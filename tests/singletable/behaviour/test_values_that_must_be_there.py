"""A field that refuses None, or the empty set, is no field that is absent for it."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Annotated, Any

import pytest
from pydantic import BaseModel, Field, ValidationInfo, field_validator

from singletable import TTL, Entity, Table, attr, create
from singletable.errors import InvalidItem, InvalidOperation
from singletable.inspect import Context
from tests.conftest import OpenBackend
from tests.singletable.raises import raises

things = Table("things-with-values")
LATER = datetime(2040, 1, 1, tzinfo=UTC)
Tags = Annotated[set[str], Field(min_length=1)]


class Ending(Entity, table=things):
    """Something that ends, and says when."""

    thing_id: str
    note: str = ""
    ends_at: Annotated[datetime, TTL]
    key = things.primary.key("ENDING#{thing_id}", "ENDING")


class Labels(BaseModel):
    """Some labels, and a colour among those that there are."""

    names: Tags = {"none"}
    shades: set[str] = {"grey"}


class Tagged(Entity, table=things):
    """Something with a tag at least; the tags came later."""

    thing_id: str
    note: str = ""
    tags: Tags = Field({"none"})
    words: set[str] = Field({"one"})
    labels: Labels = Labels()
    key = things.primary.key("TAGGED#{thing_id}", "TAGGED")

    @field_validator("words")
    @classmethod
    def has_words(cls, words: set[str]) -> set[str]:
        if not words:
            raise ValueError("no word")
        return words


class Limited(Entity, table=things):
    """Its limit may be None, unless another field says otherwise."""

    thing_id: str
    is_limited: bool = False
    limit: int | None
    key = things.primary.key("LIMITED#{thing_id}", "LIMITED")

    @field_validator("limit")
    @classmethod
    def fits(cls, limit: int | None, info: ValidationInfo) -> int | None:
        if limit is None and info.data.get("is_limited") is not False:
            raise ValueError("no limit")
        return limit


class Required(Entity, table=things):
    """Something whose tags have no default."""

    thing_id: str
    note: str = ""
    tags: Tags
    key = things.primary.key("REQUIRED#{thing_id}", "REQUIRED")


@pytest.mark.parametrize("entity", [Ending, Required])
def test_an_upsert_by_key_asks_for_it(open_backend: OpenBackend, entity: Any) -> None:
    """What it would write could not be read."""
    backend = open_backend(things)
    with raises(InvalidItem, problems="missing, without a default"):
        backend.repository.write(entity.key.upsert(thing_id="1").set(note="new"))
    assert backend.items() == []


def test_an_older_item_has_the_default(open_backend: OpenBackend) -> None:
    """As it has those of other types; inside, too."""
    backend = open_backend(things)
    backend.put(PK="TAGGED#1", SK="TAGGED", entity="Tagged", thing_id="1", labels={"M": {}})
    found = backend.repository.fetch(Tagged.key.get(thing_id="1"))
    assert found == Tagged(thing_id="1", labels=Labels(names={"none"}, shades=set()))
    patched = backend.repository.write(Tagged.key.patch(thing_id="1").set(note="read"))
    assert patched.tags == {"none"}
    assert patched.words == {"one"}


def test_whether_it_is_absent_is_not_asked() -> None:
    """It is read as its default then."""
    with raises(InvalidOperation, declared="which is read as its default"):
        Tagged.key.query(thing_id="1").where(attr("tags").is_absent()).requests(Context())


def test_a_validator_that_looks_around_is_not_asked(open_backend: OpenBackend) -> None:
    """None may be right beside other fields."""
    backend = open_backend(things)
    backend.repository.write(create(Limited(thing_id="1", limit=None)))
    assert backend.repository.fetch(Limited.key.get(thing_id="1")) == Limited(
        thing_id="1", limit=None
    )
