"""Item collections: several entities in one query, and one entity among others."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Annotated, Any

import pytest
from pydantic import StringConstraints, field_validator

from singletable import (
    TTL,
    Entity,
    Query,
    Table,
    access_pattern,
    attr,
    collection,
    create,
    create_table,
    include,
    shards,
)
from singletable.design.compile_operations import compile_operation
from singletable.emit.docs.words import order_words
from singletable.errors import (
    ContradictoryPattern,
    InvalidOperation,
    InvalidStoredItem,
    RequestLimitReached,
)
from singletable.formats import integer, ulid
from singletable.inspect import Count
from singletable.operations import Context
from tests.backends import Backend
from tests.conftest import OpenBackend
from tests.singletable.raises import raises

pytestmark = pytest.mark.quick_on_local

royale = Table("royale")
lists = royale.global_index("GSI1", partition_key="GSI1PK", sort_key="GSI1SK")
NOW = datetime(2026, 3, 1, tzinfo=UTC)


class Game(Entity, table=royale):
    """A game."""

    game_id: str
    place: str
    people: int = 0
    key = royale.primary.key("GAME#{game_id}", "#METADATA#{game_id}")
    feed = lists.key("PLACE#{place}", "G#{game_id}")


class Player(Entity, table=royale):
    """Who plays a game."""

    game: str
    username: str
    people: int = 0
    place: str | None = None
    ends: Annotated[datetime | None, TTL] = None
    key = royale.primary.key("GAME#{game}", "USER#{username}")


class Round(Entity, table=royale):
    """A round of a game."""

    game_id: str
    number: Annotated[int, integer(1, 99)]
    key = royale.primary.key("GAME#{game_id}", "ROUND#{number}")


class Medal(Entity, table=royale):
    """What a player won in a game."""

    game_id: str
    username: str
    key = royale.primary.key("GAME#{game_id}", "ZMEDAL#{username}")


@access_pattern
def game_and_players(game_id: str) -> Query[Game | Round | Player]:
    """A game, its rounds and who plays in it."""
    return collection(Game.key, Round.key, Player.key).query(game_id=game_id)


@pytest.fixture
def db(open_backend: OpenBackend) -> Backend:
    """Two games with rounds, players and a medal each."""
    opened = open_backend(royale)
    for game in ("g1", "g2"):
        items = [
            Game(game_id=game, place="lake"),
            *(Player(game=game, username=name) for name in ("ann", "bob", "chi")),
            *(Round(game_id=game, number=number) for number in (2, 10)),
            Medal(game_id=game, username="ann"),
        ]
        for item in items:
            opened.repository.write(create(item))
    return opened


def names(page: Any) -> list[str]:
    """The entities and what tells their items apart."""
    return [
        type(item).__name__ + str(getattr(item, "username", getattr(item, "number", "")))
        for item in page
    ]


ALL = ["Game", "Round2", "Round10", "Playerann", "Playerbob", "Playerchi"]


def test_every_member_comes_as_its_entity_in_key_order(db: Backend) -> None:
    """And none of another partition."""
    page = db.repository.fetch(game_and_players("g1"))
    assert names(page) == ALL
    assert page.of(Game) == (Game(game_id="g1", place="lake"),)
    assert [player.username for player in page.of(Player)] == ["ann", "bob", "chi"]
    with raises(InvalidOperation, declared="of(Medal)", allowed="Game, Round, Player"):
        page.of(Medal)


def test_pages_and_directions_hold_for_all_members(db: Backend) -> None:
    """By cursors, backwards, the first alone."""
    asked, found, cursor = game_and_players("g2"), list[str](), None
    while True:
        page = db.repository.fetch(asked.page(2, cursor))
        found += names(page)
        cursor = page.cursor
        if cursor is None:
            break
    assert found == ALL
    assert names(db.repository.iterate(asked.descending())) == ALL[::-1]
    first = db.repository.fetch(asked.first())
    assert first == Game(game_id="g2", place="lake")
    assert names(db.repository.fetch(asked.consistent())) == ALL


def test_the_request_lies_between_the_least_and_the_greatest_member() -> None:
    """What is known of the fields is in the bounds, whatever a member calls them."""
    pair = collection(Player.key, Game.key).query(game="g1").skipping(Round)
    (request,) = pair.requests(Context(None, NOW))
    values = request.parameters["ExpressionAttributeValues"]
    assert request.parameters["KeyConditionExpression"] == "#PK = :PK AND #SK BETWEEN :SK AND :SK_2"
    assert values[":SK"] == {"S": "#METADATA#g1"}
    assert values[":SK_2"] == {"S": "USER#\U0010ffff"}
    assert request.parameters["FilterExpression"] == "#entity <> :entity"


def test_one_among_others_is_filtered_by_its_type(db: Backend) -> None:
    """What is between is read and left out; a page goes on past it."""
    query = collection(Game.key, Player.key).query(game_id="g1")
    with raises(
        InvalidOperation,
        where="Game.key + Player.key",
        declared="its query, for some values, can meet items of Round (Round.key),"
        " e.g. 'GAME#A' / 'ROUND#01'",
        allowed="keys whose literal parts keep the entities apart, or the entity among the members,"
        " or .skipping(Round)",
    ):
        db.repository.fetch(query)
    asked = query.skipping(Round)
    assert names(db.repository.fetch(asked)) == ["Game", "Playerann", "Playerbob", "Playerchi"]
    assert names(db.repository.iterate(asked.page_size(1))) == [
        "Game",
        "Playerann",
        "Playerbob",
        "Playerchi",
    ]


def test_filters_take_what_all_members_declare_alike(db: Backend) -> None:
    """Of others nobody knows what they would mean."""
    asked = collection(Round.key, Player.key).query(game_id="g1")
    with raises(
        InvalidOperation,
        where="Round",
        declared="there is no field 'people'",
        allowed="game_id, number",
    ):
        asked.where(attr("people").equals(0))
    both = collection(Game.key, Player.key).query(game_id="g1").skipping(Round)
    assert len(db.repository.fetch(both.where(attr("people").equals(0)))) == 4
    assert len(db.repository.fetch(both.where(attr("people").equals(1)))) == 0
    with raises(
        InvalidOperation,
        where="Game | Player",
        declared="place of Player is not declared as that of Game",
        allowed="fields that all members declare alike",
    ):
        both.where(attr("place").equals("lake"))


def test_expired_members_are_left_out(db: Backend) -> None:
    """By the TTL of the member that has one."""
    db.repository.write(create(Player(game="g1", username="old", ends=NOW - timedelta(days=999))))
    found = names(db.repository.fetch(game_and_players("g1").excluding_expired()))
    assert found == ALL
    assert "Playerold" in names(db.repository.fetch(game_and_players("g1")))


def test_an_item_of_another_type_is_reported(db: Backend) -> None:
    """Written by another program between the members."""
    key = {"PK": "GAME#g1", "SK": "ROUND#ZZ"}
    db.put(**key, entity="Ghost")
    with pytest.raises(InvalidStoredItem) as caught:
        db.repository.fetch(game_and_players("g1"))
    assert caught.value.entity == "Game | Round | Player"
    page = db.repository.fetch(game_and_players("g1").tolerating_unreadable())
    assert names(page) == ALL
    assert [error.key for error in page.unreadable] == ["GAME#g1 / ROUND#ZZ"]


feeds = Table("feeds")
by_place = feeds.global_index("GSI1", partition_key="GSI1PK", sort_key="GSI1SK")
by_parts = feeds.global_index("GSI2", partition_key="GSI2PK", sort_key="GSI2SK")
names_only = feeds.global_index(
    "GSI3", partition_key="GSI3PK", sort_key="GSI3SK", projection=include("place")
)


class Order(Entity, table=feeds):
    """An order."""

    order_id: Annotated[str, ulid()]
    place: str
    at: datetime
    key = feeds.primary.key("ORDER#{order_id}", "ORDER")
    feed = by_place.key("PLACE#{place}", "{at}#{order_id}")
    spread = by_parts.key("PLACE#{place}#{shard}", "{at}", shards=shards(3, by="order_id"))
    brief = names_only.key("PLACE#{place}", "O#{order_id}")


class Invoice(Entity, table=feeds):
    """An invoice."""

    number: Annotated[str, ulid()]
    town: str
    sent: datetime
    key = feeds.primary.key("INVOICE#{number}", "INVOICE")
    feed = by_place.key("PLACE#{town}", "{sent}#{number}")
    spread = by_parts.key("PLACE#{town}#{shard}", "{sent}", shards=shards(3, by="number"))
    brief = names_only.key("PLACE#{town}", "I#{number}")


@access_pattern
def latest(place: str, since: datetime) -> Query[Order | Invoice]:
    """What happened at a place since a moment, newest first."""
    return collection(Order.feed, Invoice.feed).query(place=place).at_least(at=since).newest_first()


def fill(db: Backend) -> list[Any]:
    """Orders and invoices by turns, in order of time."""
    written = list[Any]()
    for day in range(12):
        at, name = NOW + timedelta(days=day), f"01JD9GZ2J0V5X7Q3M8K4T6B{day:03}"
        if day % 3:
            written.append(Order(order_id=name, place="lake", at=at))
        else:
            written.append(Invoice(number=name, town="lake", sent=at))
        db.repository.write(create(written[-1]))
    return written


def test_members_whose_keys_begin_alike_are_one_sequence(open_backend: OpenBackend) -> None:
    """With ranges, by either one's name for the field, and in order of time."""
    db = open_backend(feeds)
    written = fill(db)
    since = NOW + timedelta(days=4)
    found = db.repository.fetch(latest("lake", since))
    assert list(found) == written[:3:-1]
    other = collection(Invoice.feed, Order.feed).query(place="lake").at_least(sent=since)
    assert list(db.repository.fetch(other)) == written[4:]


