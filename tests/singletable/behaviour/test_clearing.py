"""The deletion of all that a query finds."""

from __future__ import annotations

from datetime import timedelta
from typing import Annotated, Any

import pytest

from singletable import (
    IN_KEY,
    Clear,
    Entity,
    Table,
    access_pattern,
    attr,
    batch,
    clear,
    collection,
    create,
    number,
    put,
    unique,
)
from singletable.design.compile import compile_design
from singletable.emit.docs.patterns import pattern_section
from singletable.errors import (
    BatchUnfinished,
    ContradictoryPattern,
    InvalidOperation,
)
from singletable.inspect import Context, is_write, pattern_name, writes
from tests.backends import START, Backend
from tests.conftest import OpenBackend, without_moto
from tests.singletable.iam_proofs import allows, policy_of
from tests.singletable.shop import (
    Customer,
    Line,
    Product,
    Status,
    Visits,
    customer,
    line,
    product,
    shop,
)

games = Table("games")
by_state = games.global_index("GSI1", partition_key="GSI1PK", sort_key="GSI1SK")


class Game(Entity, table=games):
    """A game; older ones have no type."""

    game_id: str
    state: str = "open"
    key = games.primary.key("GAME#{game_id}", "#META")
    in_state = by_state.key("STATE#{state}", "{game_id}")


class Player(Entity, table=games):
    """Who plays in it."""

    game: str
    name: str
    key = games.primary.key("GAME#{game}", "PLAYER#{name}")


class Move(Entity, table=games):
    """What is done in it."""

    game: str
    move: str
    key = games.primary.key("GAME#{game}", "MOVE#{move}")


@access_pattern
def forget_order(order_id: str) -> Clear:
    """Deletes the lines of an order."""
    return clear(Line.key.query(order_id=order_id))


@access_pattern
def close_tenant(tenant: str) -> Clear:
    """Deletes the customers of a tenant."""
    return clear(Customer.by_tenant.query(tenant=tenant))


@access_pattern
def drop_drafts(status: Status) -> Clear:
    """Deletes products of all shards that are out of stock."""
    return clear(Product.catalogue.query(status=status).where(attr("stock").equals(0)))


@access_pattern
def end_game(game_id: str) -> Clear:
    """Deletes a game and its players, and leaves its moves."""
    return clear(collection(Game.key, Player.key).query(game_id=game_id).skipping(Move))


@pytest.fixture
def db(open_backend: OpenBackend) -> Backend:
    opened = open_backend(shop)
    opened.repository.write(batch(*(put(product(f"p{at:02}", stock=at % 2)) for at in range(60))))
    for line_no in range(3):
        opened.repository.write(create(line(line_no)))
        opened.repository.write(create(line(line_no, order_id="o2")))
    opened.sent.clear()
    return opened


def keys(db: Backend) -> list[str]:
    return sorted(item["PK"]["S"] + "/" + item["SK"]["S"] for item in db.items())


def test_what_a_query_finds_is_deleted_and_nothing_else(db: Backend) -> None:
    """Whatever the version is; what was deleted is counted."""
    assert db.repository.write(forget_order("o1")) == 3
    assert db.repository.write(forget_order("o1")) == 0
    assert [key for key in keys(db) if "ORDER" in key] == [
        "ORDER#o2/LINE#0000",
        "ORDER#o2/LINE#0001",
        "ORDER#o2/LINE#0002",
    ]
    assert len(db.items()) == 63


def test_keys_and_types_are_read_alone(db: Backend) -> None:
    """Then 25 are deleted by a request."""
    db.repository.write(clear(Product.catalogue.query(status=Status.DRAFT)))
    queries = [each.request for each in db.sent if each.request.operation == "Query"]
    assert len(queries) == 3
    read = {"PK", "SK", "GSI2PK", "GSI2SK", "entity"}
    assert all(item.keys() == read for item in db.sent[0].response["Items"])
    parts = [
        len(each.request.parameters["RequestItems"][db.name])
        for each in db.sent
        if each.request.operation == "BatchWriteItem"
    ]
    assert parts == [25, 25, 10]


