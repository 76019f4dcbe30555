"""What JSON schemas, and so OpenAPI, say of fields with formats."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Annotated, Any, Literal
from uuid import UUID

import pytest
from pydantic import AwareDatetime, TypeAdapter

from singletable.formats import (
    Format,
    day,
    escaped_text,
    flag,
    instant,
    integer,
    one_of,
    slug,
    text,
    ulid,
    uuid_text,
)


class Side(StrEnum):
    LEFT = "left"
    RIGHT = "right"


def schema_of(kind: Any, format_: Format) -> dict[str, Any]:
    return TypeAdapter(Annotated[kind, format_]).json_schema()


@pytest.mark.parametrize(
    ("kind", "format_", "schema"),
    [
        (int, integer(0, 9999), {"type": "integer", "minimum": 0, "maximum": 9999}),
        (int, integer(-5, 5), {"type": "integer", "minimum": -5, "maximum": 5}),
        (str, text(), {"type": "string", "minLength": 1}),
        (str, text(max_bytes=10), {"type": "string", "minLength": 1, "maxLength": 10}),
        (str, text(max_bytes=10, lower=True), {"type": "string", "minLength": 1, "maxLength": 10}),
        (str, text(max_bytes=10, fold="nfc"), {"type": "string", "minLength": 1}),
        (str, escaped_text(max_bytes=9), {"type": "string", "minLength": 1, "maxLength": 9}),
        (str, one_of(("a", "b")), {"type": "string", "enum": ["a", "b"]}),
        (Literal["a", "b"], one_of(("a",)), {"type": "string", "enum": ["a"]}),
        (bool, flag(), {"type": "boolean"}),
        (AwareDatetime, instant(), {"type": "string", "format": "date-time"}),
        (date, day(), {"type": "string", "format": "date"}),
        (UUID, uuid_text(), {"type": "string", "format": "uuid"}),
    ],
)
def test_a_schema_says_what_a_format_refuses(
    kind: Any, format_: Format, schema: dict[str, Any]
) -> None:
    """As far as JSON schema can: bytes are at least as many as characters."""
    assert schema_of(kind, format_) == schema


def test_an_enumeration_says_its_members_itself() -> None:
    """The format adds nothing to them."""
    schema = schema_of(Side, one_of(tuple(Side)))
    assert schema["enum"] == ["left", "right"]


@pytest.mark.parametrize("format_", [slug(max_length=8), ulid()])
def test_a_shape_says_pattern_and_lengths(format_: Format) -> None:
    """All three, so that generators of examples need not search."""
    schema = schema_of(str, format_)
    assert schema["minLength"] >= 1
    assert schema["maxLength"] == format_.max_bytes
    assert re.search(schema["pattern"], str(format_.example("name")))


@pytest.mark.parametrize(
    ("format_", "values"),
    [
        (integer(3, 7), ["2", "3", "7", "8"]),
        (text(max_bytes=3), ['""', '"abc"', '"abcd"']),
        (text(lower=True, max_bytes=3), ['"ABC"', '"ABCD"']),
        (one_of(("a", "b")), ['"a"', '"c"', '""']),
    ],
)
def test_a_schema_refuses_nothing_that_validation_takes(format_: Format, values: list[str]) -> None:
    """And of these, takes nothing that validation refuses."""
    kind = int if format_.value_type is int else str
    adapter: TypeAdapter[Any] = TypeAdapter(Annotated[kind, format_])
    schema = adapter.json_schema()
    for value in values:
        assert fits(schema, json.loads(value)) == takes(adapter, value)


def fits(schema: dict[str, Any], value: Any) -> bool:
    if isinstance(value, int):
        return bool(schema["minimum"] <= value <= schema["maximum"])
    return schema.get("minLength", 0) <= len(value) <= schema.get(
        "maxLength", 99
    ) and value in schema.get("enum", [value])


def takes(adapter: TypeAdapter[Any], value: str) -> bool:
    try:
        adapter.validate_json(value)
    except ValueError:
        return False
    return True


@dataclass(frozen=True, kw_only=True)
class Code(Format):
    """Two letters, in keys as they are, or turned around."""

    name: str = "code"
    alphabet: frozenset[str] | None = frozenset("ab")
    pattern: str | None = "[ab]{2}"

    def encode(self, value: object) -> str:
        return str(value)

    def decode(self, text: str) -> str:
        return text

    def example(self, field: str) -> str:
        return "ab"


class Kept(Code):
    keeps_text = True


def test_an_own_format_says_its_pattern_where_it_keeps_the_text() -> None:
    """Where keys have another text than fields, the pattern is none of the field's."""
    assert schema_of(str, Code()) == {"type": "string"}
    assert schema_of(str, Kept()) == {"type": "string", "pattern": "^(?:[ab]{2})$"}