def test_items_are_counted_without_being_read(open_backend: OpenBackend) -> None:
    """Of one entity, of several, in all shards, page by page, behind a filter."""
    db = open_backend(feeds)
    written = fill(db)
    fetch = db.repository.fetch
    assert fetch(collection(Order.feed, Invoice.feed).query(place="lake").count()) == 12
    assert fetch(collection(Order.spread, Invoice.spread).query(place="lake").count()) == 12
    orders = Order.feed.query(place="lake").skipping(Invoice)
    assert fetch(orders.count()) == sum(type(each) is Order for each in written)
    assert fetch(orders.page_size(2).count()) == 8
    assert fetch(orders.where(attr("at").at_least(NOW + timedelta(days=9))).count()) == 2
    assert fetch(Order.feed.query(place="sea").skipping(Invoice).count()) == 0
    with pytest.raises(RequestLimitReached) as caught:
        fetch(orders.page_size(2).max_requests(3).count())
    assert caught.value.requests == 3
    for limited in (orders.take(1), orders.page(2), orders.tolerating_unreadable()):
        with pytest.raises(InvalidOperation):
            limited.count()


@access_pattern
def how_many(place: str) -> Count:
    """How much happened at a place."""
    return collection(Order.feed, Invoice.feed).query(place=place).count()


