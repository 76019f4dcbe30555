"""Ends of ranges: normalised as equalities are, never too long for a key, never quietly empty."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from typing import Annotated, Any

import pytest
from pydantic import AwareDatetime, StringConstraints

from singletable import Entity, Query, Table, access_pattern, create, number
from singletable.errors.declaration import InvalidTemplate
from singletable.errors.request import InvalidItem, InvalidKeyValue, InvalidOperation
from singletable.formats import Format, escaped_text, slug
from tests.backends import Backend
from tests.conftest import OpenBackend
from tests.singletable.clinic.making import CONTEXT, keyed

ends = Table("ends")
natural = ends.global_index("natural", partition_key="kind", sort_key="name")
ranked = ends.global_index("ranked", partition_key="kind", sort_key=number("rank"))
timed = ends.global_index("timed", partition_key="kind", sort_key="at")
leveled = ends.global_index("leveled", partition_key="LEVELPK", sort_key="LEVELSK")
coded = ends.global_index("coded", partition_key="CODEPK", sort_key="CODESK")
Tidy = Annotated[str, StringConstraints(to_lower=True, strip_whitespace=True)]


class Level(StrEnum):
    HIGH = "1-high"
    LOW = "2-low"


class Entry(Entity, table=ends):
    """One entry, under a key of each sort."""

    kind: str = "k"
    name: Tidy
    rank: int = 0
    level: Level = Level.HIGH
    code: Annotated[Tidy, slug()] = "a"
    at: AwareDatetime = datetime(2020, 2, 5, tzinfo=UTC)

    key = ends.primary.key("ENTRIES#{kind}", "ENTRY#{name}")
    by_name = natural.key("{kind}", "{name}")
    by_rank = ranked.key("{kind}", "{rank}")
    by_time = timed.key("{kind}", "{at}")
    by_level = leveled.key("LEVELS#{kind}", "{level}#{name}")
    by_code = coded.key("CODES#{kind}", "{code}#{name}")


@pytest.fixture
def db(open_backend: OpenBackend) -> Backend:
    """Three people."""
    backend = open_backend(ends)
    for rank, name in ((1, "ann"), (2, "kim"), (10, "zoe")):
        level = Level.LOW if name == "zoe" else Level.HIGH
        entry = Entry(name=name, rank=rank, level=level, code=name)
        backend.repository.write(create(entry))
    return backend


def names(db: Backend, query: Query[Entry]) -> list[str]:
    return [entry.name for entry in db.repository.fetch(query)]


@pytest.mark.parametrize("key", ["key", "by_name"])
def test_a_text_end_is_normalised_as_an_equality_is(db: Backend, key: str) -> None:
    """In a rendered key and in a natural one, by every verb."""
    query = getattr(Entry, key).query
    assert names(db, query(kind="k", name=" KIM ")) == ["kim"]
    assert names(db, query(kind="k").between(name=(" KIM ", " KIM "))) == ["kim"]
    assert names(db, query(kind="k").at_least(name=" Kim ")) == ["kim", "zoe"]
    assert names(db, query(kind="k").at_most(name=" KIM ")) == ["ann", "kim"]
    assert names(db, query(kind="k").begins_with(name=" KI")) == ["kim"]


def test_every_other_format_reads_its_ends_as_equalities_too(db: Backend) -> None:
    """A number, an enum's value, a slug and a moment, each given as text."""
    assert names(db, Entry.by_rank.query(kind="k").at_least(rank="2")) == ["kim", "zoe"]
    assert names(db, Entry.by_rank.query(kind="k").between(rank=("2", 10))) == ["kim", "zoe"]
    assert names(db, Entry.by_level.query(kind="k").at_least(level="2-low")) == ["zoe"]
    assert names(db, Entry.by_code.query(kind="k").between(code=("B", " KIM"))) == ["kim"]
    moment = "2020-02-05T01:00:00+01:00"
    assert len(names(db, Entry.by_time.query(kind="k").between(at=(moment, moment)))) == 3
    assert len(names(db, Entry.by_time.query(kind="k").between(at=("2020-02", "2020-02")))) == 3


