"""Items from before a field are found and written as if they held its default."""

from __future__ import annotations

from typing import Any

import pytest
from pydantic import Field

from singletable import Entity, Label, Table, attr, transaction
from singletable.errors.request import ConditionFailed, InvalidItem, InvalidOperation
from singletable.operations import Context
from tests.backends import Backend
from tests.conftest import OpenBackend

books = Table("books")
shelves = books.global_index("GSI1", partition_key="GSI1PK", sort_key="GSI1SK")
NONE_LEFT = Label("none-left", "no copy is left")


class Book(Entity, table=books):
    """A book; copies and hidden came later."""

    book_id: str
    copies: int = 1
    lent: int = 0
    places: int = 3
    hidden: bool = False
    note: str | None = None
    tags: set[str] = Field(default_factory=set)
    history: list[str] = Field(default_factory=list)

    key = books.primary.key("BOOK#{book_id}", "BOOK")
    shelf = shelves.key("BOOKS", "{book_id}")


@pytest.fixture
def old(open_backend: OpenBackend) -> Backend:
    """A book of the time before nearly all of its fields."""
    db = open_backend(books)
    texts = {"PK": "BOOK#1", "SK": "BOOK", "entity": "Book", "book_id": "1"}
    texts |= {"GSI1PK": "BOOKS", "GSI1SK": "1"}
    item = {name: {"S": text} for name, text in texts.items()}
    db.client.put_item(TableName=db.name, Item=item)
    return db


HOLD: list[Any] = [
    attr("hidden").equals(False),
    ~attr("hidden").differs_from(False),
    attr("hidden").is_in(False),
    attr("copies").greater_than(0),
    attr("copies").at_least(1),
    attr("copies").at_most(1),
    attr("copies").less_than(2),
    attr("copies").between(1, 2),
    attr("copies").differs_from(2),
    attr("copies").equals(1) & attr("hidden").equals(False),
    attr("copies").equals(7) | attr("hidden").equals(False),
    ~attr("copies").greater_than(1),
    attr("lent").less_than(attr("places")),
    attr("lent").differs_from(attr("places")),
    attr("places").greater_than(attr("lent")),
    attr("note").differs_from("x"),
    attr("note").is_absent(),
    attr("tags").is_absent(),
    attr("tags").size().equals(0),
    attr("history").size().at_most(0),
    attr("history").equals([]),
    ~attr("history").contains("x"),
]


@pytest.mark.parametrize("at", range(len(HOLD)))
def test_a_filter_and_a_condition_count_the_default(old: Backend, at: int) -> None:
    """The item is found, and written; by the opposite condition it is not."""
    holds = HOLD[at]
    query = Book.shelf.query()
    assert len(old.repository.fetch(query.where(holds))) == 1
    assert len(old.repository.fetch(query.where(~holds))) == 0
    patch = Book.key.patch(book_id="1").set(note="seen")
    with pytest.raises(ConditionFailed):
        old.repository.write(patch.when(~holds))
    assert old.repository.write(patch.when(holds)).note == "seen"


def test_a_copy_that_is_there_by_default_can_be_lent_once(old: Backend) -> None:
    """The guard counts from where `add` counts; then none is left."""
    lend = Book.key.patch(book_id="1").add(copies=-1)
    lend = lend.when(attr("copies").greater_than(0), label=NONE_LEFT)
    assert old.repository.write(lend).copies == 0
    with pytest.raises(ConditionFailed) as caught:
        old.repository.write(lend)
    assert caught.value.label == NONE_LEFT


def test_every_verb_counts_the_default(old: Backend) -> None:
    """Deletion, check, and both in a transaction."""
    is_shown = attr("hidden").equals(False)
    check = Book.key.check(book_id="1").when(is_shown)
    old.repository.write(transaction(check))
    upsert = Book.key.upsert(book_id="1").set(note="a").when(is_shown)
    assert old.repository.write(upsert).note == "a"
    delete = Book.key.delete(book_id="1", must_exist=True)
    with pytest.raises(ConditionFailed):
        old.repository.write(delete.when(~is_shown))
    old.repository.write(delete.when(is_shown))
    assert old.items() == []


@pytest.mark.parametrize("name", ["copies", "hidden", "history"])
def test_what_has_a_default_is_never_absent(name: str) -> None:
    """So the question is refused: it would find what was not meant, or nothing."""
    for condition in (attr(name).is_absent(), attr(name).exists()):
        with pytest.raises(InvalidOperation) as caught:
            Book.shelf.query().where(condition).requests(Context())
        assert caught.value.where == f"Book: {name}"


@pytest.mark.parametrize("value", [None, set()])
def test_a_comparison_with_what_is_stored_as_nothing_points_to_absence(value: Any) -> None:
    """`is_absent()` is the question."""
    field = "note" if value is None else "tags"
    with pytest.raises(InvalidItem) as caught:
        Book.shelf.query().where(attr(field).equals(value)).requests(Context())
    assert "is_absent()" in caught.value.problems
