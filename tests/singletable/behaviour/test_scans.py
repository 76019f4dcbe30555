"""Declared scans: every item of an entity in an index, and no other; in pages, in segments."""

from __future__ import annotations

from collections import Counter
from datetime import datetime, timedelta
from typing import Annotated, Any

import pytest

from singletable import (
    TTL,
    Entity,
    First,
    Scan,
    Table,
    access_pattern,
    attr,
    collection,
    create,
    include,
    unique,
)
from singletable.errors import (
    ContradictoryPattern,
    InvalidCursor,
    InvalidOperation,
    InvalidPattern,
    InvalidStoredItem,
    RequestLimitReached,
)
from singletable.formats import integer
from singletable.inspect import Count, must_be_fresh, places_read, question
from singletable.operations import Context
from tests.backends import START, Backend
from tests.conftest import OpenBackend
from tests.singletable.clinic.making import CONTEXT, make, sent

arena = Table("arena")
lobby = arena.global_index("lobby", partition_key="map", sort_key="open_at")
feed = arena.global_index("feed", partition_key="FEEDPK", sort_key="FEEDSK")
short = arena.global_index(
    "short", partition_key="SHORTPK", sort_key="SHORTSK", projection=include("map")
)
WHY = "all of them, once a night"


class Game(Entity, table=arena):
    """A game; open ones have a moment."""

    game_id: str
    map: str = "lake"
    open_at: str | None = None
    people: int = 0
    ends: Annotated[datetime | None, TTL] = None

    key = arena.primary.key("GAME#{game_id}", "GAME")
    open_on = lobby.key("{map}", "{open_at}")
    in_feed = feed.key("FEED", "{game_id}")
    briefly = short.key("S", "{game_id}")
    one_map = unique("game_id")


class Player(Entity, table=arena):
    """Who plays a game."""

    game_id: str
    number: Annotated[int, integer(0, 99)]
    people: int = 0

    key = arena.primary.key("GAME#{game_id}", "PLAYER#{number}")
    in_feed = feed.key("FEED", "P#{game_id}#{number}")


@access_pattern
def open_games() -> Scan[Game]:
    """Every open game."""
    return Game.open_on.scan(because="sparse: only open games are in it")


@access_pattern
def all_games() -> Scan[Game]:
    """Every game."""
    return Game.key.scan(because=WHY).segments(3)


@access_pattern
def everything(least: int) -> Scan[Game | Player]:
    """Games and players with people."""
    scan = collection(Game.in_feed, Player.in_feed).scan(because=WHY)
    return scan.where(attr("people").at_least(least))


@access_pattern
def any_open() -> First[Game]:
    """Some open game."""
    return Game.open_on.scan(because=WHY).first()


@access_pattern
def how_many() -> Count:
    """How many games there are."""
    return Game.key.scan(because=WHY).count()


@pytest.fixture
def db(open_backend: OpenBackend) -> Backend:
    """Twelve games, of which four are open, and two players in each."""
    backend = open_backend(arena)
    for number in range(12):
        game_id = f"g{number:02}"
        open_at = f"2026-{number + 1:02}" if number % 3 == 0 else None
        backend.repository.write(create(Game(game_id=game_id, open_at=open_at, people=number)))
        for player in range(2):
            backend.repository.write(create(Player(game_id=game_id, number=player, people=player)))
    backend.sent.clear()
    return backend


IDS = [f"g{number:02}" for number in range(12)]


def ids(found: Any) -> list[str]:
    return sorted(game.game_id for game in found)


def walk(db: Backend, scan: Any, size: int) -> list[Any]:
    """The items of all pages, one after the other."""
    items, cursor = list[Any](), None
    while True:
        page = db.repository.fetch(scan.page(size, cursor))
        assert len(page) <= size
        items += page.items
        cursor = page.cursor
        if cursor is None:
            return items


