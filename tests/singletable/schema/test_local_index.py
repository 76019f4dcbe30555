"""A local index lives under the table's own partition key."""

from __future__ import annotations

from singletable import Entity, Table
from singletable.errors.declaration import InvalidEntity
from tests.singletable.raises import raises


def test_a_local_key_cannot_have_a_partition_key_of_its_own() -> None:
    """It would be written over the primary key, and the item stored where no read looks."""
    shelf = Table("shelf")
    by_title = shelf.local_index("by-title", sort_key="title_key")
    with raises(InvalidEntity, allowed="the primary key's"):

        class Book(Entity, table=shelf):
            """One book."""

            book_id: str
            title: str
            key = shelf.primary.key("BOOK#{book_id}", "BOOK")
            titles = by_title.key("TITLE#{title}", "{title}")
