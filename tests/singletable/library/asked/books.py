"""Books: finding them, keeping their records."""

from __future__ import annotations

from datetime import date

from singletable import (
    Create,
    Delete,
    First,
    Get,
    Patch,
    Put,
    Query,
    Update,
    Upsert,
    access_pattern,
    attr,
    create,
    put,
    update,
    upsert,
)
from singletable.errors.request import Label
from tests.singletable.library.model.book import Book, BookId, Genre


@access_pattern
def by_id(book_id: BookId) -> Get[Book]:
    """One book."""
    return Book.key.get(book_id=book_id)


@access_pattern
def crime() -> Query[Book]:
    """Every released crime book, newest first."""
    return Book.by_genre.query(genre=Genre.CRIME).newest_first()


@access_pattern
def released_between(genre: Genre, since: date, until: date) -> Query[Book]:
    """Books of a genre released within a time.

    Both days are included. A book without a day of release is never found.
    """
    return Book.by_genre.query(genre=genre).between(released_on=(since, until))


@access_pattern
def on_shelf(least: int) -> Query[Book]:
    """Every book with copies enough, newest first."""
    return Book.on_shelf.query().where(attr("copies").at_least(least)).newest_first()


@access_pattern
def latest(genre: Genre) -> First[Book]:
    """The newest book of a genre."""
    return Book.by_genre.query(genre=genre).newest_first().first()


@access_pattern
def newest_three() -> Query[Book]:
    """The three newest crime books."""
    return Book.by_genre.query(genre=Genre.CRIME).newest_first().take(3)


@access_pattern
def tagged(title: str, tags: frozenset[str]) -> Query[Book]:
    """Crime books of one title with exactly these tags."""
    same = attr("title").equals(title) & attr("tags").equals(tags)
    return Book.by_genre.query(genre=Genre.CRIME).where(same)


@access_pattern
def add(book: Book) -> Create[Book]:
    """Adds a book."""
    return create(book)


@access_pattern
def replace(book: Book) -> Put[Book]:
    """Writes a book's record whole."""
    return put(book)


@access_pattern
def correct(before: Book, after: Book) -> Update[Book]:
    """Corrects a book's record."""
    return update(before, after)


@access_pattern
def withdraw(book: Book, genre: Genre) -> Update[Book]:
    """Takes a book from the shelves and files it elsewhere."""
    gone = {"copies": 0, "genre": genre, "released_on": None}
    return update(book, book.model_copy(update=gone))


@access_pattern
def buy_copies(book_id: BookId, number: int) -> Patch[Book]:
    """Counts new copies."""
    return Book.key.patch(book_id=book_id).add(copies=number)


@access_pattern
def import_record(book: Book) -> Upsert[Book]:
    """Writes what another catalogue knows of a book."""
    return upsert(book)


@access_pattern
def discard(book_id: BookId) -> Delete:
    """Deletes a book that nobody has."""
    nobody = attr("lent").equals(0)
    return Book.key.delete(must_exist=True, book_id=book_id).when(
        nobody, label=Label("on-loan", "somebody has it")
    )