def test_a_count_is_a_pattern() -> None:
    """Its plan, its request and its need are those of the query."""
    (request,) = how_many("lake").requests(Context(None, NOW))
    assert request.parameters["Select"] == "COUNT"
    assert compile_operation(how_many("lake")).kind == "Count"


def test_members_that_are_sorted_apart_are_in_the_order_of_their_keys() -> None:
    """In words of documents: by no field."""
    (read,) = compile_operation(game_and_players("g1")).reads
    assert order_words(read) == "by sort key"
    (read,) = compile_operation(game_and_players("g1").descending()).reads
    assert order_words(read) == "by sort key, descending"


def test_sharded_members_are_merged(open_backend: OpenBackend) -> None:
    """All shards of all members, in order."""
    db = open_backend(feeds)
    written = fill(db)
    asked = collection(Order.spread, Invoice.spread).query(place="lake")
    assert list(db.repository.iterate(asked.page_size(2))) == written


REFUSED: list[tuple[Any, str, str]] = [
    (lambda: collection(Game.key), "collection", "1 arguments: Game.key"),
    (lambda: collection(Game.key, "x"), "collection", "2 arguments: Game.key, 'x'"),
    (
        lambda: collection(Game.key, Game.feed),
        "Game.key + Game.feed",
        "Game.feed is a key on another index than Game.key",
    ),
    (
        lambda: collection(Game.key, Order.key),
        "Game.key + Order.key",
        "Order.key is a key on another table than Game.key",
    ),
    (
        lambda: collection(Game.key, Game.key),
        "Game.key + Game.key",
        "Game.key is a key of Game, too",
    ),
    (
        lambda: collection(Order.key, Invoice.key).query(),
        "Order.key + Invoice.key",
        "the partition key of Invoice.key is not made as that of Order.key",
    ),
    (
        lambda: collection(Game.key, Player.key).query(username="ann"),
        "Game.key + Player.key",
        "username is no shared part",
    ),
    (
        lambda: collection(Game.key, Player.key).query(game="a", game_id="b"),
        "Game.key + Player.key",
        "game_id stands for several parts",
    ),
    (
        lambda: collection(Game.key, Player.key).query("a"),
        "Game.key + Player.key.query",
        "1 of its values without a name",
    ),
    (
        lambda: collection(Game.key, Player.key).query(game="a").newest_first(),
        "Game.key + Player.key",
        "newest first, of entities that are sorted by different fields",
    ),
    (
        lambda: collection(Game.key, Player.key).query(game="a").skipping(Order),
        "Game.key + Player.key",
        "skipping(Order)",
    ),
    (
        lambda: collection(Game.key, Player.key).query(game="a").skipping(Game),
        "Game.key + Player.key",
        "skipping(Game)",
    ),
    (
        lambda: collection(Order.brief, Invoice.brief).query(place="a").requests(Context()),
        "Order.brief",
        "index GSI3 does not hold entity, order_id, at",
    ),
]