def test_a_scan_finds_every_item_of_its_entity_and_no_other(db: Backend) -> None:
    """Neither players nor unique items, which are in the same table."""
    assert len(db.items()) == 48
    assert ids(db.repository.fetch(Game.key.scan(because=WHY))) == IDS
    assert len(db.repository.fetch(Player.key.scan(because=WHY))) == 24
    assert ids(db.repository.fetch(open_games())) == ["g00", "g03", "g06", "g09"]
    assert ids(db.repository.iterate(Game.in_feed.scan(because=WHY))) == IDS


@pytest.mark.parametrize("segments", [1, 2, 8])
@pytest.mark.parametrize("size", [1, 5, 40])
def test_pages_hold_nothing_twice_and_lack_nothing(db: Backend, segments: int, size: int) -> None:
    """In any number of segments, with a filter and without."""
    scan = Game.key.scan(because=WHY).segments(segments)
    assert ids(walk(db, scan, size)) == IDS
    assert ids(walk(db, scan.page_size(2), size)) == IDS
    few = scan.where(attr("people").at_least(9))
    assert ids(walk(db, few, size)) == ["g09", "g10", "g11"]
    assert ids(walk(db, Game.open_on.scan(because=WHY).segments(segments), size)) == ids(
        db.repository.fetch(open_games())
    )


def test_segments_are_read_side_by_side(db: Backend) -> None:
    """One round of requests: each names its segment."""
    requests = all_games().requests(CONTEXT)
    assert [each.operation for each in requests] == ["Scan"] * 3
    named = [(each.parameters["Segment"], each.parameters["TotalSegments"]) for each in requests]
    assert named == [(0, 3), (1, 3), (2, 3)]
    assert ids(db.repository.fetch(all_games())) == IDS
    assert len(db.sent) == 3
    assert "Segment" not in sent(open_games())


def test_an_iteration_reads_nothing_twice(db: Backend) -> None:
    """Its pages are rounds of whole requests; limits of the scan hold."""
    scan = all_games()
    assert ids(db.repository.iterate(scan)) == IDS
    assert len(db.sent) == 3
    assert len(list(db.repository.iterate(scan.take(5)))) == 5
    db.sent.clear()
    assert ids(db.repository.iterate(scan.page_size(4))) == IDS
    assert sum(each.response["ScannedCount"] for each in db.sent) == 48
    with pytest.raises(RequestLimitReached):
        list(db.repository.iterate(scan.page_size(1).max_requests(3)))


def test_counts_and_first_items_are_of_the_entity(db: Backend) -> None:
    """A count reads no items; a first one is any."""
    assert db.repository.fetch(how_many()) == 12
    assert db.sent[-1].request.parameters["Select"] == "COUNT"
    assert db.repository.fetch(all_games().where(attr("people").at_least(9)).count()) == 3
    first = db.repository.fetch(any_open())
    assert first is not None
    assert first.open_at is not None
    none = Game.key.scan(because=WHY).where(attr("people").at_least(99)).first()
    assert db.repository.fetch(none) is None


def test_a_scan_of_a_collection_finds_each_as_what_it_is(db: Backend) -> None:
    """With filters on what all members have."""
    found = Counter(type(item) for item in db.repository.fetch(everything(1)))
    assert found == {Game: 11, Player: 12}
    scan = collection(Game.in_feed, Player.in_feed).scan(because=WHY).segments(2)
    assert len(walk(db, scan, 7)) == 36


def test_filters_of_a_scan_may_be_on_key_attributes(db: Backend) -> None:
    """DynamoDB filters a scan by them, and no query."""
    scan = Game.open_on.scan(because=WHY).where(attr("open_at").at_least("2026-07"))
    assert ids(db.repository.fetch(scan)) == ["g06", "g09"]
    with pytest.raises(InvalidOperation):
        Game.open_on.query(map="lake").where(attr("open_at").at_least("2026-07"))


