"""`begins_with` is held against other entities by the first characters of the field's texts."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any

import pytest

from singletable import Entity, Table
from singletable.errors import InvalidOperation
from singletable.formats import Instant, instant, shaped, text
from singletable.inspect import Context


def beside(literal: str, format_: Any) -> Any:
    """An entity whose sort key is a field of a format, in the partition of one with a literal."""
    table = Table("places")

    class Other(Entity, table=table):
        """Stands in the same partition."""

        town: str
        key = table.primary.key("{town}", literal)

    annotated = Annotated[datetime if isinstance(format_, Instant) else str, format_]

    class Place(Entity, table=table):
        """What is asked for."""

        town: str
        code: annotated  # type: ignore[valid-type]
        key = table.primary.key("{town}", "{code}")

    return Place


LETTERS, DIGITS = shaped(r"[GR]\d+", example="G1"), shaped(r"\d{3}", example="123")


@pytest.mark.parametrize(
    ("literal", "format_", "beginning"),
    [
        ("U7", LETTERS, "G"),
        ("K7", LETTERS, "R"),
        ("#META#", LETTERS, "G1"),
        ("A", DIGITS, "12"),
        ("#META#", text(), "x"),
        ("A", instant("seconds"), "2026-02"),
    ],
)
def test_a_beginning_meets_nothing_that_begins_otherwise(
    literal: str, format_: Any, beginning: str
) -> None:
    place = beside(literal, format_)
    assert place.key.query(town="a").begins_with(code=beginning).requests(Context())


@pytest.mark.parametrize(
    ("literal", "format_", "beginning"),
    [("G", LETTERS, "G"), ("R#7", LETTERS, "R"), ("0!", DIGITS, "0"), ("12", DIGITS, "1")],
)
def test_a_beginning_that_another_entity_may_have_is_refused(
    literal: str, format_: Any, beginning: str
) -> None:
    query = beside(literal, format_).key.query(town="a").begins_with(code=beginning)
    with pytest.raises(InvalidOperation):
        query.requests(Context())
