"""Exclusive bounds: `after` and `before` leave their ends out, whatever follows in the key."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Annotated, Any

import pytest
from pydantic import AwareDatetime

from singletable import (
    Entity,
    Query,
    Table,
    access_pattern,
    collection,
    create,
    number,
    shards,
)
from singletable.design.compile_operations import compile_operation
from singletable.emit.docs.words import condition_words
from singletable.errors import ContradictoryPattern, InvalidItem, InvalidOperation
from singletable.formats import Format, integer, slug
from singletable.patterns import declarations_of
from singletable.table import KeyAttribute
from tests.backends import Backend
from tests.conftest import OpenBackend
from tests.singletable.clinic.making import CONTEXT, keyed, make, sent

traces = Table("traces", partition_key="app", sort_key="SK")
spread = traces.global_index("spread", partition_key="GSI1PK", sort_key="GSI1SK")
ranked = traces.global_index("ranked", partition_key="app", sort_key=number("rank"))
digested = traces.global_index(
    "digested", partition_key="app", sort_key=KeyAttribute("digest", "B")
)
named = traces.local_index("named", sort_key="name")


class Trace(Entity, table=traces):
    """A line of a log, under a key of each sort."""

    app: str = "a"
    at: AwareDatetime
    line: Annotated[int, integer(0, 99)] = 0
    rank: int = 0
    digest: bytes = b"0"
    name: str = "x"

    key = traces.primary.key("{app}", "AT#{at}#{line}")
    by_line = spread.key("LINES#{shard}", "{line}", shards=shards(3, by="at"))
    by_rank = ranked.key("{app}", "{rank}")
    by_digest = digested.key("{app}", "{digest}")
    by_name = named.key("{app}", "{name}")


class Stop(Entity, table=traces):
    """Where a log ends."""

    app: str = "a"
    at: AwareDatetime
    line: Annotated[int, integer(0, 99)] = 0

    key = traces.primary.key("{app}", "STOP#{at}")


DAYS = [
    datetime(2020, month, day, 12, tzinfo=UTC)
    for month, day in ((1, 31), (2, 1), (2, 15), (2, 29), (3, 1))
]
NAMES = ["ann", "ann#1", "anna", "bo", "zoë"]


@pytest.fixture
def db(open_backend: OpenBackend) -> Backend:
    """Two lines on each of five days."""
    backend = open_backend(traces)
    for place, at in enumerate(DAYS):
        for line in (2 * place, 2 * place + 1):
            trace = Trace(at=at, line=line, rank=line - 5, digest=bytes([line]), name=NAMES[place])
            backend.repository.write(create(trace))
    return backend


def lines(db: Backend, query: Query[Trace]) -> list[int]:
    return [trace.line for trace in db.repository.fetch(query)]


QUERY = Trace.key.query(app="a")


def test_what_equals_the_end_is_left_out_whatever_follows(db: Backend) -> None:
    """Both of its lines; in both directions."""
    assert lines(db, QUERY.after(at=DAYS[1])) == [4, 5, 6, 7, 8, 9]
    assert lines(db, QUERY.before(at=DAYS[1])) == [0, 1]
    assert lines(db, QUERY.before(at=DAYS[1]).descending()) == [1, 0]
    assert lines(db, QUERY.after(at=DAYS[1]).before(at=DAYS[4])) == [4, 5, 6, 7]
    assert lines(db, QUERY.before(at=DAYS[4]).after(at=DAYS[1]).newest_first()) == [7, 6, 5, 4]


def test_every_low_end_goes_with_every_high_end(db: Backend) -> None:
    """In either order, on one field."""
    one, four = DAYS[1], DAYS[4]
    assert lines(db, QUERY.at_least(at=one).at_most(at=four)) == [*range(2, 10)]
    assert lines(db, QUERY.at_least(at=one).before(at=four)) == [*range(2, 8)]
    assert lines(db, QUERY.at_most(at=four).after(at=one)) == [*range(4, 10)]
    assert lines(db, QUERY.between(at=(one, one))) == [2, 3]


def test_a_beginning_is_left_out_with_all_of_it(db: Backend) -> None:
    """Before February, and after it."""
    assert lines(db, QUERY.before(at="2020-02")) == [0, 1]
    assert lines(db, QUERY.after(at="2020-02")) == [8, 9]
    assert lines(db, QUERY.after(at="2020-01").before(at="2020-03")) == [*range(2, 8)]
    assert lines(db, QUERY.after(at="2020-02-01").at_most(at="2020-02")) == [*range(4, 8)]


def test_shards_are_asked_alike(db: Backend) -> None:
    """And merged in the order of the key, from page to page."""
    query = Trace.by_line.query()
    assert lines(db, query.after(line=3)) == [*range(4, 10)]
    assert lines(db, query.after(line=3).before(line=8).descending()) == [7, 6, 5, 4]
    page = db.repository.fetch(query.after(line=3).page(2))
    following = db.repository.fetch(query.after(line=3).page(9, page.cursor))
    assert [trace.line for trace in (*page, *following)] == [*range(4, 10)]


def test_numbers_and_bytes_are_left_out_as_such(db: Backend) -> None:
    """With one end and with two."""
    ranks, digests = Trace.by_rank.query(app="a"), Trace.by_digest.query(app="a")
    assert lines(db, ranks.after(rank=-1)) == [*range(5, 10)]
    assert lines(db, ranks.before(rank=-3)) == [0, 1]
    assert lines(db, ranks.after(rank=-3).before(rank=0)) == [3, 4]
    assert lines(db, ranks.at_least(rank=-3).before(rank=0)) == [2, 3, 4]
    assert lines(db, digests.after(digest=b"\x07")) == [8, 9]
    assert lines(db, digests.after(digest=b"\x02").before(digest=b"\x05")) == [3, 4]
    assert lines(db, digests.after(digest=b"\x02").at_most(digest=b"\x05")) == [3, 4, 5]


def test_free_text_is_left_out_alone(db: Backend) -> None:
    """On a local index: what begins with it is greater."""
    query = Trace.by_name.query(app="a")
    assert sorted(lines(db, query.after(name="ann"))) == [*range(2, 10)]
    assert sorted(lines(db, query.after(name="ann").before(name="zoë"))) == [*range(2, 8)]
    assert sorted(lines(db, query.at_least(name="ann").before(name="anna"))) == [0, 1, 2, 3]
    assert sorted(lines(db, query.after(name="ann#1").at_most(name="ann"))) == [4, 5]


def test_a_collection_takes_them_where_its_members_begin_alike(open_backend: OpenBackend) -> None:
    """As it takes other ranges."""
    db = open_backend(wards)
    for at in (1, 2, 3):
        db.repository.write(create(Visit(ward="w", at=date(2020, 1, at))))
        db.repository.write(create(Round(ward="w", day=date(2020, 1, at))))
    query = collection(Visit.key, Round.key).query(ward="w")
    found = db.repository.fetch(query.after(at=date(2020, 1, 1)).before(at=date(2020, 1, 3)))
    assert [type(item) for item in found] == [Round, Visit]
    assert len(db.repository.fetch(query.after(day=date(2020, 1, 2)))) == 2


wards = Table("wards")


class Visit(Entity, table=wards):
    """A visit."""

    ward: str
    at: date
    n: Annotated[int, integer(0, 9)] = 1
    key = wards.primary.key("WARD#{ward}", "{at}#{n}#VISIT")


class Round(Entity, table=wards):
    """A round."""

    ward: str
    day: date
    n: Annotated[int, integer(0, 9)] = 1
    key = wards.primary.key("WARD#{ward}", "{day}#{n}#ROUND")


# What is refused


@pytest.mark.parametrize(
    "chain",
    [
        lambda: QUERY.after(at=DAYS[0]).at_least(at=DAYS[0]),
        lambda: QUERY.before(at=DAYS[0]).before(at=DAYS[0]),
        lambda: QUERY.between(at=(DAYS[0], DAYS[1])).after(at=DAYS[0]),
        lambda: QUERY.begins_with(at="2020").before(at=DAYS[0]),
        lambda: QUERY.after(at=DAYS[0]).begins_with(at="2020"),
        QUERY.after,
        lambda: QUERY.after(at=DAYS[0], line=1),
        lambda: QUERY.after(line=1),
        lambda: QUERY.after(at=None),
        lambda: QUERY.before(at=None),
    ],
)
def test_what_is_no_range_of_one_field_is_refused(chain: Any) -> None:
    """Two ends of a side, a beginning beside an end, another field, no end."""
    with pytest.raises(InvalidOperation) as refused:
        chain()
    assert refused.value.where == "Trace.key"


def test_a_range_that_ends_before_it_begins_is_refused() -> None:
    """As one of inclusive ends is."""
    for inverted in (
        QUERY.after(at=DAYS[1]).before(at=DAYS[0]),
        QUERY.at_least(at=DAYS[1]).before(at=DAYS[0]),
        Trace.by_rank.query(app="a").after(rank=4).before(rank=3),
    ):
        with pytest.raises(InvalidOperation) as refused:
            inverted.requests(CONTEXT)
        assert "ends before it begins" in refused.value.declared


def test_a_range_with_nothing_between_its_ends_is_empty(db: Backend) -> None:
    """No error: who asks for what came since the last time may ask at once again."""
    one, ranks = DAYS[1], Trace.by_rank.query(app="a")
    for empty in (
        QUERY.after(at=one).before(at=one),
        QUERY.at_least(at=one).before(at=one),
        QUERY.after(at=one).at_most(at=one),
        ranks.after(rank=3).at_most(rank=3),
        Trace.by_line.query().after(line=3).before(line=3),
        Trace.by_name.query(app="a").after(name="ab").before(name="a"),
    ):
        assert lines(db, empty) == []
        assert db.repository.fetch(empty.first()) is None
        assert db.repository.fetch(empty.count()) == 0
        assert db.repository.fetch(empty.page(1)).cursor is None
    db.sent.clear()
    assert lines(db, ranks.after(rank=3).at_most(rank=3)) == db.sent == []
    assert lines(db, ranks.after(rank=3).before(rank=4)) == []


def test_what_the_field_refuses_is_refused_as_an_end() -> None:
    """As every end is."""
    with pytest.raises(InvalidItem):
        QUERY.after(at=5)
    with pytest.raises(InvalidItem):
        Trace.by_rank.query(app="a").before(rank="many")


def test_a_range_may_not_reach_other_entities() -> None:
    """Proofs of isolation go by exclusive ends as by inclusive ones."""
    shelf = Table("shelf")
    thing = keyed("P", "{n}", table=shelf, n=Annotated[int, integer(0, 9)])
    other = keyed_as("Other", shelf, "Z#{n}")
    with pytest.raises(InvalidOperation) as refused:
        thing.key.query().after(n=3).requests(CONTEXT)
    assert "Other" in refused.value.declared
    assert thing.key.query().after(n=3).before(n=9).requests(CONTEXT)
    assert other.key.query().after(n=3).requests(CONTEXT)


def keyed_as(name: str, table: Table, sort: str) -> Any:
    fields = {"n": Annotated[int, integer(0, 9)], "key": table.primary.key("P", sort)}
    return make(table, fields, name)


# What is shown


@access_pattern
def within(since: AwareDatetime, until: AwareDatetime) -> Query[Trace]:
    """Lines between two moments."""
    return Trace.key.query(app="a").after(at=since).before(at=until)


@access_pattern
def between_ranks(low: int, high: int) -> Query[Trace]:
    """Lines between two ranks."""
    return Trace.by_rank.query(app="a").after(rank=low).before(rank=high)


@access_pattern
def above(low: int) -> Query[Trace]:
    """Lines above a rank."""
    return Trace.by_rank.query(app="a").after(rank=low)


@access_pattern
def beyond_ann(last: str) -> Query[Trace]:
    """Lines of names after Ann's."""
    return Trace.by_name.query(app="a").after(name="ann").before(name=last)


