"""`IN_KEY` of fields that stand in the key of an index alone, and may change."""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated, Any

import pytest

from singletable import (
    IN_KEY,
    VERSION,
    Entity,
    Table,
    View,
    attr,
    create,
    delete,
    include,
    put,
    shards,
    unique,
    update,
    upsert,
)
from singletable.errors import (
    IncompleteKey,
    InvalidEntity,
    InvalidOperation,
    InvalidStoredItem,
    RequestError,
    VersionConflict,
)
from singletable.formats import integer
from singletable.inspect import Context, changed_fields
from tests.backends import Backend
from tests.conftest import OpenBackend
from tests.singletable.raises import raises

store = Table("orders-by-state")
gsi1 = store.global_index("GSI1", partition_key="GSI1PK", sort_key="GSI1SK")
gsi2 = store.global_index(
    "GSI2", partition_key="GSI2PK", sort_key="GSI2SK", projection=include("customer", "entity")
)


class Order(Entity, table=store):
    """An order, whose state and rank another program keeps in an index key alone."""

    order_id: str
    customer: str
    state: Annotated[str, IN_KEY] = "new"
    rank: Annotated[int, integer(0, 99), IN_KEY] = 0
    note: str | None = None

    key = store.primary.key("ORDER#{order_id}", "ORDER")
    by_state = gsi1.key("STATE#{state}#{shard}", "{rank}#{customer}", shards=shards(2))
    by_customer = gsi2.key("CUSTOMER#{customer}", "{order_id}")


class Task(Entity, table=store):
    """A task with a version."""

    task_id: str
    queue: Annotated[str, IN_KEY]
    place: str
    version: Annotated[int, VERSION] = 1

    key = store.primary.key("TASK#{task_id}", "TASK")
    in_queue = gsi1.key("QUEUE#{queue}", "{place}#{task_id}")


ORDER = Order(order_id="1", customer="ann", state="paid", rank=7, note="x")
GET = Order.key.get(order_id="1")


def changed(entity: Any, **values: Any) -> Any:
    return entity.model_copy(update=values)


@pytest.fixture
def db(open_backend: OpenBackend) -> Backend:
    backend = open_backend(store)
    backend.repository.write(create(ORDER))
    return backend


def test_it_is_stored_in_the_index_key_alone(db: Backend) -> None:
    """And read from it, by any key."""
    (item,) = db.items()
    assert not {"state", "rank"} & item.keys()
    assert item["GSI1SK"] == {"S": "07#ann"}
    assert db.repository.fetch(GET) == ORDER
    assert db.repository.fetch(Order.by_state.query(state="paid")).items == (ORDER,)
    assert db.repository.fetch(Order.by_customer.query(customer="ann").hydrated()).items == (ORDER,)


def test_an_update_moves_it(db: Backend) -> None:
    """The key is written anew, from what was read."""
    read = db.repository.fetch(GET)
    after = changed(read, state="sent", rank=9)
    assert changed_fields(update(read, after)) == ("state", "rank")
    assert db.repository.write(update(read, after)) == after
    assert db.repository.fetch(Order.by_state.query(state="sent")).items == (after,)
    assert not db.repository.fetch(Order.by_state.query(state="paid")).items
    assert db.repository.write(put(ORDER)) == ORDER
    db.repository.write(delete(ORDER))
    assert db.items() == []


@pytest.mark.parametrize(
    ("first", "second"),
    [({"state": "sent"}, {"customer": "bob"}), ({"customer": "bob"}, {"rank": 9})],
)
def test_no_writer_undoes_anothers_change(
    db: Backend, first: dict[str, Any], second: dict[str, Any]
) -> None:
    """Each writes the whole key: of two that read the same, the second is refused."""
    read = db.repository.fetch(GET)
    now = db.repository.write(update(read, changed(read, **first)))
    for before in (read, ORDER):
        with pytest.raises(VersionConflict):
            db.repository.write(update(before, changed(before, **second)))
    assert db.repository.fetch(GET) == now
    both = db.repository.write(update(now, changed(now, **second)))
    assert both == changed(now, **second)


def test_other_fields_are_changed_by_any_write(db: Backend) -> None:
    """They leave the key as it is, whatever was read of it."""
    read = db.repository.fetch(GET)
    db.repository.write(update(read, changed(read, state="sent")))
    db.repository.write(Order.key.patch(order_id="1").set(note="y"))
    db.repository.write(update(read, changed(read, note="z")))
    now = db.repository.fetch(GET)
    assert now is not None
    assert (now.state, now.note) == ("sent", "z")


def test_a_version_guards_it_too(db: Backend) -> None:
    write, task = db.repository.write, Task(task_id="1", queue="q", place="a")
    write(create(task))
    moved = write(update(task, changed(task, queue="r")))
    with pytest.raises(VersionConflict):
        write(update(task, changed(task, place="b")))
    assert write(update(moved, changed(moved, place="b"))).queue == "r"
    write(delete(db.repository.fetch(Task.key.get(task_id="1"))))
    write(create(changed(task, queue="s")))
    again = db.repository.fetch(Task.key.get(task_id="1"))
    write(update(again, changed(again, queue="t")))
    with pytest.raises(VersionConflict):  # the version is 2 again
        write(update(moved, changed(moved, place="c")))


