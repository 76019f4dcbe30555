"""A format of elements is no format of the field: it checks and folds the elements alone."""

from __future__ import annotations

from typing import Annotated, Any

import pytest
from pydantic import Field

from singletable import Entity, Table, attr, create, update, upsert
from singletable.errors.declaration import UnusableKeyField
from singletable.errors.request import InvalidItem
from singletable.formats import integer, slug, text
from tests.backends import Backend
from tests.conftest import OpenBackend
from tests.singletable.clinic.making import make
from tests.singletable.raises import raises

shelves = Table("shelves")
LOWER = Annotated[str, text(lower=True)]


class Shelf(Entity, table=shelves):
    """A shelf whose tags, marks and names have formats."""

    shelf_id: str
    tags: set[LOWER] = Field(default_factory=set)
    drawn: set[Annotated[str, slug()]] = set()  # noqa: RUF012
    marks: list[Annotated[int, integer(0, 9)]] = Field(default_factory=list)
    pair: tuple[Annotated[str, slug()], int] = ("a", 1)
    row: tuple[LOWER, ...] = ()
    counts: dict[LOWER, Annotated[int, integer(0, 9)]] = Field(default_factory=dict)
    names: list[LOWER] | None = None

    key = shelves.primary.key("SHELVES", "{shelf_id}")


KEY = Shelf.key.patch(shelf_id="one")
QUERY = Shelf.key.query()


@pytest.fixture
def db(open_backend: OpenBackend) -> Backend:
    """With one shelf."""
    backend = open_backend(shelves)
    backend.repository.write(create(Shelf(shelf_id="one", tags={"A"}, marks=[1], counts={"K": 2})))
    return backend


CHANGES: list[tuple[Any, str, Any]] = [
    (KEY.set(tags={"C"}), "tags", {"c"}),
    (KEY.set(drawn={"c-d"}), "drawn", {"c-d"}),
    (KEY.set(marks=[2]), "marks", [2]),
    (KEY.set(pair=("b", 2)), "pair", ("b", 2)),
    (KEY.set(row=("B",)), "row", ("b",)),
    (KEY.set(counts={"B": 3}), "counts", {"b": 3}),
    (KEY.set(names=["N"]), "names", ["n"]),
    (KEY.set_if_absent(names=["N"]), "names", ["n"]),
    (KEY.append(marks=[3]), "marks", [1, 3]),
    (KEY.append(names=["N"]), "names", ["n"]),
    (KEY.add(tags={"B"}), "tags", {"a", "b"}),
    (Shelf.key.upsert(shelf_id="one").set(tags={"Z"}), "tags", {"z"}),
    (upsert(Shelf(shelf_id="one", marks=[5])), "marks", [5]),
]


@pytest.mark.parametrize("at", range(len(CHANGES)))
def test_elements_are_written_as_their_format_says(db: Backend, at: int) -> None:
    """The whole set was held against the format of its elements, and refused as no text."""
    change, field, expected = CHANGES[at]
    assert getattr(db.repository.write(change), field) == expected
    assert getattr(db.repository.fetch(Shelf.key.get(shelf_id="one")), field) == expected


REFUSED: list[Any] = [
    lambda: KEY.set(drawn={"No Slug"}),
    lambda: KEY.set(marks=[10]),
    lambda: KEY.append(marks=[10]),
    lambda: KEY.add(drawn={"No Slug"}),
    lambda: KEY.set(counts={"a": 10}),
    lambda: KEY.set(pair=("No Slug", 1)),
]


@pytest.mark.parametrize("at", range(len(REFUSED)))
def test_an_element_that_its_format_does_not_take_is_refused(at: int) -> None:
    with pytest.raises(InvalidItem):
        REFUSED[at]()


FOUND: list[Any] = [
    attr("tags").contains("A"),
    attr("tags").equals({"A"}),
    attr("marks").contains(1),
    attr("marks").equals([1]),
    attr("counts")["K"].equals(2),
    attr("row").equals(()),
    attr("drawn").is_absent(),
    attr("pair")[0].equals("a"),
]


@pytest.mark.parametrize("at", range(len(FOUND)))
def test_conditions_take_elements_as_their_format_says(db: Backend, at: int) -> None:
    assert len(db.repository.fetch(QUERY.where(FOUND[at]))) == 1
    assert len(db.repository.fetch(QUERY.where(~FOUND[at]))) == 0


def test_an_update_changes_elements(db: Backend) -> None:
    shelf = db.repository.fetch(Shelf.key.get(shelf_id="one"))
    changed = shelf.model_copy(update={"tags": {"b"}, "marks": [4]})
    assert db.repository.write(update(shelf, changed)).tags == {"b"}


@pytest.mark.parametrize(
    "kind",
    [
        tuple[LOWER, ...],
        tuple[LOWER, int],
        list[LOWER],
        Annotated[str, text()] | Annotated[int, integer()],
        Annotated[set[str], slug()],
        Annotated[tuple[str, ...], slug()],
    ],
)
def test_what_has_a_format_inside_alone_is_no_part_of_a_key(kind: Any) -> None:
    """A tuple of slugs was one, and no item could ever be written."""
    with raises(UnusableKeyField):
        table = Table("held")
        make(table, {"held": kind, "key": table.primary.key("HELD#{held}", "HELD")})