def test_expired_and_unreadable_items_are_left_out_on_request(db: Backend) -> None:
    """The latter are reported, and an error otherwise."""
    gone = Game(game_id="old", ends=START - timedelta(days=1))
    db.repository.write(create(gone))
    scan = Game.key.scan(because=WHY).segments(2)
    assert ids(db.repository.fetch(scan.excluding_expired())) == IDS
    assert ids(db.repository.fetch(scan)) == [*IDS, "old"]
    db.put(PK="GAME#bad", SK="GAME", entity="Game", game_id="bad", people="many")
    page = db.repository.fetch(scan.tolerating_unreadable())
    assert ids(page) == [*IDS, "old"]
    assert len(page.unreadable) == 1
    with pytest.raises(InvalidStoredItem) as refused:
        db.repository.fetch(scan)
    assert refused.value.cursor is None or refused.value.items is not None


def test_a_consistent_scan_is_of_the_table_alone(db: Backend) -> None:
    """Not of a global index."""
    assert sent(Game.key.scan(because=WHY).consistent())["ConsistentRead"] is True
    assert ids(db.repository.fetch(all_games().consistent())) == IDS
    with pytest.raises(InvalidOperation):
        Game.open_on.scan(because=WHY).consistent()


def test_fewer_requests_than_segments_come_to_the_end_as_well(db: Backend) -> None:
    """Items have no order that all segments would have to show theirs for."""
    scan = Game.key.scan(because=WHY).segments(8).max_requests(2)
    assert ids(walk(db, scan, 5)) == IDS


def test_a_cursor_is_good_for_its_own_scan_alone(db: Backend) -> None:
    """Not for other segments, another filter, or a query."""
    scan = Game.key.scan(because=WHY)
    cursor = db.repository.fetch(scan.page(2)).cursor
    assert cursor is not None
    assert "GAME" not in cursor
    for other in (
        scan.segments(2),
        Game.open_on.scan(because=WHY),
        scan.where(attr("people").at_least(1)),
        Player.key.scan(because=WHY),
        Game.key.query(game_id="g01"),
    ):
        with pytest.raises(InvalidCursor):
            db.repository.fetch(other.page(2, cursor))


# What is sent


def test_a_filter_on_the_type_is_sent_unless_the_index_holds_the_entity_alone() -> None:
    """Unique items are others too; several entities are one of several types."""
    assert "FilterExpression" not in sent(open_games())
    parameters = sent(how_many())
    assert parameters["FilterExpression"] == "#entity = :entity"
    assert parameters["ExpressionAttributeValues"] == {":entity": {"S": "Game"}}
    assert "FilterExpression" not in sent(
        collection(Game.in_feed, Player.in_feed).scan(because=WHY)
    )
    assert sent(Game.in_feed.scan(because=WHY))["FilterExpression"] == "#entity = :entity"


def test_an_entity_that_comes_later_brings_the_filter() -> None:
    """What the index holds is asked when the scan is sent."""
    table = Table("late")
    index = table.global_index("late-index", partition_key="IPK", sort_key="ISK")
    one = make(
        table, {"n": str, "key": table.primary.key("A#{n}", "A"), "i": index.key("A", "{n}")}
    )
    scan = one.i.scan(because=WHY)
    assert "FilterExpression" not in sent(scan)
    other = {"n": str, "key": table.primary.key("B#{n}", "B"), "i": index.key("B", "{n}")}
    make(table, other, "Other")
    assert sent(scan)["FilterExpression"] == "#entity = :entity"


def test_a_page_of_a_filtered_scan_reads_enough(db: Backend) -> None:
    """A hundred items at least, as every filtered request."""
    assert sent(Game.key.scan(because=WHY).page(3))["Limit"] == 100
    assert sent(Game.open_on.scan(because=WHY).page(3))["Limit"] == 4
    db.repository.fetch(Game.key.scan(because=WHY).where(attr("people").equals(11)).first())
    assert len(db.sent) == 1