@pytest.mark.parametrize("lacking", [("GSI1PK",), ("GSI1PK", "GSI1SK")])
def test_an_item_without_the_key_is_unreadable(db: Backend, lacking: tuple[str, ...]) -> None:
    """No default stands in: what another program took out of the index is lost."""
    (item,) = db.items()
    db.put(**{"PK": "ORDER#1", **{name: item[name] for name in item if name not in lacking}})
    with raises(InvalidStoredItem, problems="state: no key text of it tells"):
        db.repository.fetch(GET)


PATCH = Order.key.patch(order_id="1")
REFUSED: dict[str, tuple[Callable[[], Any], type[RequestError], str]] = {
    "set": (lambda: PATCH.set(state="sent"), InvalidOperation, "index key alone"),
    "set_if_absent": (lambda: PATCH.set_if_absent(state="a"), InvalidOperation, "update"),
    "add": (lambda: PATCH.add(rank=1), InvalidOperation, "index key alone"),
    "another part": (
        lambda: PATCH.set(customer="bob").requests(Context()),
        IncompleteKey,
        "also needs state, rank",
    ),
    "given": (lambda: PATCH.given(state="paid"), InvalidOperation, "no condition can check"),
    "condition": (
        lambda: PATCH.set(note="y").when(attr("state").equals("paid")).requests(Context()),
        InvalidOperation,
        "state",
    ),
    "upsert by key": (
        lambda: Order.key.upsert(order_id="1").set(customer="a", note="b").requests(Context()),
        InvalidOperation,
        "keys of indexes alone",
    ),
    "upsert": (lambda: upsert(ORDER).requests(Context()), InvalidOperation, "update"),
    "index without it": (
        lambda: Order.by_customer.query(customer="ann").requests(Context()),
        InvalidOperation,
        "does not hold",
    ),
}


@pytest.mark.parametrize("name", REFUSED)
def test_what_cannot_keep_it_is_refused(name: str) -> None:
    ask, error, words = REFUSED[name]
    with pytest.raises(error, match=words):
        ask()


def test_views_read_it_where_the_index_tells_it(db: Backend) -> None:
    class State(View[Order]):
        """Its state."""

        state: str

    (found,) = db.repository.fetch(Order.by_state.query(state="paid").only(State))
    assert found.state == "paid"
    with raises(InvalidOperation, declared="does not hold state"):
        GET.only(State).requests(Context())


def in_two_keys(table: Table) -> None:
    one = table.global_index("ONE", partition_key="ONEPK", sort_key="ONESK")
    two = table.global_index("TWO", partition_key="TWOPK", sort_key="TWOSK")

    class Wrong(Entity, table=table):
        """Of which one may be stale."""

        an_id: str
        state: Annotated[str, IN_KEY]
        key = table.primary.key("A#{an_id}", "A")
        by_one = one.key("ONE#{state}", "{an_id}")
        by_two = two.key("TWO#{state}", "{an_id}")


def of_a_sparse_index(table: Table) -> None:
    one = table.global_index("ONE", partition_key="ONEPK", sort_key="ONESK")

    class Wrong(Entity, table=table):
        """Lost with its place in the index."""

        an_id: str
        due: str | None = None
        state: Annotated[str, IN_KEY]
        key = table.primary.key("A#{an_id}", "A")
        by_one = one.key("ONE#{due}", "{state}")


def under_a_condition(table: Table) -> None:
    one = table.global_index("ONE", partition_key="ONEPK", sort_key="ONESK")

    class Wrong(Entity, table=table):
        """Lost with its place in the index."""

        an_id: str
        due: str
        state: Annotated[str, IN_KEY]
        key = table.primary.key("A#{an_id}", "A")
        by_one = one.key("ONE", "{state}", when=attr("due").equals("x"))


def of_a_unique_value(table: Table) -> None:
    one = table.global_index("ONE", partition_key="ONEPK", sort_key="ONESK")

    class Wrong(Entity, table=table):
        """Which no condition can ask for."""

        an_id: str
        state: Annotated[str, IN_KEY]
        key = table.primary.key("A#{an_id}", "A")
        by_one = one.key("ONE", "{state}")
        unique_state = unique("state")


def of_no_key(table: Table) -> None:
    class Wrong(Entity, table=table):
        """Nowhere."""

        an_id: str
        state: Annotated[str, IN_KEY]
        key = table.primary.key("A#{an_id}", "A")


@pytest.mark.parametrize(
    ("declare", "words"),
    [
        (in_two_keys, "in 2 keys of indexes"),
        (of_a_sparse_index, "Wrong.by_one, which leaves items out"),
        (under_a_condition, "Wrong.by_one, which leaves items out"),
        (of_a_unique_value, "is IN_KEY of an index"),
        (of_no_key, "in 0 keys of indexes"),
    ],
)
def test_what_could_be_lost_does_not_import(declare: Callable[[Table], None], words: str) -> None:
    with raises(InvalidEntity, declared=words):
        declare(Table("orders-refused"))
