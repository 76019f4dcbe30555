"""Books."""

from __future__ import annotations

from datetime import date, datetime
from enum import StrEnum
from typing import Annotated, NewType

from pydantic import Field

from singletable import Entity, shards
from singletable.formats import slug
from tests.singletable.library.model.table import gsi1, gsi2, library

BookId = NewType("BookId", str)


class Genre(StrEnum):
    CRIME = "crime"
    POETRY = "poetry"


class Book(Entity, table=library):
    """One title that the library owns.

    Copies of it are counted, not told apart.
    """

    book_id: Annotated[BookId, slug(max_length=64)] = Field(examples=["dune", "solaris"])
    genre: Genre = Field(examples=[Genre.CRIME, Genre.POETRY])
    title: str = Field(examples=["Dune | Part One", "Solaris"], description="As on the cover.")
    copies: int = 1
    lent: int = 0
    tags: frozenset[str] = frozenset()
    released_on: date | None = Field(default=None, examples=["2021-03-04", "2022-05-06"])
    added_at: datetime = Field(examples=["2026-01-02T03:04:05Z"])

    key = library.primary.key("BOOK#{book_id}", "BOOK")
    by_genre = gsi1.key("GENRE#{genre}", "{released_on}#{book_id}")
    on_shelf = gsi2.key("SHELF#{shard}", "{added_at}#{book_id}", shards=shards(3, by="book_id"))