def test_shards_and_filters_are_those_of_the_query(db: Backend) -> None:
    """A range, a filter; and what TTL has not deleted yet."""
    assert db.repository.write(drop_drafts(Status.DRAFT)) == 30
    left = Product.catalogue.query(status=Status.DRAFT)
    assert {each.stock for each in db.repository.fetch(left)} == {1}
    order = Line.key.query(order_id="o2")
    assert db.repository.write(clear(order.at_least(line_no=1).descending().consistent())) == 2
    expired = START - timedelta(days=1)
    db.repository.write(create(line(7, order_id="o2", expires_at=expired)))
    assert db.repository.write(clear(order.excluding_expired())) == 1
    assert [key for key in keys(db) if "ORDER#o2" in key] == ["ORDER#o2/LINE#0007"]


def test_progress_is_how_many_were_deleted_so_far(db: Backend) -> None:
    """Page by page; whoever stops goes on by doing the same again."""
    asked = clear(Product.catalogue.query(status=Status.DRAFT, shard=0).page_size(5))
    held = len(db.repository.fetch(Product.catalogue.query(status=Status.DRAFT, shard=0)))
    progress = db.repository.iterate(asked)
    assert next(progress) == 5
    assert next(progress) == 10
    del progress
    left = list(db.repository.iterate(asked))
    assert left[:2] == [5, 10]
    assert left[-1] == held - 10
    assert list(db.repository.iterate(asked)) == [0]


def test_progress_over_several_partitions(db: Backend) -> None:
    """Each page is one request of each partition that is not at its end."""
    asked = clear(Product.catalogue.query(status=Status.DRAFT).page_size(7))
    found = list(db.repository.iterate(asked))
    assert found == sorted(found)
    assert found[0] == 21
    assert found[-1] == 60
    assert [key for key in keys(db) if "PRODUCT" in key] == []


def test_progress_has_the_name_of_the_pattern(db: Backend) -> None:
    """For observers, as the whole has."""
    assert list(db.repository.iterate(forget_order("o2"))) == [3]
    assert {each.pattern for each in db.sent} == {"test_clearing.forget_order"}
    assert pattern_name(forget_order("o2")) == "test_clearing.forget_order"


def test_unique_values_are_released(db: Backend) -> None:
    """In transactions of a hundred actions, for which items are read whole."""
    for at in range(40):
        made = customer(f"c{at}", email=f"c{at}@x", phone=str(at))
        db.repository.write(create(made))
    db.repository.write(create(customer("other", tenant="south", phone="99")))
    db.sent.clear()
    assert db.repository.write(close_tenant("north")) == 40
    assert [
        len(each.request.parameters["TransactItems"])
        for each in db.sent
        if each.request.operation == "TransactWriteItems"
    ] == [99, 21]
    assert [key for key in keys(db) if "CUSTOMER" in key or "UNIQUE" in key] == [
        "CUSTOMER#other/CUSTOMER",
        "UNIQUE#Customer#phone#99/UNIQUE",
    ]
    db.repository.write(create(customer("new", phone="1")))


def test_an_item_that_cannot_be_read_is_left_and_reported(db: Backend) -> None:
    """Where its unique values are not known; all others are deleted."""
    for at in (1, 2, 3):
        db.repository.write(create(customer(f"c{at}", phone=str(at))))
    broken = {"PK": "CUSTOMER#c2", "SK": "CUSTOMER", "entity": "Customer"}
    db.put(**broken, customer_id="c2", GSI1PK="TENANT#north", GSI1SK="CUSTOMER#c2")
    for read in (db.repository.write, lambda asked: list(db.repository.iterate(asked))):
        with pytest.raises(BatchUnfinished) as caught:
            read(close_tenant("north"))
        assert len(caught.value.unwritten) == 1
        assert "CUSTOMER#c2 / CUSTOMER" in caught.value.unwritten[0]
    assert [key for key in keys(db) if key.startswith("CUSTOMER")] == ["CUSTOMER#c2/CUSTOMER"]


def test_one_that_cannot_be_read_is_deleted_where_keys_do(db: Backend) -> None:
    """It is of the entity by its key and its type."""
    db.put(PK="ORDER#o1", SK="LINE#0009", entity="Line")
    assert db.repository.write(forget_order("o1")) == 4