# What is refused


@pytest.mark.parametrize("because", ["", "  ", None, 5])
def test_a_scan_needs_a_reason(because: Any) -> None:
    """A text, which stands in the documents."""
    for scannable in (Game.key, collection(Game.in_feed, Player.in_feed)):
        with pytest.raises(InvalidOperation) as refused:
            scannable.scan(because=because)
        assert "because" in refused.value.declared


@pytest.mark.parametrize("number", [0, -1, 1_000_001, "8", True, 2.0])
def test_segments_are_a_number_that_dynamodb_takes(number: Any) -> None:
    """1 to a million."""
    with pytest.raises(InvalidOperation):
        Game.key.scan(because=WHY).segments(number)


def test_an_index_that_does_not_hold_the_entity_is_no_source() -> None:
    """As for queries."""
    with pytest.raises(InvalidOperation) as refused:
        Game.briefly.scan(because=WHY).requests(Context())
    assert "does not hold" in refused.value.declared


def test_a_pattern_says_what_it_scans_for() -> None:
    """And its reason is no argument."""

    def wrong_entity() -> Scan[Player]:
        """Q."""
        return Game.key.scan(because=WHY)  # type: ignore[return-value]

    def wrong_union() -> Scan[Game]:
        """Q."""
        return collection(Game.in_feed, Player.in_feed).scan(because=WHY)  # type: ignore[return-value]

    def reason_given(because: str) -> Scan[Game]:
        """Q."""
        return Game.key.scan(because=because)

    for function in (wrong_entity, wrong_union):
        with pytest.raises(InvalidPattern):
            access_pattern(function)
    with pytest.raises(ContradictoryPattern):
        access_pattern(reason_given)


def test_caches_never_answer_a_scan() -> None:
    """It reads all of an index; each scan is a question of its own."""
    assert must_be_fresh(all_games())
    (place,) = places_read(open_games())
    assert (place.entity, place.index, place.values) == ("Game", "lobby", ())
    scans = [all_games(), all_games().segments(2), open_games(), all_games().page(3)]
    assert len({question(scan) for scan in scans}) == 4


def test_a_scan_is_made_at_a_moment() -> None:
    """Which expired items are left out is known when it is sent."""
    scan = Game.key.scan(because=WHY).excluding_expired()
    (request,) = scan.requests(Context(now=START))
    shown = request.parameters["FilterExpression"]
    assert shown == "(#entity = :entity) AND (NOT #ends <= :ends)"


# Indexes with several attributes

cups = Table("cups")
results = cups.global_index("results", partition_key="cup", sort_key=("phase", "place"))


class Result(Entity, table=cups):
    """A result."""

    cup: str
    phase: str
    place: str
    key = cups.primary.key("CUP#{cup}", "R#{phase}#{place}")
    by_phase = results.key("{cup}", ("{phase}", "{place}"))


def test_an_index_of_several_attributes_is_scanned_in_pages(open_backend: OpenBackend) -> None:
    """And asked between exclusive bounds, on the next attribute."""
    db = open_backend(cups)
    for cup in ("a", "b"):
        for phase in ("1", "2"):
            for place in ("x", "y", "z"):
                db.repository.write(create(Result(cup=cup, phase=phase, place=place)))
    assert len(walk(db, Result.by_phase.scan(because=WHY).segments(2), 3)) == 12
    query = Result.by_phase.query(cup="a")
    found = db.repository.fetch(query.after(phase="1"))
    assert [(each.phase, each.place) for each in found] == [("2", "x"), ("2", "y"), ("2", "z")]
    of_one = Result.by_phase.query(cup="a", phase="1")
    assert [each.place for each in db.repository.fetch(of_one.after(place="x"))] == ["y", "z"]
    found = db.repository.fetch(of_one.after(place="x").before(place="z"))
    assert [each.place for each in found] == ["y"]