def shown(operation: Any) -> str:
    return condition_words(compile_operation(operation).reads[0].conditions)[-1]


def test_documents_show_the_ends_that_are_sent() -> None:
    """With the argument, and what cannot be printed by its code point."""
    plans = {each.name: each.operation for each in declarations_of(traces).patterns.values()}
    module = "test_exclusive_bounds"
    assert shown(plans[f"{module}.within"]) == "SK between AT#{since}#~ and AT#{until}"
    assert shown(plans[f"{module}.above"]) == "rank > {low}"
    assert shown(plans[f"{module}.between_ranks"]) == "rank between above {low} and below {high}"
    assert shown(plans[f"{module}.beyond_ann"]) == "name between annU+0000 and below {last}"


def test_a_pattern_is_bound_to_the_ends_that_it_was_planned_with(db: Backend) -> None:
    """An argument stands for any value, and None is none."""
    assert lines(db, within(DAYS[0], DAYS[3])) == [2, 3, 4, 5]
    with pytest.raises(InvalidOperation):
        within(None, DAYS[1])  # type: ignore[arg-type]


def test_a_range_on_what_does_not_sort_is_refused() -> None:
    """A slug goes on with what sorts before the delimiter."""
    thing = keyed("P", "{n}~{m}", n=Annotated[str, slug()], m=str)
    for verb in ("after", "before"):
        with pytest.raises(InvalidOperation) as refused:
            getattr(thing.key.query(), verb)(n="x")
        assert "does not sort" in refused.value.declared


