"""Fields that a format says how to store: one of one's own, and whole numbers as printed text."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Annotated, Any, ClassVar

import pytest
from pydantic import Field

from singletable import VERSION, Entity, Table, attr, create
from singletable.entity import schema_of
from singletable.errors import InvalidEntity, InvalidOperation, InvalidStoredItem
from singletable.formats import AttributeType, Format, integer, printed
from singletable.testing import check_format
from tests.conftest import OpenBackend
from tests.singletable.clinic.making import keyed, sent


@dataclass(frozen=True, kw_only=True)
class UsDay(Format):
    """A day as `7/15/2019`, which sorts as nothing does."""

    value_type: ClassVar[type] = date
    attribute_type: ClassVar[AttributeType | None] = "S"
    keeps_text: ClassVar[bool] = True

    name: str = "us day"
    alphabet: frozenset[str] | None = frozenset("0123456789/")
    pattern: str | None = "[1-9][0-9]?/[1-9][0-9]?/[0-9]{4}"
    min_bytes: int = 8
    max_bytes: int | None = 10
    ordered: bool = False

    def encode(self, value: object) -> str:
        if not isinstance(value, date) or isinstance(value, datetime):
            raise ValueError("is no date")
        return f"{value.month}/{value.day}/{value.year:04}"

    def decode(self, text: str) -> date:
        parts = text.split("/")
        if len(parts) != 3 or not all(part.isascii() and part.isdigit() for part in parts):
            raise ValueError("is no day such as 7/15/2019")
        value = date(int(parts[2]), int(parts[0]), int(parts[1]))
        if self.encode(value) != text:
            raise ValueError("is no day such as 7/15/2019")
        return value

    def example(self, field: str) -> date:
        return date(2019, 7, 15)


forum = Table("forum")


class Reply(Entity, table=forum):
    """A reply: a day in a format of one's own, whole numbers as text."""

    thread: Annotated[int, printed()]
    day: Annotated[date, UsDay()]
    likes: Annotated[int, printed(0, text=True)] = 0
    days: set[Annotated[date, UsDay()]] = Field(default=set())
    key = forum.primary.key("THREAD#{thread}", "{day}")


def test_a_format_of_ones_own_says_how_fields_are_stored(open_backend: OpenBackend) -> None:
    """As the text that stands in keys, also as an element, and in conditions."""
    db, day = open_backend(forum), date(2019, 7, 15)
    check_format(UsDay(), [day, date(2019, 12, 1), date(2020, 1, 31), date.max])
    made = db.repository.write(create(Reply(thread=-7, day=day, likes=12, days={day})))
    stored = db.raw(PK="THREAD#-7", SK="7/15/2019")
    assert stored is not None
    assert stored["day"] == {"S": "7/15/2019"}
    assert stored["days"] == {"SS": ["7/15/2019"]}
    assert stored["likes"] == {"S": "12"}
    assert stored["thread"] == {"N": "-7"}
    assert db.repository.fetch(Reply.key.get(thread=-7, day=day)) == made
    patch = Reply.key.patch(thread=-7, day=day)
    is_there = attr("likes").is_in(3, 12) & attr("days").contains(day)
    assert db.repository.write(patch.set(likes=100).when(is_there)).likes == 100


@pytest.mark.parametrize(
    "condition",
    [
        attr("likes").greater_than(9),
        attr("likes").between(9, 10),
        attr("day").at_most(date(2020, 1, 1)),
        attr("likes").less_than(attr("likes")),
    ],
)
def test_what_does_not_sort_as_text_is_not_compared_as_text(condition: Any) -> None:
    """12 would be less than 9, and January before February of the year before."""
    with pytest.raises(InvalidOperation):
        sent(Reply.key.patch(thread=7, day=date(2019, 7, 15)).set(likes=1).when(condition))


def test_what_does_not_sort_is_neither_ranged_nor_sorted() -> None:
    """In keys, and it is no number to add to."""
    asked = Reply.key.query(thread=7)
    with pytest.raises(InvalidOperation):
        asked.at_least(day=date(2019, 7, 15))
    with pytest.raises(InvalidOperation):
        asked.newest_first()
    with pytest.raises(InvalidOperation):
        sent(Reply.key.patch(thread=7, day=date(2019, 7, 15)).add(likes=1))


def test_a_version_is_a_number() -> None:
    """DynamoDB counts it up where nothing was read."""
    for wrong in (printed(text=True), integer(0, 99, text=True)):
        with pytest.raises(InvalidEntity, check=lambda error: "is stored as S" in error.declared):
            keyed("A#{a}", a=str, version=Annotated[int, VERSION, wrong])
    assert keyed("A#{a}", a=str, version=Annotated[int, VERSION, printed()])


@pytest.mark.parametrize("text", ["07", "+7", "-0", "7.0", "\u0667", ""])
def test_a_printed_number_in_a_key_is_canonical(open_backend: OpenBackend, text: str) -> None:
    """Another program's `07` is another key, and no thread 7."""
    db = open_backend(forum)
    db.put(PK=f"THREAD#{text}", SK="7/15/2019", entity="Reply", thread={"N": "7"}, day="7/15/2019")
    (item,) = db.items()
    with pytest.raises(InvalidStoredItem):
        schema_of(Reply).decode(item)