def test_what_the_field_refuses_is_refused_as_an_end() -> None:
    """And what is neither a moment nor the beginning of one."""
    with pytest.raises(InvalidItem):
        Entry.by_rank.query(kind="k").at_least(rank="many")
    with pytest.raises(InvalidItem):
        Entry.by_level.query(kind="k").at_most(level="3-none")
    with pytest.raises(InvalidItem):
        Entry.by_name.query(kind="k").at_most(name=5)
    for query in (Entry.by_time.query(kind="k"),):
        with pytest.raises(InvalidKeyValue) as refused:
            query.at_most(at="2020-13").requests(CONTEXT)
        assert refused.value.field == "at"


def test_the_upper_end_of_free_text_includes_all_that_begins_with_it(
    open_backend: OpenBackend,
) -> None:
    """A month of moments that are kept as text is the month; the lower end is where it begins."""
    db = open_backend(logs)
    for at in ("2020-01-31", "2020-02", "2020-02-05", "2020-02-29\U0001f600", "2020-03-01"):
        db.repository.write(create(Log(at=at)))
    for key in (Log.key, Log.natural):
        query = key.query(app="a")
        february = ["2020-02", "2020-02-05", "2020-02-29\U0001f600"]
        found = db.repository.fetch(query.between(at=("2020-02", "2020-02")))
        assert [log.at for log in found] == february
        found = db.repository.fetch(query.at_most(at="2020-02"))
        assert [log.at for log in found] == ["2020-01-31", *february]
        found = db.repository.fetch(query.at_least(at="2020-02"))
        assert [log.at for log in found] == [*february, "2020-03-01"]


logs = Table("logs")
by_app = logs.global_index("by_app", partition_key="app", sort_key="at")


class Log(Entity, table=logs):
    """A line whose moment is text."""

    app: str = "a"
    at: str

    key = logs.primary.key("APP#{app}", "LOG#{at}")
    natural = by_app.key("{app}", "{at}")


def test_whole_values_stand_for_themselves(db: Backend) -> None:
    """A slug is no beginning: `kim` does not cover `kim-2`."""
    db.repository.write(create(Entry(name="kim2", code="kim-2")))
    assert names(db, Entry.by_code.query(kind="k").at_most(code="kim")) == ["ann", "kim"]
    assert names(db, Entry.by_code.query(kind="k").between(code=("kim", "kim"))) == ["kim"]


@access_pattern
def up_to(last: str) -> Query[Log]:
    """Lines up to a text."""
    return Log.key.query(app="a").at_most(at=last)


def test_a_pattern_shows_that_free_text_is_open_above(db: Backend) -> None:
    """What its documentation says is what is sent."""
    (request,) = up_to("2020-02").requests(CONTEXT)
    high = [*request.parameters["ExpressionAttributeValues"].values()][-1]["S"]
    assert high == "LOG#2020-02\U0010ffff"


# Lengths


@pytest.mark.parametrize("size", [1025, 1030, 4096])
@pytest.mark.parametrize("verb", ["at_least", "at_most", "begins_with"])
@pytest.mark.parametrize("key", ["natural", "key"])
def test_an_end_that_no_key_has_room_for_is_refused_before_sending(
    key: str, verb: str, size: int
) -> None:
    """As an equality of that length is."""
    query = getattr(Log, key).query(app="a")
    with pytest.raises(InvalidKeyValue) as refused:
        getattr(query, verb)(at="x" * size).requests(CONTEXT)
    assert refused.value.field == "at"
    assert "1024" in refused.value.reason


room = Table("room")


class Pair(Entity, table=room):
    """Two texts in one key."""

    a: str = "a"
    b: Annotated[str, escaped_text()]
    c: str

    key = room.primary.key("A#{a}", "{b}#{c}")


