"""A range on a field that all members have, whatever follows it in the keys of each."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Annotated, Any

import pytest

from singletable import Entity, Table, collection, create
from singletable.errors import InvalidOperation
from singletable.formats import instant, shaped
from singletable.inspect import Context
from tests.conftest import OpenBackend

ward = Table("ward")
notes = Table("notes")
Moment = Annotated[datetime, instant("seconds")]


class Visit(Entity, table=ward):
    """With a number behind the moment."""

    patient: str
    at: Moment
    number: str
    key = ward.primary.key("{patient}", "{at}#V{number}")


class Stay(Entity, table=ward):
    """With a room behind the moment."""

    patient: str
    since: Moment
    room: Annotated[str, shaped(r"A\d+", example="A1")]
    key = ward.primary.key("{patient}", "{since}#{room}")


class Fall(Entity, table=ward):
    """With nothing behind the moment."""

    patient: str
    at: Moment
    key = ward.primary.key("{patient}", "{at}")


class Admission(Entity, table=ward):
    """Without a moment, in partitions of its own."""

    patient: str
    key = ward.primary.key("ADMITTED#{patient}", "ADMITTED")


class Discharge(Entity, table=ward):
    """With a moment, in the same partitions."""

    patient: str
    at: Moment
    key = ward.primary.key("ADMITTED#{patient}", "{at}")


class Note(Entity, table=notes):
    """A text of any width, which ends by a sign of its own."""

    patient: str
    word: Annotated[str, shaped(r"[a-z]+", example="a")]
    key = notes.primary.key("{patient}", "{word}#n")


class Remark(Entity, table=notes):
    """The same text, with another end."""

    patient: str
    word: Annotated[str, shaped(r"[a-z]+", example="a")]
    key = notes.primary.key("{patient}", "{word}!r")


class Letter(Entity, table=notes):
    """The same text, which ends alike and goes on otherwise."""

    patient: str
    word: Annotated[str, shaped(r"[a-z]+", example="a")]
    key = notes.primary.key("{patient}", "{word}#z")


def day(number: int) -> datetime:
    return datetime(2026, 3, number, tzinfo=UTC)


MOMENTS = collection(Visit.key, Stay.key, Fall.key)
ITEMS = [
    each
    for number in range(1, 6)
    for each in (
        Fall(patient="p", at=day(number)),
        Stay(patient="p", since=day(number), room="A1"),
        Visit(patient="p", at=day(number), number="1"),
        Visit(patient="p", at=day(number), number="~"),
    )
]


def moment_of(item: Any) -> datetime:
    return item.since if isinstance(item, Stay) else item.at


def ask() -> Any:
    return MOMENTS.query(patient="p")


@pytest.mark.parametrize(
    ("query", "days"),
    [
        (ask().at_least(at=day(2)), (2, 3, 4, 5)),
        (ask().after(at=day(2)), (3, 4, 5)),
        (ask().at_most(at=day(2)), (1, 2)),
        (ask().before(since=day(2)), (1,)),
        (ask().between(at=(day(2), day(4))), (2, 3, 4)),
        (ask().after(at=day(2)).before(at=day(4)), (3,)),
        (ask().between(at=("2026-03-02", "2026-03-03")), (2, 3)),
        (ask().begins_with(at="2026-03-04"), (4,)),
        (ask().at_least(at=day(4)).descending(), (5, 4)),
        (ask().newest_first(), (5, 4, 3, 2, 1)),
    ],
)
def test_a_range_holds_the_items_of_all_members(
    open_backend: OpenBackend, query: Any, days: tuple[int, ...]
) -> None:
    db = open_backend(ward)
    for item in ITEMS:
        db.repository.write(create(item))
    found = list(db.repository.iterate(query.page_size(3)))
    expected = [item for item in ITEMS if moment_of(item).day in days]
    is_ascending = days[0] <= days[-1]
    assert found == (expected if is_ascending else expected[::-1])


def test_texts_that_end_alike_are_compared_alike(open_backend: OpenBackend) -> None:
    db = open_backend(notes)
    items = [kind(patient="p", word=word) for word in ("a", "ab", "b") for kind in (Note, Letter)]
    for item in items:
        db.repository.write(create(item))
    both = collection(Note.key, Letter.key).query(patient="p").skipping(Remark)
    assert list(db.repository.fetch(both.at_most(word="a"))) == items[:2]
    assert list(db.repository.fetch(both.after(word="a"))) == items[2:]
    assert list(db.repository.fetch(both.before(word="b"))) == items[:4]


def test_texts_of_any_width_that_end_otherwise_have_no_range_in_common() -> None:
    with pytest.raises(InvalidOperation):
        collection(Note.key, Remark.key).query(patient="p").at_most(word="a").requests(Context())


@pytest.mark.parametrize("verb", ["at_least", "before"])
def test_a_member_without_the_field_has_no_range_in_common(verb: str) -> None:
    for members in (
        collection(Discharge.key, Admission.key),
        collection(Admission.key, Discharge.key),
    ):
        with pytest.raises(InvalidOperation):
            getattr(members.query(patient="p"), verb)(at=day(1)).requests(Context())


def test_members_that_no_moment_orders_alike_are_not_sorted_by_time() -> None:
    with pytest.raises(InvalidOperation):
        collection(Discharge.key, Admission.key).query(patient="p").newest_first()
    with pytest.raises(InvalidOperation):
        collection(Note.key, Letter.key).query(patient="p").newest_first()