@pytest.mark.parametrize(("ask", "where", "declared"), REFUSED, ids=[each[2] for each in REFUSED])
def test_what_is_no_collection_is_refused(ask: Any, where: str, declared: str) -> None:
    """Before anything is sent."""
    with pytest.raises(InvalidOperation) as caught:
        ask()
    assert type(caught.value) is InvalidOperation
    assert (caught.value.where, caught.value.declared) == (where, declared)


def test_a_name_that_is_another_part_in_each_key_is_refused() -> None:
    """The message names those that are one part, as `account_id` is."""
    table = Table("accounts")

    class Account(Entity, table=table):
        """Has sessions."""

        id: str
        key = table.primary.key("ACCOUNT#{id}", "ACCOUNT")

    class Session(Entity, table=table):
        """Of an account."""

        account_id: str
        id: str
        key = table.primary.key("ACCOUNT#{account_id}", "SESSION#{id}")

    asked = collection(Account.key, Session.key)
    with raises(InvalidOperation, declared="id stands for several parts", allowed="account_id"):
        asked.query(id="acme")
    assert len(asked.query(account_id="acme").requests(Context())) == 1


def test_a_later_entity_between_the_members_is_refused() -> None:
    """Where a pattern relies on the collection; beside it others may stand."""
    with pytest.raises(ContradictoryPattern) as caught:

        class Ghost(Entity, table=royale):
            """Between games and players."""

            game_id: str
            name: str
            key = royale.primary.key("GAME#{game_id}", "SPIRIT#{name}")

    assert caught.value.declared.startswith("Game.key + Round.key + Player.key: its query")

    class Zebra(Entity, table=royale):
        """Behind them."""

        game_id: str
        name: str
        key = royale.primary.key("GAME#{game_id}", "ZEBRA#{name}")

    assert create_table(royale)["TableName"] == "royale"