def test_a_pattern_that_can_find_nothing_does_not_import() -> None:
    """Its ends are constants."""

    def never() -> Query[Trace]:
        """Q."""
        return Trace.by_line.query().after(line=3).before(line=3)

    with pytest.raises(ContradictoryPattern):
        access_pattern(never)


@dataclass(frozen=True, kw_only=True)
class Quarter(Format):
    """Days; `2020Q1` stands for three months."""

    name: str = "quarter"
    alphabet: frozenset[str] | None = frozenset("0123456789-")
    min_bytes: int = 10
    max_bytes: int | None = 10
    takes_beginnings: bool = True

    def encode(self, value: object) -> str:
        return str(value)

    def decode(self, text: str) -> object:
        return text

    def bounds(self, value: object) -> tuple[str, str]:
        text = str(value)
        if text[4:5] != "Q":
            return text, text
        last = int(text[5]) * 3
        return f"{text[:4]}-{last - 2:02}-01", f"{text[:4]}-{last:02}-31"

    def example(self, field: str) -> object:
        return "2020-01-01"


@pytest.mark.parametrize("sort", ["{at}", "{at}#{n}"])
def test_a_format_of_ones_own_says_what_its_beginnings_cover(sort: str) -> None:
    """Also where the greatest text does not begin with the least one."""
    thing = keyed("P", sort, at=Annotated[str, Quarter()], n=Annotated[str, slug()])
    query = thing.key.query()

    def ends(asked: Any) -> list[str]:
        values = [*sent(asked)["ExpressionAttributeValues"].values()]
        return [value["S"] for value in values[1:]]

    after = "" if sort == "{at}" else "#~"
    assert ends(query.at_most(at="2020Q1")) == ["2020-03-31" + after]
    assert ends(query.after(at="2020Q1")) == ["2020-03-31" + after]
    assert ends(query.before(at="2020Q1")) == ["2020-01-01"]
