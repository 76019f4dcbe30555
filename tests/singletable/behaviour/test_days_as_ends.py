"""A day as the end of a range of moments: all of it, in UTC, or none of it."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Annotated, Any

import pytest
from pydantic import AwareDatetime

from singletable import Entity, Query, Table, access_pattern, collection, create, number
from singletable.errors import InvalidItem, InvalidOperation, InvalidPattern
from singletable.errors.declaration import ContradictoryPattern
from singletable.formats import epoch, instant, integer
from singletable.inspect import Context
from tests.backends import Backend
from tests.conftest import OpenBackend
from tests.singletable.raises import raises

table = Table("days")
indexes = {
    name: table.global_index(name, partition_key=f"{name}PK", sort_key=f"{name}SK")
    for name in ("plain", "seconds", "digits", "within", "both")
}
numbers = table.global_index("numbers", partition_key="numbersPK", sort_key=number("numbersSK"))
fields = table.global_index("fields", partition_key="app", sort_key="natural")


class Event(Entity, table=table):
    """Something that happened, by every form of its moment."""

    app: str = "a"
    number: Annotated[int, integer(0, 9)]
    at: AwareDatetime
    second: Annotated[datetime, instant("seconds", suffix="")]
    digits: Annotated[datetime, epoch("milliseconds")]
    counted: Annotated[datetime, epoch()]
    natural: AwareDatetime

    key = table.primary.key("EVENTS#{app}", "EVENT#{number}")
    by_at = indexes["plain"].key("AT#{app}", "{at}")
    by_second = indexes["seconds"].key("SECOND#{app}", "AT#{second}#{number}")
    by_digits = indexes["digits"].key("DIGITS#{app}", "{digits}#{number}")
    by_number = numbers.key("COUNTED#{app}", "{counted}")
    by_field = fields.key("{app}", "{natural}")
    within = indexes["within"].key("WITHIN#{app}", "{number}#{at}")
    by_both = indexes["both"].key("BOTH#{app}", "{at}#EVENT")


class Other(Entity, table=table):
    """Beside the events, by the same moment."""

    app: str = "a"
    at: AwareDatetime

    key = table.primary.key("OTHER#{app}", "{at}")
    by_both = indexes["both"].key("BOTH#{app}", "{at}#OTHER")


KEYS: dict[str, tuple[Any, str]] = {
    "text": (Event.by_at, "at"),
    "to the second, between parts": (Event.by_second, "second"),
    "digits": (Event.by_digits, "digits"),
    "a number": (Event.by_number, "counted"),
    "the field itself": (Event.by_field, "natural"),
}
DAY = date(2026, 2, 28)
MIDNIGHT = datetime(2026, 2, 28, tzinfo=UTC)
MOMENTS = (
    MIDNIGHT - timedelta(seconds=1),
    MIDNIGHT,
    MIDNIGHT + timedelta(hours=12, microseconds=1),
    MIDNIGHT + timedelta(hours=23, minutes=59, seconds=59, microseconds=999_999),
    MIDNIGHT + timedelta(days=1),
    MIDNIGHT + timedelta(days=2),
)


def event(number: int, moment: datetime) -> Event:
    names = ("at", "second", "digits", "counted", "natural")
    return Event(number=number, **dict.fromkeys(names, moment))


@pytest.fixture
def db(open_backend: OpenBackend) -> Backend:
    backend = open_backend(table)
    for at, moment in enumerate(MOMENTS):
        backend.repository.write(create(event(at, moment)))
    return backend


@pytest.mark.parametrize("name", KEYS)
def test_it_is_all_of_the_day_or_none_of_it(db: Backend, name: str) -> None:
    """In every form of a moment, whatever follows it in the key."""
    key, field = KEYS[name]
    query, following = key.query(app="a"), DAY + timedelta(days=1)
    for asked, expected in (
        (query.at_least(**{field: DAY}), [1, 2, 3, 4, 5]),
        (query.at_most(**{field: DAY}), [0, 1, 2, 3]),
        (query.after(**{field: DAY}), [4, 5]),
        (query.before(**{field: DAY}), [0]),
        (query.between(**{field: (DAY, DAY)}), [1, 2, 3]),
        (query.between(**{field: (DAY, following)}), [1, 2, 3, 4]),
        (query.after(**{field: DAY}).at_most(**{field: following}), [4]),
        (query.at_least(**{field: DAY}).before(**{field: following}), [1, 2, 3]),
        (query.after(**{field: MOMENTS[2]}).at_most(**{field: DAY}), [3]),
    ):
        assert [each.number for each in db.repository.fetch(asked)] == expected


def test_text_and_day_are_one_range(db: Backend) -> None:
    query = Event.by_at.query(app="a")
    for make in (query.at_least, query.at_most, query.after, query.before):
        found = [db.repository.fetch(make(at=end)).items for end in (DAY, "2026-02-28")]
        assert found[0] == found[1]


@access_pattern
def until(app: str, day: date) -> Query[Event]:
    """Events of a day and before."""
    return Event.by_at.query(app=app).at_most(at=day)


@access_pattern
def after(day: date, last: date) -> Query[Event]:
    """Events after a day, up to another one, counted."""
    return Event.by_number.query(app="a").after(counted=day).at_most(counted=last)


def test_an_argument_may_be_a_day(db: Backend) -> None:
    """Not a moment, which is another range: the pattern says which."""
    assert [each.number for each in db.repository.fetch(until("a", DAY))] == [0, 1, 2, 3]
    found = db.repository.fetch(after(DAY, DAY + timedelta(days=1)))
    assert [each.number for each in found] == [4]


def test_first_and_last_days_have_ends() -> None:
    for day in (date.min, date.max):
        for make in (Event.by_at.query(app="a").at_most, Event.by_at.query(app="a").after):
            assert make(at=day).requests(Context())


def test_other_fields_take_no_days() -> None:
    with pytest.raises(InvalidItem):
        Event.key.query(app="a").at_least(number=DAY)
    with pytest.raises(InvalidItem):
        Event.within.query(app="a", number=1).at_most(at=5)
    with raises(InvalidOperation, allowed="the beginning of a text"):
        Event.by_at.query(app="a").begins_with(at=DAY)  # type: ignore[arg-type]

    def wrong(day: date) -> Query[Event]:
        """A day for a number."""
        return Event.key.query(app="a").at_least(number=day)

    with pytest.raises((ContradictoryPattern, InvalidPattern), match="number"):
        access_pattern(wrong)


def test_collections_take_days(db: Backend) -> None:
    """Of the field that all members have at that place."""
    asked = collection(Event.by_both, Other.by_both).query(app="a").at_most(at=DAY)
    db.repository.write(create(Other(at=MIDNIGHT)))
    assert len(db.repository.fetch(asked).items) == 5