def test_a_pattern_is_annotated_with_all_members() -> None:
    """Or it does not import."""
    with pytest.raises(Exception) as caught:

        @access_pattern
        def wrong(game_id: str) -> Query[Game | Player]:
            """Says less than it answers."""
            return collection(Game.key, Round.key, Player.key).query(game_id=game_id)  # type: ignore[return-value]

    assert "it answers Game | Player | Round" in str(caught.value)


upper = Table("upper")


class Hall(Entity, table=upper):
    """Keeps its name in capitals."""

    name: Annotated[str, StringConstraints(to_upper=True)]
    tag: str = ""
    key = upper.primary.key("HALL#{name}", "#META")


class Seat(Entity, table=upper):
    """Keeps it as it is."""

    hall: str
    row: Annotated[int, integer(1, 9)]
    number: Annotated[int, integer(0, 99)] = 0
    tag: str = ""
    key = upper.primary.key("HALL#{hall}", "ROW#{row}#{hall}")

    @field_validator("tag")
    @classmethod
    def low(cls, value: str) -> str:
        return value.lower()


def test_a_value_that_members_keep_otherwise_is_refused() -> None:
    """Or the order of the members would decide which partition is asked."""
    for both in (collection(Hall.key, Seat.key), collection(Seat.key, Hall.key)):
        with pytest.raises(InvalidOperation) as caught:
            both.query(name="main")
        assert caught.value.declared.endswith("='main' is MAIN or main")
        both.query(hall="MAIN")


def test_a_field_that_another_validator_reads_is_declared_otherwise() -> None:
    """Also where type and default are the same."""
    with pytest.raises(InvalidOperation) as caught:
        collection(Hall.key, Seat.key).query(hall="A").where(attr("tag").equals("x"))
    assert caught.value.declared == "tag of Seat is not declared as that of Hall"


def test_a_partition_field_may_end_a_sort_key(open_backend: OpenBackend) -> None:
    """It is known, and what stands before it is not: alone, and as a member in any place."""
    db = open_backend(upper)
    written = [Seat(hall="A", row=1), Seat(hall="A", row=2)]
    for item in (Hall(name="A"), *written):
        db.repository.write(create(item))
    assert list(db.repository.fetch(Seat.key.query(hall="A"))) == written
    assert list(db.repository.fetch(Seat.key.query(hall="A").at_least(row=2))) == written[1:]
    for both in (collection(Hall.key, Seat.key), collection(Seat.key, Hall.key)):
        assert list(db.repository.fetch(both.query(hall="A"))) == [Hall(name="A"), *written]


def type_old(item: dict[str, Any]) -> dict[str, Any]:
    return {**item, "entity": {"S": "Old"}} if "entity" not in item else item


class Old(Entity, table=upper, upgrade=type_old, reaches=[]):
    """Was stored without a type once."""

    place: str
    n: str
    key = upper.primary.key("OLD#{place}", "A#{n}")


class New(Entity, table=upper):
    """Beside it."""

    place: str
    key = upper.primary.key("OLD#{place}", "B")


def test_what_an_upgrade_gives_its_type_is_read_among_others(open_backend: OpenBackend) -> None:
    """By the type that it makes; and no unknown type vanishes with those that are skipped."""
    db = open_backend(upper)
    db.put(PK="OLD#x", SK="A#1", place="x", n="1")
    db.repository.write(create(Old(place="x", n="2")))
    db.repository.write(create(New(place="x")))
    found = db.repository.fetch(Old.key.query(place="x").skipping(New))
    assert [each.n for each in found] == ["1", "2"]
    both = db.repository.fetch(collection(Old.key, New.key).query(place="x"))
    assert names(both) == ["Old", "Old", "New"]
    db.put(PK="OLD#x", SK="A#3", entity="Ghost")
    page = db.repository.fetch(Old.key.query(place="x").skipping(New).tolerating_unreadable())
    assert len(page.unreadable) == 1
