"""`page.of(kind)`: a class of which no item of the page can be is refused."""

from __future__ import annotations

import pickle
from typing import Any

import pytest
from pydantic import BaseModel

from singletable import Entity, Page, Repository, Table, View, collection, create, create_table
from singletable.errors import InvalidOperation
from singletable.testing import memory_transport
from tests.singletable.raises import raises

town = Table("town")


class House(Entity, table=town):
    """A house."""

    street: str
    house_id: str
    key = town.primary.key("STREET#{street}", "HOUSE#{house_id}")


class Tree(Entity, table=town):
    """A tree."""

    street: str
    tree_id: str
    key = town.primary.key("STREET#{street}", "TREE#{tree_id}")


class Well(Entity, table=town):
    """A well."""

    street: str
    well_id: str
    key = town.primary.key("STREET#{street}", "WELL#{well_id}")


class HouseName(View[House]):
    """The number of a house."""

    house_id: str


BOTH = collection(House.key, Tree.key)


@pytest.fixture
def repository() -> Repository:
    transport = memory_transport()
    transport("CreateTable", create_table(town))
    repository = Repository(transport, town)
    repository.write(create(House(street="elm", house_id="1")))
    return repository


def test_a_member_of_which_there_is_none_is_no_error(repository: Repository) -> None:
    """Nor is a class above the members."""
    page = repository.fetch(BOTH.query(street="elm"))
    assert page.of(Tree) == ()
    assert page.of(Entity) == page.items == page.of(House)
    assert repository.fetch(BOTH.query(street="oak")).of(BaseModel) == ()


@pytest.mark.parametrize(
    ("kind", "shown"), [(Well, "of(Well)"), (3, "of(3)"), ("House", "'House'")]
)
@pytest.mark.parametrize("street", ["elm", "oak"])
def test_what_the_page_cannot_hold_is_refused(
    repository: Repository, street: str, kind: Any, shown: str
) -> None:
    """Whether it has items or not; with the classes that it can hold."""
    page = repository.fetch(BOTH.query(street=street))
    with raises(InvalidOperation, where="page", declared=shown, allowed="House, Tree"):
        page.of(kind)


def test_pages_of_views_and_of_whole_items_know_their_class(repository: Repository) -> None:
    """A view is no entity."""
    query = House.key.query(street="elm")
    assert repository.fetch(query.only(HouseName)).of(HouseName) == (HouseName(house_id="1"),)
    with raises(InvalidOperation, declared="of(House)", allowed="HouseName"):
        repository.fetch(query.only(HouseName)).of(House)


def test_a_page_of_another_program_is_asked_for_any_class() -> None:
    """Such as a middleware that answers; a page outlasts being stored."""
    page = Page((House(street="elm", house_id="1"),), None)
    assert page.of(Well) == ()
    stored = pickle.loads(pickle.dumps(Page((), None, kinds=(House,))))  # noqa: S301
    with raises(InvalidOperation, allowed="House"):
        stored.of(Well)
