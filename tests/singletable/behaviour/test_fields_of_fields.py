"""A patch sets a field to what another one is: the stored value, whatever that is by then."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Annotated, Any

import pytest
from pydantic import BaseModel, Field

from singletable import (
    CREATED,
    TTL,
    UPDATED,
    VERSION,
    Entity,
    Patch,
    Table,
    attr,
    create,
    number,
    unique,
)
from singletable.errors.request import ConditionFailed, InvalidOperation, VersionConflict
from singletable.formats import integer, slug
from singletable.inspect import Context
from tests.backends import START, Backend
from tests.conftest import OpenBackend
from tests.singletable.raises import raises

drafts = Table("drafts")
gsi1 = drafts.global_index("GSI1", partition_key="GSI1PK", sort_key="GSI1SK")


class Text(BaseModel):
    title: str = ""
    size: int = 0


class Draft(Entity, table=drafts):
    """A draft, and what is shown of it."""

    draft_id: str
    shown: str = ""
    written: str = "nothing"
    maybe: str | None = None
    now: Text = Text()
    next: Text | None = None
    low: Annotated[int, Field(ge=0)] = 0
    high: Annotated[int, Field(ge=0)] = 5
    place: Annotated[int, integer(0, 9)] = 0
    place_before: Annotated[int, integer(0, 9)] = 0
    login: Annotated[str, slug()] = "x"
    word: Annotated[str, slug()] = "y"
    made: Annotated[datetime | None, CREATED] = None
    changed: Annotated[datetime | None, UPDATED] = None
    seen: datetime | None = None
    gone: Annotated[datetime | None, TTL] = None
    version: Annotated[int, VERSION] = 1

    key = drafts.primary.key("DRAFT#{draft_id}", "DRAFT")
    by_place = gsi1.key("PLACE", "{place}")
    unique_login = unique("login")


DRAFT = Draft(draft_id="d", written="new", now=Text(title="t", size=3))
Change = Callable[[Patch[Draft]], Patch[Draft]]


def patch() -> Patch[Draft]:
    return Draft.key.patch(draft_id="d").at_version(1)


@pytest.fixture
def db(open_backend: OpenBackend) -> Backend:
    """With one draft."""
    backend = open_backend(drafts)
    backend.repository.write(create(DRAFT))
    return backend


TAKEN: dict[str, tuple[Change, dict[str, Any]]] = {
    "a field": (lambda p: p.set(shown=attr("written")), {"shown": "new"}),
    "what is inside one": (lambda p: p.set(shown=attr("now")["title"]), {"shown": "t"}),
    "into one": (
        lambda p: p.set_at(attr("now")["title"], attr("written")),
        {"now": Text(title="new", size=3)},
    ),
    "a model": (lambda p: p.set(next=attr("now")), {"next": Text(title="t", size=3)}),
    "both ways": (
        lambda p: p.set(shown=attr("written"), written=attr("shown")),
        {"shown": "new", "written": ""},
    ),
    "beside values": (
        lambda p: p.set(low=attr("high"), high=7, place_before=attr("place")),
        {"low": 5, "high": 7},
    ),
    "a stamp": (lambda p: p.set(seen=attr("made")), {"seen": START}),
    "after what it was": (lambda p: p.set(low=attr("high")).set(high=1), {"low": 5, "high": 1}),
}


@pytest.mark.parametrize("name", TAKEN)
def test_a_field_becomes_what_another_one_was(db: Backend, name: str) -> None:
    """Version and stamps go on as in every write."""
    change, expected = TAKEN[name]
    db.clock.tick(seconds=5)
    expected |= {"version": 2, "made": START, "changed": START + timedelta(seconds=5)}
    assert db.repository.write(change(patch())) == DRAFT.model_copy(update=expected)
    with pytest.raises(VersionConflict):
        db.repository.write(change(patch()))


def test_an_absent_source_is_its_default(db: Backend) -> None:
    """As it is read: an older item has no such attribute."""
    item = db.raw(PK="DRAFT#d", SK="DRAFT")
    assert item is not None
    del item["written"], item["high"], item["now"]
    db.put(**item)
    taken = patch().set(shown=attr("now")["title"], word=attr("login"), low=attr("high"))
    changed = db.repository.write(taken)
    assert (changed.shown, changed.word, changed.low) == ("", "x", 5)


@pytest.mark.parametrize("stored", [None, {"NULL": True}])
def test_a_source_without_a_value_is_a_condition_that_failed(db: Backend, stored: Any) -> None:
    """None is stored as no attribute, which none can be set to."""
    if stored is not None:
        item = db.raw(PK="DRAFT#d", SK="DRAFT")
        assert item is not None
        db.put(**{**item, "maybe": stored})
    before = db.raw(PK="DRAFT#d", SK="DRAFT")
    with pytest.raises(ConditionFailed) as caught:
        db.repository.write(patch().set(shown=attr("maybe")))
    assert "maybe is not there" in caught.value.reason
    assert db.raw(PK="DRAFT#d", SK="DRAFT") == before


REFUSED: dict[str, Change] = {
    "a part of an index key": lambda p: p.set(place=attr("place_before")),
    "a unique field": lambda p: p.set(login=attr("word")),
    "the TTL": lambda p: p.set(gone=attr("seen")),
    "a moment of a TTL": lambda p: p.set(seen=attr("gone")),
    "the updated stamp": lambda p: p.set(changed=attr("seen")),
}


@pytest.mark.parametrize("name", REFUSED)
def test_what_keys_and_other_items_are_made_of_is_set_to_values(name: str) -> None:
    """Nobody knows the value before it is written."""
    with pytest.raises(InvalidOperation):
        REFUSED[name](patch()).requests(Context(now=datetime(2026, 1, 1, tzinfo=UTC)))


def test_no_key_attribute_takes_another_fields_text() -> None:
    """It may be empty, which DynamoDB refuses in a key."""
    table = Table("filed")
    index = table.global_index("GSI1", partition_key="kind", sort_key=number("rank"))

    class Paper(Entity, table=table):
        """A paper that is filed by its kind and rank."""

        paper_id: str
        kind: str = "a"
        rank: int = 0
        other: str = ""
        score: int = 0
        key = table.primary.key("PAPER#{paper_id}", "PAPER")
        by_kind = index.natural()

    Paper.key.patch(paper_id="1").set(rank=attr("score"))
    with raises(InvalidOperation, declared="which is a key attribute itself"):
        Paper.key.patch(paper_id="1").set(kind=attr("other"))
