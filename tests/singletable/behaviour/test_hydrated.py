"""`.hydrated()`: keys from an index that holds a part of each item, items from the table."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any

import pytest

from singletable import (
    KEYS_ONLY,
    TTL,
    Entity,
    First,
    Query,
    Table,
    View,
    access_pattern,
    attr,
    clear,
    collection,
    create,
    include,
    put,
    shards,
)
from singletable.errors import (
    InvalidOperation,
    InvalidStoredItem,
    RequestLimitReached,
    Unprocessed,
)
from singletable.formats import integer, slug
from singletable.inspect import Context, Retry, answer_types, must_be_fresh, places_read, question
from singletable.operations.reads.batch_get import KEYS_AT_ONCE
from tests.backends import START, Backend
from tests.conftest import OpenBackend
from tests.singletable.raises import raises

depot = Table("depot")
keys_alone = depot.global_index("KEYS", partition_key="KPK", sort_key="KSK", projection=KEYS_ONLY)
some = depot.global_index(
    "SOME", partition_key="SPK", sort_key="SSK", projection=include("size", "entity")
)
near = depot.local_index("NEAR", sort_key="LSK", projection=KEYS_ONLY)
whole = depot.global_index("WHOLE", partition_key="WPK", sort_key="WSK")


class Crate(Entity, table=depot):
    """Something in the depot."""

    hall: Annotated[str, slug()] = "a"
    number: Annotated[int, integer(0, 9999)]
    content: str = "apples"
    size: Annotated[int, integer(0, 9)] = 1
    ends: Annotated[datetime | None, TTL] = None

    key = depot.primary.key("HALL#{hall}", "CRATE#{number}")
    listed = keys_alone.key("LIST#{shard}", "{number}", shards=shards(2, by="number"))
    by_size = some.key("CRATES", "{size}#{number}")
    nearby = near.key("HALL#{hall}", "{size}#{number}")
    everything = whole.key("ALL", "{number}")


class Note(Entity, table=depot):
    """A remark, in the same index."""

    hall: Annotated[str, slug()] = "a"
    text: Annotated[str, slug()]
    remark: str = ""
    key = depot.primary.key("HALL#{hall}", "NOTE#{text}")
    by_size = some.key("CRATES", "NOTE#{text}")


class Older(Entity, table=depot, renamed={"was": "name"}):
    """With an upgrade, which gets whole items."""

    older_id: Annotated[str, slug()]
    name: str
    key = depot.primary.key("OLDER#{older_id}", "OLDER")
    listed = keys_alone.key("OLDER", "{older_id}")


class Content(View[Crate]):
    """What is in it, which no index holds."""

    number: int
    content: str


@access_pattern
def listed() -> Query[Crate]:
    """All crates."""
    return Crate.listed.query().hydrated()


@access_pattern
def contents(hall: str) -> Query[Content]:
    """What is in the crates of a hall."""
    return Crate.nearby.query(hall=hall).only(Content).hydrated()


@access_pattern
def smallest() -> First[Crate]:
    """The smallest crate."""
    return Crate.by_size.query().skipping(Note).hydrated().first()


@pytest.fixture
def db(open_backend: OpenBackend) -> Backend:
    return open_backend(depot)


def fill(db: Backend, count: int = 5, **values: Any) -> list[Crate]:
    made = [Crate(number=number, **values) for number in range(count)]
    for each in made:
        db.repository.write(put(each))
    return made


def lose(db: Backend, number: int) -> None:
    """Leaves a stale entry of a crate in the indexes, as one does between two requests."""
    key = {"PK": "HALL#a", "SK": f"CRATE#{number:04}"}

    class Losing:
        """Deletes the item before the table is asked for it."""

        def __init__(self, send: Any) -> None:
            self.send = send

        def __call__(self, operation: str, parameters: Any) -> Any:
            if operation == "BatchGetItem":
                db.client.delete_item(
                    TableName=db.name, Key={name: {"S": text} for name, text in key.items()}
                )
            return self.send(operation, parameters)

    db.transport = Losing(db.transport)
    db.repository = db.another()


def asked(db: Backend, operation: str) -> list[Any]:
    return [sent for sent in db.sent if sent.request.operation == operation]


def test_whole_items_are_read_in_the_order_of_the_index(db: Backend) -> None:
    """Over its shards, page by page, and in iterations."""
    made = fill(db)
    db.sent.clear()
    assert db.repository.fetch(listed()).items == tuple(made)
    assert (len(asked(db, "Query")), len(asked(db, "BatchGetItem"))) == (2, 1)
    first = db.repository.fetch(listed().page(3))
    second = db.repository.fetch(listed().page(3, first.cursor))
    assert (first.items, second.items, second.cursor) == (tuple(made[:3]), tuple(made[3:]), None)
    assert list(db.repository.iterate(listed().descending())) == made[::-1]
    assert [each.number for each in db.repository.iterate(listed().take(2))] == [0, 1]


def test_what_is_read_can_be_written(db: Backend) -> None:
    """It is whole, and remembers how it is stored."""
    (made,) = fill(db, 1)
    (read,) = db.repository.fetch(listed())
    db.repository.write(put(read.model_copy(update={"content": "pears"})))
    assert db.repository.fetch(Crate.key.get(hall="a", number=0)) == made.model_copy(
        update={"content": "pears"}
    )


def test_more_than_a_hundred_are_read_in_several_requests(db: Backend) -> None:
    """Side by side; a page of none asks for none."""
    made = fill(db, KEYS_AT_ONCE + 5)
    db.sent.clear()
    assert db.repository.fetch(listed()).items == tuple(made)
    assert len(asked(db, "BatchGetItem")) == 2
    db.sent.clear()
    assert db.repository.fetch(Crate.nearby.query(hall="b").hydrated()).items == ()
    assert asked(db, "BatchGetItem") == []


def test_what_is_gone_is_reported(db: Backend) -> None:
    """By its key, and the others are answered."""
    made = fill(db, 4)
    lose(db, 1)
    page = db.repository.fetch(listed().page(3))
    assert page.items == (made[0], made[2])
    assert page.missing == ("HALL#a / CRATE#0001",)
    rest = db.repository.fetch(listed().page(3, page.cursor))
    assert (rest.items, rest.missing) == ((made[3],), ())


def test_the_first_is_the_first_that_is_there(db: Backend) -> None:
    """Where those before it are gone."""
    made = fill(db, 3)
    lose(db, 0)
    assert db.repository.fetch(smallest()) == made[1]


def test_the_first_of_too_many_that_are_gone_is_an_error(db: Backend) -> None:
    """None would say that there is none."""
    fill(db, 30, ends=START)
    expired = Crate.by_size.query().skipping(Note).hydrated().excluding_expired()
    with raises(RequestLimitReached, requests=16):
        db.repository.fetch(expired.first())


def test_what_changed_in_between_is_answered_as_it_is(db: Backend) -> None:
    """Although it has left the part of the index that was asked."""
    fill(db, 1)
    send = db.transport

    def changing(operation: str, parameters: Any) -> Any:
        if operation == "BatchGetItem":
            item = db.raw(PK="HALL#a", SK="CRATE#0000")
            assert item is not None
            values = {"size": {"N": "7"}, "SSK": {"S": "7#0000"}, "LSK": {"S": "7#0000"}}
            db.client.put_item(TableName=db.name, Item={**item, **values})
        return send(operation, parameters)

    db.transport = changing
    db.repository = db.another()
    (read,) = db.repository.fetch(Crate.by_size.query(size=1).hydrated())
    assert read.size == 7


def test_a_view_is_read_from_the_table(db: Backend) -> None:
    """Its fields alone, whichever is said first."""
    fill(db, 2)
    expected = (Content(number=0, content="apples"), Content(number=1, content="apples"))
    assert db.repository.fetch(contents("a")).items == expected
    other = Crate.nearby.query(hall="a").hydrated().only(Content)
    assert db.repository.fetch(other).items == expected
    steps = other.steps(Context())
    next(steps)
    key = {"PK": {"S": "HALL#a"}, "SK": {"S": "CRATE#0000"}}
    (batch,) = steps.send(({"Items": [{**key, "LSK": {"S": "1#0000"}}]},))
    part = batch.parameters["RequestItems"]["depot"]
    assert part["Keys"] == [key]
    assert sorted(part["ExpressionAttributeNames"].values()) == [
        "PK",
        "SK",
        "content",
        "entity",
        "number",
    ]


def test_an_index_that_holds_more_is_asked_for_keys(db: Backend) -> None:
    """Filters see what it holds; the type, too, where others are skipped."""
    made = fill(db, 2)
    db.repository.write(create(Note(text="a-note")))
    query = Crate.by_size.query().skipping(Note).where(attr("size").at_least(1)).hydrated()
    (request,) = query.requests(Context())
    names = request.parameters["ExpressionAttributeNames"]
    projected = request.parameters["ProjectionExpression"].split(", ")
    assert [names[each] for each in projected] == ["SPK", "SSK", "PK", "SK"]
    assert db.repository.fetch(query).items == tuple(made)
    assert db.repository.fetch(query.count()) == 2
    assert "ProjectionExpression" not in listed().requests(Context())[0].parameters


def test_a_collection_is_hydrated(db: Backend) -> None:
    """Each item is what it says."""
    made = fill(db, 1)
    note = db.repository.write(create(Note(text="a-note", remark="here")))
    query = collection(Crate.by_size, Note.by_size).query().hydrated()
    assert db.repository.fetch(query).items == (made[0], note)


def test_the_table_is_read_consistently(db: Backend) -> None:
    """The index never is, if it is a global one."""
    made = fill(db, 1)
    query = listed().consistent().hydrated()
    assert "ConsistentRead" not in query.requests(Context())[0].parameters
    assert db.repository.fetch(query).items == tuple(made)
    steps = query.steps(Context())
    next(steps)
    key = {"PK": {"S": "HALL#a"}, "SK": {"S": "CRATE#0000"}}
    stands = {"KPK": {"S": "LIST#0"}, "KSK": {"S": "0000"}}
    (batch,) = steps.send(({"Items": [{**key, **stands}]}, {"Items": []}))
    assert batch.parameters["RequestItems"]["depot"]["ConsistentRead"] is True


def test_what_expired_is_left_out_once_it_was_read(db: Backend) -> None:
    """The index need not hold the TTL; it is not missing."""
    db.repository.write(put(Crate(number=1, ends=START)))
    db.repository.write(put(Crate(number=2)))
    page = db.repository.fetch(listed().excluding_expired())
    assert ([each.number for each in page], page.missing) == ([2], ())
    view = Crate.listed.query().hydrated().only(Content).excluding_expired()
    assert [each.number for each in db.repository.fetch(view)] == [2]


def test_an_unreadable_item_is_an_error_or_left_out(db: Backend) -> None:
    """As in every query."""
    fill(db, 2)
    key = {"PK": "HALL#a", "SK": "CRATE#0000", "entity": "Crate", "number": {"S": "x"}}
    db.put(**key, KPK="LIST#0", KSK="0000")
    with raises(InvalidStoredItem, problems="number") as caught:
        db.repository.fetch(listed())
    assert [each.number for each in caught.value.items] == [1]
    page = db.repository.fetch(listed().tolerating_unreadable())
    assert ([each.number for each in page], len(page.unreadable)) == ([1], 1)


def test_an_entity_with_an_upgrade_is_hydrated(db: Backend) -> None:
    """It gets whole items."""
    db.put(PK="OLDER#a", SK="OLDER", entity="Older", older_id="a", was="b", KPK="OLDER", KSK="a")
    assert db.repository.fetch(Older.listed.query().hydrated()).items == (
        Older(older_id="a", name="b"),
    )


def test_what_stays_unprocessed_is_an_error(db: Backend) -> None:
    """Which has the keys that are left."""
    fill(db, 2)
    send = db.transport

    def refusing(operation: str, parameters: Any) -> Any:
        if operation != "BatchGetItem":
            return send(operation, parameters)
        return {"Responses": {}, "UnprocessedKeys": parameters["RequestItems"]}

    db.transport = refusing
    db.repository = db.another(retry=Retry(attempts=3, base=0.0001, ceiling=0.0002))
    with raises(Unprocessed, asked=2, keys=("HALL#a / CRATE#0000", "HALL#a / CRATE#0001")):
        db.repository.fetch(listed())


REFUSED: list[tuple[Any, str]] = [
    (lambda: Crate.key.query(hall="a").hydrated(), "hydrated(), of the table itself"),
    (
        lambda: Crate.listed.query().where(attr("size").equals(1)).hydrated(),
        "a filter by size, which index KEYS does not hold",
    ),
    (lambda: Crate.listed.query().consistent(), "a consistent read"),
    (lambda: clear(Crate.listed.query().hydrated()), "clear(...) of a view, or of a hydrated"),
    (
        lambda: clear(Crate.everything.query().only(Content)),
        "clear(...) of a view, or of a hydrated",
    ),
    (lambda: clear(Crate.listed.query()), "index KEYS does not hold entity, hall, number"),
    (Crate.listed.query, "index KEYS does not hold entity, hall, number"),
]


@pytest.mark.parametrize(("ask", "declared"), REFUSED, ids=[each[1] for each in REFUSED])
def test_what_cannot_be_hydrated_is_refused(ask: Any, declared: str) -> None:
    """Before anything is sent."""
    with raises(InvalidOperation, declared=declared):
        ask().requests(Context())


def test_caches_leave_hydrated_queries_alone() -> None:
    """Their answers have missing items; those of other queries are of the entity, or of a view."""
    assert must_be_fresh(listed())
    assert must_be_fresh(smallest())
    assert must_be_fresh(Crate.key.get(hall="a", number=1).only(Content))
    assert not must_be_fresh(Crate.key.get(hall="a", number=1))
    assert not must_be_fresh(Crate.everything.query())
    assert not must_be_fresh(Crate.everything.query().only(Content))
    assert answer_types(Crate.everything.query().only(Content)) == (Content,)
    assert answer_types(Crate.everything.query()) == (Crate,)
    assert answer_types(Crate.key.get(hall="a", number=1)) == (Crate,)
    assert {place.index for place in places_read(listed())} == {"KEYS"}


def test_questions_tell_views_and_hydrated_queries_apart() -> None:
    """Also where their first requests are the same."""

    class Number(View[Crate]):
        """The number."""

        number: int

    class Again(View[Crate]):
        """The number, once more."""

        number: int

    query = Crate.listed.query()
    asked = [query.only(Number), query.only(Again), query.hydrated(), query.only(Again).hydrated()]
    assert len({question(each) for each in asked}) == 4
    assert len({question(each.first()) for each in asked}) == 4
