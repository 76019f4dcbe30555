"""Arguments of a pattern as the elements of a list or a set, which it changes by them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated, Any

import pytest

from singletable import Entity, Patch, Repository, Table, access_pattern, create, create_table
from singletable.errors import InvalidItem, UnplannedOperation
from singletable.errors.declaration import ContradictoryPattern
from singletable.formats import slug
from singletable.inspect import Context, patterns
from singletable.testing import memory_transport
from tests.singletable.raises import raises

boats = Table("boats")


class Boat(Entity, table=boats):
    """A boat, and what is noted of it."""

    boat: str
    log: list[str]
    crew: set[Annotated[str, slug()]]
    berths: set[int]
    notes: dict[str, str]
    rig: tuple[str, ...]

    key = boats.primary.key("BOAT#{boat}", "BOAT")


@access_pattern
def note(boat: str, first: str, then: str) -> Patch[Boat]:
    """Notes two things."""
    return Boat.key.patch(boat=boat).append(log=[first, then])


@access_pattern
def change_crew(boat: str, on: str, off: str, berth: int) -> Patch[Boat]:
    """One comes, one goes."""
    return Boat.key.patch(boat=boat).add(crew={on}, berths={berth}).set(log=[off])


@access_pattern
def dismiss(boat: str, one: str, other: str) -> Patch[Boat]:
    """Two go, or one, who is named twice."""
    return Boat.key.patch(boat=boat).remove(crew={one, other})


@pytest.fixture
def store() -> Repository:
    transport = memory_transport()
    transport("CreateTable", create_table(boats))
    repository = Repository(transport, boats)
    boat = Boat(boat="1", log=[], crew=set(), berths=set(), notes={}, rig=())
    repository.write(create(boat))
    return repository


def test_they_are_written(store: Repository) -> None:
    """As a list or set that is given whole."""
    assert store.write(note("1", "out", "home")).log == ["out", "home"]
    changed = store.write(change_crew("1", "kim", "lou", 7))
    assert (changed.crew, changed.berths, changed.log) == ({"kim"}, {7}, ["lou"])


def test_two_elements_of_a_set_may_be_one(store: Repository) -> None:
    """If their values are equal."""
    store.write(change_crew("1", "kim", "lou", 7))
    assert store.write(dismiss("1", "kim", "kim")).crew == set()


def test_the_values_are_checked_as_elements() -> None:
    """When the pattern is called, by the element's format."""
    with raises(InvalidItem, problems="crew"):
        change_crew("1", "Not a slug", "lou", 7)


def test_documents_show_their_names() -> None:
    """In the request that was planned."""
    planned = patterns(boats)["test_arguments_in_lists.note"].operation.requests(Context())[0]
    assert {"L": [{"S": "{first}"}, {"S": "{then}"}]} in [
        *planned.parameters["ExpressionAttributeValues"].values()
    ]


def test_a_set_of_more_elements_was_not_planned() -> None:
    """Nor is one of none."""
    named: list[str] = []

    @access_pattern
    def remove(boat: str, one: str) -> Patch[Boat]:
        """Takes one off the crew, and who else is named."""
        return Boat.key.patch(boat=boat).remove(crew={one, *named})

    named.append("kim")
    with raises(UnplannedOperation, declared="crew", allowed="a set of 1"):
        remove("1", "lou")


def of_another_type(boat: str, berth: int) -> Patch[Boat]:
    """A number for a text."""
    return Boat.key.patch(boat=boat).append(log=[berth])  # type: ignore[list-item, unused-ignore]


def beside_a_value(boat: str, text: str) -> Patch[Boat]:
    """One element is an argument, and one is none."""
    return Boat.key.patch(boat=boat).append(log=["x", text])


def in_a_dict(boat: str, text: str) -> Patch[Boat]:
    """Parts of a dict are changed by their paths."""
    return Boat.key.patch(boat=boat).set(notes={"keel": text})


def in_a_tuple(boat: str, text: str) -> Patch[Boat]:
    """Is given as a list."""
    return Boat.key.patch(boat=boat).append(rig=[text])


@pytest.mark.parametrize(
    ("function", "declared"),
    [
        (of_another_type, "an element of log is str, but argument {berth} is int"),
        (beside_a_value, "log: argument {text} stands in its value, which has to be one argument"),
        (in_a_dict, "notes: argument {text} stands in its value"),
        (in_a_tuple, "rig: argument {text} stands in its value"),
    ],
)
def test_what_cannot_be_said_is_refused(function: Callable[..., Any], declared: str) -> None:
    """The message names the argument."""
    with raises(ContradictoryPattern, declared=declared):
        access_pattern(function)
