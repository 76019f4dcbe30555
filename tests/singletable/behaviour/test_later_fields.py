"""Items stored before a field with a default existed count as if they held it."""

from __future__ import annotations

from typing import Annotated

import pytest

from singletable import VERSION, Entity, Table, create, number, update
from singletable.errors.request import VersionConflict
from tests.backends import Backend
from tests.conftest import OpenBackend

depot = Table("depot")


class Pallet(Entity, table=depot):
    """Boxes on a pallet."""

    pallet_id: str
    layers: int = 3
    boxes: int = 0
    version: Annotated[int, VERSION] = 1

    key = depot.primary.key("PALLET#{pallet_id}", "PALLET")


@pytest.fixture
def old(open_backend: OpenBackend) -> Backend:
    """A depot with one pallet of the time before layers, boxes and versions."""
    db = open_backend(depot)
    texts = {"PK": "PALLET#p", "SK": "PALLET", "entity": "Pallet", "pallet_id": "p"}
    item = {name: {"S": text} for name, text in texts.items()}
    db.client.put_item(TableName=db.name, Item=item)
    return db


def test_an_addition_to_an_absent_number_starts_at_its_default(old: Backend) -> None:
    """The result is what a reader of the item would have computed."""
    patch = Pallet.key.patch(pallet_id="p").ignoring_version().add(layers=2, boxes=2)
    assert (pallet := old.repository.write(patch)).layers == 5
    assert pallet.boxes == 2


def test_any_version_moves_an_absent_version_on(old: Backend) -> None:
    """Whoever read the item before is told of the conflict."""
    before = old.repository.fetch(Pallet.key.get(pallet_id="p"))
    assert before is not None
    after = old.repository.write(Pallet.key.patch(pallet_id="p").ignoring_version().set(boxes=1))
    assert after.version == 2
    with pytest.raises(VersionConflict):
        old.repository.write(update(before, before.model_copy(update={"boxes": 9})))


shelves = Table("shelves")
by_kind = shelves.global_index("KIND", partition_key="kind", sort_key="KINDSK")
by_rank = shelves.global_index("RANK", partition_key="RANKPK", sort_key=number("rank"))


by_both = shelves.global_index("BOTH", partition_key="place", sort_key=number("rank"))


class Book(Entity, table=shelves):
    """A book, whose kind and rank came later; both are key attributes themselves."""

    book_id: str
    kind: str = "novel"
    rank: int = 5
    place: str = "a"
    pages: int = 0
    of_kind = by_kind.key("{kind}", "{place}#{book_id}")
    both = by_both.natural()
    ranked = by_rank.key("PLACE#{place}", "{rank}")
    key = shelves.primary.key("BOOK#{book_id}", "BOOK")


@pytest.fixture
def older(open_backend: OpenBackend) -> Backend:
    db = open_backend(shelves)
    db.put(PK="BOOK#1", SK="BOOK", entity="Book", book_id="1")
    return db


def find(db: Backend, kind: str, place: str) -> tuple[list[Book], list[Book]]:
    return (
        list(db.repository.iterate(Book.of_kind.query(kind=kind))),
        list(db.repository.iterate(Book.ranked.query(place=place))),
    )


def test_an_update_puts_an_older_item_into_indexes_of_later_fields(older: Backend) -> None:
    """Both halves of a key are written, also the field that stays as it is read."""
    read = older.repository.fetch(Book.key.get(book_id="1"))
    assert read is not None
    after = older.repository.write(update(read, read.model_copy(update={"pages": 1})))
    assert find(older, "novel", "a") == ([after], [after])


def test_so_does_one_of_states_built_by_hand(older: Backend) -> None:
    before = Book(book_id="1")
    after = older.repository.write(update(before, before.model_copy(update={"place": "b"})))
    assert find(older, "novel", "b") == ([after], [after])
    assert list(older.repository.iterate(Book.both.query(place="b"))) == [after]


def test_a_patch_does_so_with_what_is_given(older: Backend) -> None:
    patch = Book.key.patch(book_id="1").set(place="b").given(kind="novel", rank=5)
    after = older.repository.write(patch)
    assert find(older, "novel", "b") == ([after], [after])
    assert list(older.repository.iterate(Book.both.query(place="b"))) == [after]


tenants = Table("tenants-with-a-default", partition_key="tenant", sort_key="id")
by_state = tenants.global_index("STATE", partition_key="STATEPK", sort_key="tenant")


class Task(Entity, table=tenants):
    """A task, of a tenant that has a default and is a key attribute of table and index."""

    tenant: str = "main"
    id: str
    state: str = "open"
    key = tenants.primary.natural()
    in_state = by_state.key("STATE#{state}", "{tenant}")


def test_the_table_s_own_key_is_not_written(open_backend: OpenBackend) -> None:
    db = open_backend(tenants)
    task = db.repository.write(create(Task(id="1")))
    after = db.repository.write(update(task, task.model_copy(update={"state": "done"})))
    assert list(db.repository.iterate(Task.in_state.query(state="done"))) == [after]
