"""A range over moments may be given by the beginning of their text: a year, a month, a day."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Annotated

import pytest
from pydantic import AwareDatetime, Field

from singletable import Entity, Query, Table, access_pattern, create
from singletable.errors.declaration import ContradictoryPattern
from singletable.errors.request import InvalidKeyValue
from tests.conftest import OpenBackend
from tests.singletable.raises import raises

diary = Table("diary")
by_author = diary.global_index("ByAuthor", partition_key="author", sort_key="at")


class Note(Entity, table=diary):
    """A line in somebody's diary."""

    author: str
    at: AwareDatetime

    key = diary.primary.key("AUTHOR#{author}", "NOTE#{at}")
    natural = by_author.key("{author}", "{at}")


Month = Annotated[str, Field(examples=["2026-02"])]


@access_pattern
def of_month(author: str, month: Month) -> Query[Note]:
    """What somebody wrote in one month."""
    return Note.key.query(author=author).between(at=(month, month))


@access_pattern
def of_natural_month(author: str, month: Month) -> Query[Note]:
    """What somebody wrote in one month, by an index of natural names."""
    return Note.natural.query(author=author).between(at=(month, month))


def of_number(author: str, month: int) -> Query[Note]:
    """A month that is no text."""
    return Note.key.query(author=author).at_most(at=month)


@pytest.mark.parametrize("month", [of_month, of_natural_month])
def test_an_argument_may_be_the_beginning_of_a_moment(
    open_backend: OpenBackend, month: Callable[[str, str], Query[Note]]
) -> None:
    """As a rendered key, and where the moment itself is the key."""
    db = open_backend(diary).repository
    for day in ("2026-01-31", "2026-02-01", "2026-02-28", "2026-03-01"):
        db.write(create(Note(author="kim", at=datetime.fromisoformat(day).replace(tzinfo=UTC))))
    assert [note.at.day for note in db.iterate(month("kim", "2026-02"))] == [1, 28]
    with raises(
        InvalidKeyValue,
        field="at",
        value="February",
        reason="not the beginning of an ISO 8601 text",
    ):
        db.fetch(month("kim", "February"))


def test_an_argument_of_another_type_is_no_beginning() -> None:
    """It is refused while the pattern is declared."""
    with raises(ContradictoryPattern, declared="at is AwareDatetime, but argument"):
        access_pattern(of_number)