@pytest.mark.parametrize("letter", ["x", "é", "€", "\U0001f600"])
@pytest.mark.parametrize("left", range(1, 9))
def test_a_stored_value_may_always_be_an_end(
    open_backend: OpenBackend, letter: str, left: int
) -> None:
    """However little room a key leaves behind it, the range ends behind all its items."""
    db = open_backend(room)
    size = 1023 - left
    b = letter * (size // len(letter.encode())) + "y" * (size % len(letter.encode()))
    for c in ("!", "z" * left):
        db.repository.write(create(Pair(b=b, c=c)))
    db.repository.write(create(Pair(b="z" if letter == "x" else "\U0001f601", c="z")))
    query = Pair.key.query(a="a")
    for asked in (query.at_most(b=b), query.between(b=(b, b)), query.begins_with(b=b)):
        found = db.repository.fetch(asked)
        assert {item.b for item in found} == {b}
        assert len(found) == len({"!", "z" * left})


@pytest.mark.parametrize("verb", ["at_least", "at_most", "begins_with"])
def test_an_end_needs_room_for_the_separator_behind_it(verb: str) -> None:
    """As the value would have it in a stored key."""
    query = Pair.key.query(a="a")
    assert getattr(query, verb)(b="y" * 1023).requests(CONTEXT)
    with pytest.raises(InvalidKeyValue) as refused:
        getattr(query, verb)(b="y" * 1024).requests(CONTEXT)
    assert (refused.value.field, "1025" in refused.value.reason) == ("b", True)


@pytest.mark.parametrize("size", [1020, 1021, 1022, 1023])
def test_the_longest_natural_text_may_be_an_end(open_moto: OpenBackend, size: int) -> None:
    """Its range is cut to what fits a key."""
    db = open_moto(ends)
    name = "k" * (size - 6)
    db.repository.write(create(Entry(name=name)))
    for query in (Entry.key.query(kind="k"), Entry.by_name.query(kind="k")):
        assert names(db, query.at_most(name=name)) == [name]
        assert names(db, query.between(name=(name, name))) == [name]


@pytest.mark.parametrize("size", [1015, 1017, 1019, 1021])
def test_an_open_range_has_room_behind_the_longest_prefix(size: int) -> None:
    """Its ceiling is cut too."""
    pair = keyed("A", "{b}#{c}", b=Annotated[str, escaped_text()], c=str)
    query = pair.key.query(b="b" * size).at_least(c="c")
    (request,) = query.requests(CONTEXT)
    low, high = (v["S"] for v in list(request.parameters["ExpressionAttributeValues"].values())[1:])
    assert len(high.encode()) <= 1024
    assert low < high
    assert high >= "b" * size + "#" + "\u07ff" * ((1023 - size) // 2)


# Declarations


@dataclass(frozen=True, kw_only=True)
class Half(Format):
    """Says that it takes beginnings, and not what they stand for."""

    name: str = "half"
    alphabet: frozenset[str] | None = None
    takes_beginnings: bool = True

    def encode(self, value: object) -> str:
        return str(value)

    def decode(self, text: str) -> object:
        return text

    def example(self, field: str) -> object:
        return field


@dataclass(frozen=True, kw_only=True)
class WholeHalf(Half):
    """Says what they stand for."""

    def bounds(self, value: object) -> tuple[str, str]:
        return str(value), f"{value}~"


@pytest.mark.parametrize("template", ["THING#{at}", "{at}"])
def test_a_format_that_takes_beginnings_says_what_they_stand_for(template: str) -> None:
    """Or the entity does not import."""
    table = Table("halves", sort_key="at") if template == "{at}" else Table("halves")
    with pytest.raises(InvalidTemplate) as refused:
        keyed("A", template, table=table, at=Annotated[str, Half()])
    assert "at (half)" in refused.value.declared
    thing = keyed("A", "THING#{at}", at=Annotated[str, WholeHalf()])
    (request,) = thing.key.query().begins_with(at="x").requests(CONTEXT)
    assert [*request.parameters["ExpressionAttributeValues"].values()][-1] == {"S": "THING#x"}


@pytest.mark.parametrize("verb", ["at_least", "at_most", "begins_with"])
def test_a_range_stands_on_the_next_field_alone(verb: str) -> None:
    """Not on a later one, not on one of the partition key, not on none."""
    query = Pair.key.query(a="a")
    for wrong in ({"c": "x"}, {"a": "x"}, {"b": "x", "c": "x"}, {}):
        with pytest.raises(InvalidOperation):
            getattr(query, verb)(**wrong)


def test_a_part_that_is_open_may_have_no_value_that_is_text() -> None:
    """Nor None, which is no end."""
    values: list[Any] = [None, 5, b"x", ["x"]]
    for value in values:
        with pytest.raises(InvalidOperation):
            Pair.key.query(a="a").begins_with(b=value)


def with_other_types(value: Any) -> Any:
    return Entry.by_rank.query(kind="k").begins_with(rank=value)


def test_numbers_and_closed_sets_have_no_beginning() -> None:
    """And a UUID, whole numbers in text, flags."""
    for call in (
        lambda: with_other_types("1"),
        lambda: Entry.by_level.query(kind="k").begins_with(level="1"),
    ):
        with pytest.raises(InvalidOperation) as refused:
            call()
        assert "begins_with" in refused.value.declared
