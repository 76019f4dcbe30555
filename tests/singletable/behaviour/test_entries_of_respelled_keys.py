"""Entries of dicts whose keys are read in several spellings: no part of them is written alone."""

from __future__ import annotations

from datetime import date, datetime, time
from decimal import Decimal
from enum import Enum, IntEnum
from typing import Annotated, Any, Literal
from uuid import UUID

import pytest
from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field
from pydantic import StringConstraints as Constraints

from singletable import Entity, Table, attr, create, update
from singletable.errors import ConditionFailed, InvalidOperation
from singletable.formats import epoch, escaped_text, instant, integer, shaped, slug, text, ulid
from tests.conftest import OpenBackend
from tests.singletable.raises import raises

tallies = Table("tallies")
STAMPED = Table("stamped-tallies", instants=instant("seconds"))


class Word(Enum):
    ONE = "one"


class Number(IntEnum):
    ONE = 1


class Line(BaseModel):
    qty: int = 0


class Tally(Entity, table=tallies):
    """Counts by names in small letters."""

    id: str
    by: dict[Annotated[str, text(lower=True)], int] = Field(default_factory=dict)
    many: dict[Annotated[str, text(lower=True)], list[int]] = Field(default_factory=dict)
    ids: dict[UUID, Line] = Field(default_factory=dict)
    days: dict[date, int] = Field(default_factory=dict)
    key = tallies.primary.key("T#{id}", "T")


def entity_of(key: Any, config: ConfigDict | None = None, table: Table | None = None) -> Any:
    """An entity with a dict of this type of keys."""
    table = table or Table("of-one-dict")
    body: dict[str, Any] = {
        "__annotations__": {"id": str, "by": dict[key, int]},
        "__module__": __name__,
        "__doc__": "Counts.",
        "key": table.primary.key("O#{id}", "O"),
        "by": Field(default_factory=dict),
    }
    if config is not None:
        body["model_config"] = config
    return type(Entity)("Counts", (Entity,), body, table=table)


ID = "abcdef12-1111-2222-3333-444455556666"
RESPELLED: dict[str, tuple[Any, Any]] = {
    "lower case": (Annotated[str, text(lower=True)], "kim"),
    "folded": (Annotated[str, text(fold="nfc")], "kim"),
    "folded and escaped": (Annotated[str, escaped_text(fold="nfkc")], "kim"),
    "lower case by Pydantic": (Annotated[str, Constraints(to_lower=True)], "kim"),
    "stripped by Pydantic": (Annotated[str, Constraints(strip_whitespace=True)], "kim"),
    "a validator": (Annotated[str, AfterValidator(str.lower)], "kim"),
    "a validator before": (Annotated[str, BeforeValidator(str.lower)], "kim"),
    "ids": (UUID, ID),
    "numbers": (int, 1),
    "numbers with a format": (Annotated[int, integer(0, 99)], 7),
    "decimals": (Decimal, "1"),
    "moments": (datetime, "2026-01-01T00:00:00Z"),
    "moments with a format": (Annotated[datetime, instant("seconds")], "2026-01-01T00:00:00Z"),
    "moments as numbers": (Annotated[datetime, epoch()], "2026-01-01T00:00:00Z"),
    "times": (time, "12:30"),
    "enums of numbers": (Number, 1),
}
EXACT: dict[str, tuple[Any, Any]] = {
    "text": (str, "Kim"),
    "short text": (Annotated[str, Field(max_length=3)], "Kim"),
    "text with a format": (Annotated[str, text(max_bytes=9)], "Kim"),
    "slugs": (Annotated[str, slug()], "kim"),
    "ULIDs": (Annotated[str, ulid()], "01ARZ3NDEKTSV4RRFFQ69G5FAV"),
    "shapes": (Annotated[str, shaped("[A-Z]{3}", example="JFK")], "JFK"),
    "escaped": (Annotated[str, escaped_text()], "a#b"),
    "dates": (date, "2026-01-01"),
    "enums of text": (Word, "one"),
    "literals": (Literal["a", "b"], "a"),
}


@pytest.mark.parametrize("name", RESPELLED)
def test_an_entry_whose_key_has_several_spellings_is_not_changed_alone(name: str) -> None:
    """By no verb; the error says what does it."""
    kind, key = RESPELLED[name]
    entity = entity_of(kind)
    path, patch = attr("by")[key], entity.key.patch(id="1")
    for change in (
        lambda: patch.set_at(path, 1),
        lambda: patch.add_at(path, 1),
        lambda: patch.unset_at(path),
    ):
        with raises(InvalidOperation, allowed="update(before, after)"):
            change()


def test_what_a_table_or_a_model_says_of_keys_counts() -> None:
    """The moments of a table, and the texts of a model that folds all of them."""
    of_table = entity_of(datetime, table=STAMPED)
    of_model = entity_of(str, ConfigDict(str_to_lower=True))
    for entity, key in ((of_table, "2026-01-01T00:00:00Z"), (of_model, "kim")):
        with raises(InvalidOperation, declared="another spelling"):
            entity.key.patch(id="1").set_at(attr("by")[key], 1)


@pytest.mark.parametrize("name", EXACT)
def test_an_entry_whose_key_has_one_spelling_is_changed(
    open_backend: OpenBackend, name: str
) -> None:
    """Set, counted and taken out."""
    kind, key = EXACT[name]
    table = Table("of-one-dict")
    entity = entity_of(kind, table=table)
    write = open_backend(table).repository.write
    write(create(entity(id="1")))
    patch, path = entity.key.patch(id="1"), attr("by")[key]
    assert [*write(patch.set_at(path, 1)).by.values()] == [1]
    assert [*write(patch.add_at(path, 1)).by.values()] == [2]
    assert write(patch.unset_at(path)).by == {}


def test_what_is_stored_in_another_spelling_is_never_written_twice(
    open_backend: OpenBackend,
) -> None:
    """An update does it; what is inside an entry is found by its canonical name alone."""
    db = open_backend(tallies)
    by, ids = {"M": {"Kim": {"N": "41"}}}, {"M": {ID.upper(): {"M": {"qty": {"N": "1"}}}}}
    db.put(PK="T#1", SK="T", entity="Tally", id="1", by=by, ids=ids)
    patch = Tally.key.patch(id="1")
    with pytest.raises(InvalidOperation):
        patch.append_at(attr("many")["kim"], [1])
    with raises(ConditionFailed, reason="or under another spelling of its key"):
        db.repository.write(patch.set_at(attr("ids")[ID]["qty"], 2))
    read = db.repository.fetch(Tally.key.get(id="1"))
    assert read is not None
    written = db.repository.write(update(read, read.model_copy(update={"by": {"kim": 42}})))
    assert written.by == {"kim": 42}
    assert db.items()[0]["by"] == {"M": {"kim": {"N": "42"}}}
    respelled = read.model_copy(update={"ids": {UUID(ID): Line(qty=3)}, "by": {"kim": 42}})
    db.repository.write(update(written, respelled))
    assert db.repository.write(patch.set_at(attr("ids")[ID]["qty"], 2)).ids[UUID(ID)].qty == 2
