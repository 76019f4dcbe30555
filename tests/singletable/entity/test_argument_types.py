"""What is no table, template, field name or upgrade is refused in words, at the declaration."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime
from enum import StrEnum
from typing import Annotated, Any, NewType, Optional
from uuid import UUID

import pytest

from singletable import Table, shards, unique
from singletable.errors import (
    DeclarationError,
    InvalidEntity,
    InvalidTemplate,
    UnusableKeyField,
)
from singletable.formats import Format, day, instant, integer, one_of, slug, text, uuid_text
from tests.singletable.clinic.making import keyed, make
from tests.singletable.raises import raises

NONE: Any = None
FIVE: Any = 5
ZZZ: Any = "zzz"
THING = "tests.singletable.clinic.making.Thing"
WARD = "tests.singletable.clinic.making.Ward"
KEY = "a key on primary of Table('clinic')"
Floor = StrEnum("Floor", ["LOW", "HIGH"])
WardId = NewType("WardId", str)


def key(*templates: Any, **options: Any) -> Any:
    return Table("clinic").primary.key(*templates, **options)


def ward(**options: Any) -> Any:
    table = Table("clinic")
    fields = {"ward": str, "key": table.primary.key("WARD#{ward}", "WARD")}
    return make(table, fields, "Ward", **options)


def _change_in_place(item: dict[str, Any]) -> None:
    item["label"] = {"S": "x"}


def _count(item: dict[str, Any]) -> int:
    return len(item)


def _yield_item(item: dict[str, Any]) -> Any:
    yield item


class _Later:
    async def __call__(self, item: dict[str, Any]) -> Any:
        return item


MISTAKES: dict[str, tuple[type[DeclarationError], Callable[[], Any], str, str, str]] = {
    # name: class, declaration, where, a part of what was declared and of what is allowed
    "a table's name": (
        InvalidEntity,
        lambda: make(ZZZ, {"x": str}),
        THING,
        "table='zzz'",
        "a Table",
    ),
    "a number as name": (InvalidEntity, lambda: ward(name=5), WARD, "name=5", "text"),
    "an empty name": (InvalidEntity, lambda: ward(name=""), WARD, "name=''", "text"),
    "a number as upgrade": (
        InvalidEntity,
        lambda: ward(reaches=[], upgrade=5),
        WARD,
        "upgrade=5",
        "a function",
    ),
    "an upgrade of nothing": (
        InvalidEntity,
        lambda: ward(reaches=[], upgrade=lambda: {}),
        WARD,
        "upgrade=",
        "takes an item and returns an item",
    ),
    "an upgrade of two": (
        InvalidEntity,
        lambda: ward(reaches=[], upgrade=lambda one, other: one),
        WARD,
        "upgrade=",
        "takes an item and returns an item",
    ),
    "an upgrade that answers nothing": (
        InvalidEntity,
        lambda: ward(reaches=[], upgrade=_change_in_place),
        WARD,
        "upgrade=",
        "takes an item and returns an item",
    ),
    "an upgrade that answers a number": (
        InvalidEntity,
        lambda: ward(reaches=[], upgrade=_count),
        WARD,
        "upgrade=",
        "takes an item and returns an item",
    ),
    "an upgrade to be awaited": (
        InvalidEntity,
        lambda: ward(reaches=[], upgrade=_Later()),
        WARD,
        "upgrade=",
        "takes an item and returns an item",
    ),
    "an upgrade that yields": (
        InvalidEntity,
        lambda: ward(reaches=[], upgrade=_yield_item),
        WARD,
        "upgrade=",
        "takes an item and returns an item",
    ),
    "no template": (InvalidTemplate, lambda: key(None), KEY, "the template None", "text"),
    "a number as sort key": (InvalidTemplate, lambda: key("A", 5), KEY, "the template 5", "text"),
    "a number of shards": (
        InvalidTemplate,
        lambda: key("A", "B", shards=4),
        KEY,
        "shards=4",
        "shards(4, by=",
    ),
    "shards by no field": (InvalidEntity, lambda: shards(4, by=NONE), "shards", "None", "names"),
    "nothing unique": (InvalidEntity, lambda: unique(NONE), "unique", "None", "names of fields"),
    "unique within a number": (
        InvalidEntity,
        lambda: unique("a", within=FIVE),
        "unique",
        "the field 5",
        "names of fields",
    ),
}


@pytest.mark.parametrize("mistake", MISTAKES)
def test_an_argument_of_another_type_is_a_declaration_error(mistake: str) -> None:
    """The message says where, what was declared and what is allowed."""
    kind, declare, where, declared, allowed = MISTAKES[mistake]
    with raises(kind, where=where, declared=declared, allowed=allowed):
        declare()


@pytest.mark.parametrize(
    ("kind", "form"),
    [
        (int, slug()),
        (str, integer(0, 9)),
        (bool, integer(0, 9)),
        (datetime, day()),
        (date, instant()),
        (str, uuid_text()),
        (UUID, text()),
        (int | None, text()),
        (WardId, integer()),
        (Floor, one_of(("low", "high"))),
    ],
)
def test_a_format_that_takes_no_value_of_the_field_is_refused(kind: Any, form: Format) -> None:
    """The field could never have a value."""
    with raises(UnusableKeyField, where=f"{THING}.x", declared="with the format"):
        keyed("WARD", x=Annotated[kind, form])


@pytest.mark.parametrize(
    ("kind", "form"),
    [
        (WardId, slug()),
        (Floor, text()),
        (str, one_of(("low", "high"))),
        (int | str, slug()),
        (Any, integer()),
        (datetime | None, instant()),
    ],
)
def test_a_format_that_takes_some_values_of_the_field_is_taken(kind: Any, form: Format) -> None:
    """Also where it narrows what the type admits."""
    assert keyed("WARD#{ward}", ward=str, x=Optional[Annotated[kind, form]])  # noqa: UP045