def test_items_of_others_stay(db: Backend) -> None:
    """Of another type, of none, and under a key that the entity cannot make."""
    for at, kind in enumerate(({"entity": "Article"}, {}, {"entity": "Coupon"})):
        db.put(PK="ORDER#o1", SK=f"LINE#001{at}", **kind)
    db.put(PK="ORDER#o1", SK="LINE#x", entity="Line")
    assert db.repository.write(forget_order("o1")) == 3
    assert len([key for key in keys(db) if "ORDER#o1" in key]) == 4


def test_members_of_a_collection_are_deleted_together(open_backend: OpenBackend) -> None:
    """Others that are skipped stay."""
    db = open_backend(games)
    made = [Player(game="g1", name=f"n{at:02}") for at in range(30)]
    others = [Move(game="g1", move="m1"), Game(game_id="g2"), Player(game="g2", name="a")]
    db.repository.write(batch(put(Game(game_id="g1")), *map(put, made), *map(put, others)))
    assert db.repository.write(end_game("g1")) == 31
    assert keys(db) == ["GAME#g1/MOVE#m1", "GAME#g2/#META", "GAME#g2/PLAYER#a"]
    assert db.repository.write(clear(Game.in_state.query(state="open"))) == 1


former = Table("former", type_attribute=None)


class Entry(Entity, table=former):
    """An entry of a table that others write."""

    log: str
    at: str
    key = former.primary.key("LOG#{log}", "AT#{at}")


def test_a_table_without_types_goes_by_keys(open_backend: OpenBackend) -> None:
    """They tell the entity."""
    db = open_backend(former)
    for sort_key in ("AT#1", "AT#2", "OTHER"):
        db.put(PK="LOG#a", SK=sort_key)
    assert db.repository.write(clear(Entry.key.query(log="a"))) == 2
    assert keys(db) == ["LOG#a/OTHER"]


mixed = Table("mixed", untagged="by key", sort_key=number("score"))


class Score(Entity, table=mixed):
    """A score, whose number is its sort key."""

    player: Annotated[str, IN_KEY]
    score: int
    key = mixed.primary.key("PLAYER#{player}", "{score}")


class Total(Entity, table=mixed):
    """Another entity in partitions of its own."""

    player: str
    score: int
    key = mixed.primary.key("TOTAL#{player}", "{score}")


def test_untagged_items_go_by_keys_and_others_by_what_they_say(open_backend: OpenBackend) -> None:
    """Also where the key is a number, and holds a field alone."""
    db = open_backend(mixed)
    for score, kind in (("1", {}), ("2", {"entity": "Score"}), ("3", {"entity": "Total"})):
        db.put(PK="PLAYER#a", score={"N": score}, **kind)
    db.put(PK="TOTAL#a", score={"N": "1"})
    assert list(db.repository.iterate(clear(Score.key.query(player="a").page_size(1))))[-1] == 2
    left = sorted(item["PK"]["S"] + item["score"]["N"] for item in db.items())
    assert left == ["PLAYER#a3", "TOTAL#a1"]


def renamed(item: Any) -> Any:
    """What older programs called an entity."""
    return {**item, "entity": {"S": "Message"}} if item.get("kind") else item


renaming = Table("renaming")


class Message(Entity, table=renaming, upgrade=renamed, reaches=["kind"]):
    """A message, whose upgrade gives older ones their type."""

    box: str
    at: str
    key = renaming.primary.key("BOX#{box}", "AT#{at}")


def test_an_upgrade_says_what_older_items_are(open_backend: OpenBackend) -> None:
    """So whole items are read."""
    db = open_backend(renaming)
    db.put(PK="BOX#a", SK="AT#1", kind="message", box="a", at="1")
    db.put(PK="BOX#a", SK="AT#2", box="a", at="2")
    db.repository.write(put(Message(box="a", at="3")))
    assert db.repository.write(clear(Message.key.query(box="a"))) == 2
    assert keys(db) == ["BOX#a/AT#2"]


