"""Entities that gain fields can still read, and write, what was stored before."""

from __future__ import annotations

from typing import Annotated

import pytest
from pydantic import Field

from singletable import VERSION, Entity, Repository, Table, create, unique, update
from singletable.errors.declaration import InvalidEntity
from singletable.errors.request import VersionConflict
from singletable.formats import integer
from tests.backends import Backend
from tests.conftest import OpenBackend
from tests.singletable.raises import raises

table = Table("evolution")
gsi1 = table.global_index("GSI1", partition_key="GSI1PK", sort_key="GSI1SK")


class Shelf(Entity, table=table):
    """A shelf; `floor` and `row` came later."""

    shelf_id: str
    room: str = "hall"
    floor: str = "ground"
    label: str = ""

    key = table.primary.key("SHELF#{shelf_id}", "SHELF")
    by_place = gsi1.key("FLOOR#{floor}", "{room}#{shelf_id}")


class Book(Entity, table=table):
    """A book; `revision` and `shop` came later."""

    isbn: str
    title: str = Field(examples=["Dune"])
    shop: str = "main"
    revision: Annotated[int, VERSION] = 1

    key = table.primary.key("BOOK#{isbn}", "BOOK")
    unique_title = unique("title", within="shop")


@pytest.fixture
def backend(open_backend: OpenBackend) -> Backend:
    return open_backend(table)


@pytest.fixture
def store(backend: Backend) -> Repository:
    return backend.repository


def forget(backend: Backend, partition: str, kind: str, *attributes: str) -> None:
    """Makes the item look as if it had been stored before these attributes existed."""
    backend.client.update_item(
        TableName=backend.name,
        Key={"PK": {"S": partition}, "SK": {"S": kind}},
        UpdateExpression="REMOVE " + ", ".join(f"#{at}" for at in range(len(attributes))),
        ExpressionAttributeNames={f"#{at}": name for at, name in enumerate(attributes)},
    )


def test_an_item_without_a_defaulted_field_can_be_updated(
    backend: Backend, store: Repository
) -> None:
    """A guard on a field takes its absence for the default, as reading does."""
    store.write(create(Shelf(shelf_id="a")))
    forget(backend, "SHELF#a", "SHELF", "floor", "GSI1PK", "GSI1SK")
    old = store.fetch(Shelf.key.get(shelf_id="a"))
    assert old == Shelf(shelf_id="a")
    store.write(update(old, old.model_copy(update={"room": "attic"})))
    found = store.fetch(Shelf.by_place.query(floor="ground"))
    assert [shelf.room for shelf in found] == ["attic"]


def test_an_item_without_a_version_is_at_the_first(backend: Backend, store: Repository) -> None:
    """An entity can become versioned later, and unique in a scope that came later."""
    store.write(create(Book(isbn="1", title="Dune")))
    forget(backend, "BOOK#1", "BOOK", "revision", "shop")
    old = store.fetch(Book.key.get(isbn="1"))
    assert old is not None
    renamed = store.write(update(old, old.model_copy(update={"title": "Dune II"})))
    assert renamed.revision == 2
    with pytest.raises(VersionConflict):
        store.write(update(old, old.model_copy(update={"title": "Dune III"})))


def test_an_update_answers_what_is_stored(store: Repository) -> None:
    """Also the fields that another writer changed in the meantime."""
    old = store.write(create(Shelf(shelf_id="a")))
    store.write(Shelf.key.patch(shelf_id="a").given(floor="ground").set(room="attic"))
    answer = store.write(update(old, old.model_copy(update={"label": "A-F"})))
    assert answer == store.fetch(Shelf.key.get(shelf_id="a"))
    assert (answer.room, answer.label) == ("attic", "A-F")


def test_a_version_is_no_part_of_an_index_key() -> None:
    """A partial update that ignores the version could not rewrite such a key."""
    other = Table("versions")
    index = other.global_index("GSI1", partition_key="GSI1PK", sort_key="GSI1SK")
    body = {
        "__annotations__": {"thing_id": str, "version": Annotated[int, VERSION, integer()]},
        "__doc__": "A thing.",
        "__module__": __name__,
        "key": other.primary.key("THING#{thing_id}", "THING"),
        "by_version": index.key("THINGS", "{thing_id}"),
    }
    type("Thing", (Entity,), dict(body), table=other)
    body["by_version"] = index.key("THINGS", "V{version}#{thing_id}")
    with raises(InvalidEntity, declared="version is part of Thing2.by_version"):
        type("Thing2", (Entity,), body, table=other)
