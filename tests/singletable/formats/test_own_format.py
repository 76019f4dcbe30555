"""A project's own format, made of what `singletable.formats` exports."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

import pytest
from pydantic import ValidationError

import singletable.formats
from singletable import Table
from singletable.errors import InvalidOperation, InvalidTemplate
from singletable.formats import Format, check_encodable
from singletable.templates import compile_template
from tests.singletable.clinic.making import key_of, make, sent

WARDS = ("north", "south", "east")


@dataclass(frozen=True, kw_only=True)
class Bed(Format):
    """A ward and a number, as people write it: `north 7`. In keys, `7-north`: sorted otherwise."""

    name: str = "bed"
    alphabet: frozenset[str] | None = frozenset("0123456789-" + "".join(WARDS))
    min_bytes: int = 6
    max_bytes: int | None = 7
    ordered: bool = False

    def encode(self, value: object) -> str:
        if not isinstance(value, str):
            raise ValueError("is no text")
        ward, _, number = check_encodable(value).partition(" ")
        if ward not in WARDS or not number.isdecimal() or len(number) != 1:
            raise ValueError("is no bed, such as north 7")
        return f"{number}-{ward}"

    def decode(self, text: str) -> str:
        number, _, ward = text.partition("-")
        if self.encode(f"{ward} {number}") != text:
            raise ValueError("is not a bed's text")
        return f"{ward} {number}"

    def example(self, field: str) -> str:
        return "north 7"


def stay(template: str = "STAY#{bed}", sort: str = "STAY", delimiter: str = "#") -> type:
    table = Table("clinic", delimiter=delimiter)
    return make(table, {"bed": Annotated[str, Bed()], "key": table.primary.key(template, sort)})


def test_it_writes_and_reads_keys() -> None:
    """The attribute keeps the value as it is; the key has the format's text."""
    thing = stay()
    assert key_of(thing(bed="east 3")) == ("STAY#3-east", "STAY")
    assert sent(thing.key.get(bed="east 3"))["Key"]["PK"] == {"S": "STAY#3-east"}
    template = compile_template("STAY#{bed}", {"bed": Bed()}, where="Stay.key", limit=2048)
    assert template.parse("STAY#3-east") == {"bed": "east 3"}


def test_it_validates_the_field() -> None:
    """Its reasons are what Pydantic reports."""
    with pytest.raises(ValidationError, match="is no bed, such as north 7"):
        stay()(bed="attic 3")


def test_its_promises_are_held_against_templates_and_queries() -> None:
    """Its alphabet against the separator, its order against `newest_first`."""
    with pytest.raises(InvalidTemplate):
        stay(delimiter="-")
    thing = stay("STAY", "{bed}")
    with pytest.raises(InvalidOperation):
        thing.key.query().newest_first()


def test_everything_that_a_format_needs_is_exported() -> None:
    """Base class, helpers, and the classes of the formats that come with the engine."""
    exported = set(singletable.formats.__all__)
    assert {"Format", "check_encodable", "HIGHEST", "Text", "Shaped", "OneOf"} <= exported
    factories = {"day", "escaped_text", "flag", "instant", "integer", "one_of", "slug", "text"}
    assert factories | {"ulid", "uuid_text"} <= exported