def test_an_item_whose_upgrade_fails_is_left_and_reported(open_backend: OpenBackend) -> None:
    """It says that it is one of them."""
    table = Table("priced")

    def to_cents(item: dict[str, Any]) -> dict[str, Any]:
        item["price"] = {"N": str(int(item["price"]["N"]) * 100)}
        return item

    class Priced(Entity, table=table, upgrade=to_cents, reaches=["price"]):
        """Something with a price."""

        shop: str
        name: str
        price: int
        key = table.primary.key("SHOP#{shop}", "{name}")

    db = open_backend(table)
    for name, price in (("a", {"N": "1"}), ("b", "free")):
        db.put(PK="SHOP#1", SK=name, entity="Priced", shop="1", name=name, price=price)
    with pytest.raises(BatchUnfinished) as caught:
        db.repository.write(clear(Priced.key.query(shop="1")))
    assert "SHOP#1 / b" in caught.value.unwritten[0]
    assert keys(db) == ["SHOP#1/b"]


@pytest.mark.parametrize("by", ["key", "by_kind"])
def test_of_whole_items_what_the_query_refuses_is_left_and_reported(
    open_backend: OpenBackend, by: str
) -> None:
    """By the primary key as by an index."""
    table = Table("notes")
    kinds = table.global_index("GSI1", partition_key="GSI1PK", sort_key="GSI1SK")

    class Note(Entity, table=table, renamed={"name": "title"}):
        """A note, whose title was its name."""

        kind: str
        id: str
        count: int
        title: str = ""
        key = table.primary.key("KIND#{kind}", "NOTE#{id}")
        by_kind = kinds.key("LISTED#{kind}", "{id}")

    db = open_backend(table)
    db.repository.write(create(Note(kind="a", id="1", count=1)))
    item: dict[str, Any] = {"PK": "KIND#a", "SK": "NOTE#2", "entity": "Note", "kind": "a"}
    db.put(**item, id="2", count="two", GSI1PK="LISTED#a", GSI1SK="2")
    with pytest.raises(BatchUnfinished) as caught:
        db.repository.write(clear(getattr(Note, by).query(kind="a")))
    assert "count" in caught.value.unwritten[0]
    assert keys(db) == ["KIND#a/NOTE#2"]


@pytest.mark.parametrize(
    "made",
    [
        lambda: clear(Line.key.query(order_id="a").take(3)),
        lambda: clear(Line.key.query(order_id="a").page(3)),
        lambda: clear(Line.key.query(order_id="a").max_requests(3)),
        lambda: clear(Line.key.query(order_id="a").tolerating_unreadable()),
        lambda: clear(Line.key.query(order_id="a").first()),  # type: ignore[arg-type]
        lambda: clear(Line.key.get(order_id="a", line_no=1)),  # type: ignore[arg-type]
        lambda: clear(Line),  # type: ignore[arg-type]
        lambda: forget_order("a").with_writes(create(product())),
    ],
)
def test_a_part_of_a_query_is_refused(made: Any) -> None:
    """What is left would depend on the order of what was deleted."""
    with pytest.raises(InvalidOperation):
        made()


def of_others(game_id: str) -> Clear:
    """Meets moves."""
    return clear(collection(Game.key, Player.key).query(game_id=game_id))


def of_another_type(order_id: int) -> Clear:
    """A field of another type."""
    return clear(Line.key.query(order_id=order_id))


def of_no_key(sku: str) -> Clear:
    """No field of the key."""
    return clear(Line.key.query(sku=sku))


@pytest.mark.parametrize("function", [of_others, of_another_type, of_no_key])
def test_a_contradiction_does_not_import(function: Any) -> None:
    """As that of the query itself."""
    with pytest.raises(ContradictoryPattern):
        access_pattern(function)


def test_it_is_a_write_whose_items_are_not_known() -> None:
    """Before it is sent."""
    assert is_write(forget_order("a"))
    assert writes(forget_order("a")) == ()


def test_documents_show_what_is_read_and_deleted() -> None:
    """And the number that it answers."""
    design = compile_design([shop], examples=False)
    known = {pattern.name: pattern for pattern in design.patterns}
    asked = known["test_clearing.close_tenant"]
    assert asked.returns == "int"
    assert [(each.entity, each.unique) for each in asked.operation.writes] == [
        ("Customer", None),
        ("Customer", "Customer.email"),
        ("Customer", "Customer.phone"),
    ]
    text = "\n".join(pattern_section(design))
    assert "- **Operation:** Clear on `primary`, by `Line.key`" in text
    assert "- **Deletes:** Line `PK = ORDER#{order_id}` and `SK = LINE#{line_no}`" in text


