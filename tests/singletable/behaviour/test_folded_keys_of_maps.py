"""Stored names of a map that validators make one key: an error, where one entry would be lost."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any, NamedTuple

import pytest
from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, StringConstraints

from singletable import Entity, Table, update
from singletable.errors.request import InvalidStoredItem
from singletable.formats import text
from tests.backends import Backend
from tests.conftest import OpenBackend
from tests.singletable.clinic.making import make
from tests.singletable.raises import raises

Lower = Annotated[str, text(lower=True)]
Rest = dict[str, Any]


class Paints(BaseModel):
    """Amounts by colour, and what is mixed of them."""

    amounts: dict[Lower, int] = {}
    mixed: list[Paints] = []


class Trimmed(BaseModel):
    """A model that trims its texts."""

    model_config = ConfigDict(str_strip_whitespace=True)
    amounts: dict[str, int] = {}


class Pair(NamedTuple):
    """Two things."""

    name: str
    amounts: dict[Lower, int]


def numbers(*names: str) -> Rest:
    return {"M": {name: {"N": str(at)} for at, name in enumerate(names)}}


TWO, ONE = numbers("Red", "red"), numbers("Red", "blue")
FOLDED: dict[str, tuple[Any, Rest, Rest]] = {
    "a format": (dict[Lower, int], TWO, ONE),
    "Pydantic's constraints": (
        dict[Annotated[str, StringConstraints(to_lower=True)], int],
        TWO,
        ONE,
    ),
    "a validator": (dict[Annotated[str, AfterValidator(str.lower)], int], TWO, ONE),
    "a validator before": (dict[Annotated[str, BeforeValidator(str.lower)], int], TWO, ONE),
    "numbers": (
        dict[Annotated[int, AfterValidator(abs)], int],
        numbers("-1", "1"),
        numbers("-1", "2"),
    ),
    "optional": (dict[Lower, int] | None, TWO, ONE),
    "inside a map": (dict[str, dict[Lower, int]], {"M": {"a": TWO}}, {"M": {"a": ONE}}),
    "inside a list": (list[dict[Lower, int]], {"L": [ONE, TWO]}, {"L": [ONE, ONE]}),
    "inside a pair": (
        tuple[int, dict[Lower, int]],
        {"L": [{"N": "1"}, TWO]},
        {"L": [{"N": "1"}, ONE]},
    ),
    "of a model": (Paints, {"M": {"amounts": TWO}}, {"M": {"amounts": ONE}}),
    "of a model's model": (
        Paints,
        {"M": {"mixed": {"L": [{"M": {"amounts": TWO}}]}}},
        {"M": {"mixed": {"L": [{"M": {"amounts": ONE}}]}}},
    ),
    "of a model that trims": (
        Trimmed,
        {"M": {"amounts": numbers("red", " red")}},
        {"M": {"amounts": ONE}},
    ),
    "of a named tuple": (
        Pair,
        {"M": {"name": {"S": "a"}, "amounts": TWO}},
        {"M": {"name": {"S": "a"}, "amounts": ONE}},
    ),
    "in a union": (dict[Lower, int] | str, TWO, ONE),
}


def declare(annotation: Any) -> tuple[Table, Any]:
    table = Table("paints")
    key = table.primary.key("SHELF#{shelf_id}", "SHELF")
    return table, make(table, {"shelf_id": str, "held": annotation, "key": key}, "Shelf")


def store(db: Backend, held: Rest) -> None:
    db.put(PK="SHELF#1", SK="SHELF", entity="Shelf", shelf_id="1", held=held)


@pytest.mark.parametrize(("annotation", "folded", "apart"), FOLDED.values(), ids=FOLDED)
def test_two_names_that_validators_make_one_key_are_an_error(
    open_backend: OpenBackend, annotation: Any, folded: Rest, apart: Rest
) -> None:
    """Those that stay apart are read."""
    table, shelf = declare(annotation)
    db = open_backend(table)
    store(db, apart)
    assert db.repository.fetch(shelf.key.get(shelf_id="1")).held
    store(db, folded)
    for read in (shelf.key.get(shelf_id="1"), shelf.key.query(shelf_id="1")):
        problem = "held: found two names that are read as the same key"
        with raises(InvalidStoredItem, entity="Shelf", key="SHELF#1 / SHELF", problems=problem):
            db.repository.fetch(read)


def test_entries_that_the_fields_own_validator_leaves_out_are_no_error(
    open_backend: OpenBackend,
) -> None:
    """It is what the program wants: no key has become another one."""

    def positive(held: dict[str, int]) -> dict[str, int]:
        return {name: number for name, number in held.items() if number}

    table, shelf = declare(Annotated[dict[Lower, int], AfterValidator(positive)])
    db = open_backend(table)
    store(db, ONE)
    assert db.repository.fetch(shelf.key.get(shelf_id="1")).held == {"blue": 1}


def test_an_update_loses_no_entry_of_a_map(open_backend: OpenBackend) -> None:
    """Names in another spelling are respelled; two that are one are left to whoever wrote them."""
    table = Table("swatches")

    class Swatch(Entity, table=table):
        """A swatch."""

        swatch_id: str
        held: dict[Lower, int]
        days: dict[date, int]
        key = table.primary.key("SWATCH#{swatch_id}", "SWATCH")

    db = open_backend(table)
    own = {"PK": "SWATCH#1", "SK": "SWATCH", "entity": "Swatch", "swatch_id": "1"}
    db.put(**own, held=ONE, days=numbers("2026-01-01"))
    read = db.repository.fetch(Swatch.key.get(swatch_id="1"))
    assert read is not None
    changed = read.model_copy(update={"held": {**read.held, "green": 2}})
    assert db.repository.write(update(read, changed)).held == {"red": 0, "blue": 1, "green": 2}
    db.put(**own, held=TWO, days=numbers("2026-01-01"))
    with raises(InvalidStoredItem, entity="Swatch", problems="the same key"):
        db.repository.fetch(Swatch.key.get(swatch_id="1"))
    assert (db.raw(PK="SWATCH#1", SK="SWATCH") or {})["held"] == TWO