@without_moto
@pytest.mark.parametrize(
    ("asked", "needed"),
    [
        (forget_order("o1"), {"Query", "BatchWriteItem"}),
        (drop_drafts(Status.DRAFT), {"Query", "BatchWriteItem"}),
        (close_tenant("north"), {"Query", "DeleteItem"}),
    ],
    ids=["of an order", "of shards", "of unique values"],
)
def test_its_policy_allows_what_it_sends_and_no_more(
    db: Backend, asked: Clear, needed: set[str]
) -> None:
    """Query on the index, and deletions on the keys that items have."""
    db.repository.write(create(customer("c1", email="c@x", phone="1")))
    db.sent.clear()
    db.repository.write(asked)
    name = pattern_name(asked) or ""
    sent = [
        {
            "operation": each.request.operation,
            "parameters": as_declared(each.request.parameters, db.name),
        }
        for each in db.sent
    ]
    assert len({each["operation"] for each in sent}) == 2
    policy = policy_of(shop, [name])
    assert allows(policy, shop, sent)
    needs = {p.name: p.needs for p in compile_design([shop], examples=False).patterns}[name]
    assert {need.action for need in needs} == needed
    (other,) = batch(put(Visits(page="a"))).requests(Context(None, START))
    forbidden = [{"operation": other.operation, "parameters": other.parameters}]
    assert not allows(policy, shop, forbidden)


def as_declared(value: Any, name: str) -> Any:
    """A request to the declared table."""
    if isinstance(value, dict):
        return {
            "shop" if key == name else key: as_declared(each, name) for key, each in value.items()
        }
    if isinstance(value, list):
        return [as_declared(each, name) for each in value]
    return "shop" if value == name else value


jobs = Table("jobs-in-indexes")
OPEN = attr("status").equals("open")
jobs_index = jobs.global_index("GSI1", partition_key="GSI1PK", sort_key="GSI1SK")


class Job(Entity, table=jobs):
    """A job; of late only what is open is in the index."""

    id: str
    status: str
    key = jobs.primary.key("Job#{id}", "JOB")
    by_status = jobs_index.key("JOB#{status}", "{id}", when=OPEN)


class Numbered(Entity, table=jobs):
    """The same with a unique number."""

    id: str
    status: str
    number: str | None = None
    key = jobs.primary.key("Numbered#{id}", "JOB")
    by_status = jobs_index.key("NUMBERED#{status}", "{id}", when=OPEN)
    unique_number = unique("number")


class Labelled(Entity, table=jobs):
    """A job that is always in the index, and has a unique number."""

    id: str
    status: str
    number: str | None = None
    key = jobs.primary.key("Labelled#{id}", "JOB")
    by_status = jobs_index.key("LABELLED#{status}", "{id}")
    unique_number = unique("number")


@pytest.mark.parametrize("kind", [Job, Numbered, Labelled])
def test_what_the_query_refuses_by_its_index_key_is_left_and_reported(
    open_backend: OpenBackend, kind: Any
) -> None:
    """In the index against its condition, as before that was declared, or under a stale key."""
    db, name = open_backend(jobs), kind.__name__
    for id_ in ("1", "3"):
        db.repository.write(create(kind(id=id_, status="open")))
    index = {"GSI1PK": f"{name.upper()}#open", "GSI1SK": "2"}
    db.put(PK=f"{name}#2", SK="JOB", entity=name, id="2", status="paid", **index)
    for read in (db.repository.write, lambda asked: list(db.repository.iterate(asked))):
        with pytest.raises(BatchUnfinished) as caught:
            read(clear(kind.by_status.query(status="open")))
        assert f"{name}#2 / JOB" in caught.value.unwritten[0]
        assert keys(db) == [f"{name}#2/JOB"]
    assert db.repository.fetch(kind.key.get(id="2")).status == "paid"
