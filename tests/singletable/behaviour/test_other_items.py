"""Items that are no such entity, or that contradict their own key, are never taken for one."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Annotated, Any

import pytest

from singletable import (
    Entity,
    Repository,
    Table,
    create,
    delete,
    put,
    shards,
    transaction,
    update,
    upsert,
)
from singletable.errors.request import (
    ConditionFailed,
    InvalidItem,
    InvalidStoredItem,
    ItemMissing,
    RequestError,
    TransactionCancelled,
    TransactionRefused,
)
from singletable.formats import integer
from tests.backends import Backend
from tests.conftest import OpenBackend
from tests.singletable.raises import raises

users = Table("users", partition_key="pk", sort_key="sk", type_attribute="type")
by_name = users.global_index("names", partition_key="npk", sort_key="nsk")


def tag(item: dict[str, Any]) -> dict[str, Any]:
    item.setdefault("type", {"S": "User"})
    return item


class User(Entity, table=users, upgrade=tag, reaches=[]):
    """A user; of old, items had no type."""

    user_id: str
    name: str
    visits: int = 0
    tags: list[str] = []  # noqa: RUF012

    key = users.primary.key("USER#{user_id}", "USER")


class Shift(Entity, table=users):
    """A shift, with the time in its key."""

    user_id: str
    at: datetime
    number: Annotated[int, integer(0, 999_999_999)]
    note: str = ""

    key = users.primary.key("SHIFTS#{user_id}", "{at}#{number}")


@pytest.fixture
def db(open_backend: OpenBackend) -> Backend:
    return open_backend(users)


@pytest.fixture
def store(db: Backend) -> Repository:
    return db.repository


def untyped(db: Backend, **more: str) -> None:
    db.put(pk="USER#1", sk="USER", user_id="1", name="Kim", **more)


def test_an_upgrade_may_give_items_their_type(db: Backend, store: Repository) -> None:
    untyped(db)
    read = store.fetch(User.key.get(user_id="1"))
    assert read == User(user_id="1", name="Kim")
    (found,) = store.fetch(User.key.query(user_id="1")).items
    store.write(update(found, found.model_copy(update={"name": "Lee"})))
    item = db.raw(pk="USER#1", sk="USER")
    assert item is not None
    assert (item["type"], item["name"]) == ({"S": "User"}, {"S": "Lee"})


def test_an_untyped_item_that_was_read_can_be_deleted(db: Backend, store: Repository) -> None:
    untyped(db)
    read = store.fetch(User.key.get(user_id="1"))
    assert read is not None
    store.write(delete(read, must_exist=True))
    assert db.items() == []


def test_an_untyped_item_that_is_gone_is_not_made_again(db: Backend, store: Repository) -> None:
    untyped(db)
    read = store.fetch(User.key.get(user_id="1"))
    assert read is not None
    store.write(delete(read))
    for write in (
        update(read, read.model_copy(update={"name": "Lee"})),
        delete(read, must_exist=True),
    ):
        with pytest.raises(ItemMissing):
            store.write(write)
    assert db.items() == []


def test_an_untyped_item_that_was_read_can_be_upserted(db: Backend, store: Repository) -> None:
    untyped(db)
    read = store.fetch(User.key.get(user_id="1"))
    assert read is not None
    store.write(upsert(read))
    assert [item["type"] for item in db.items()] == [{"S": "User"}]


VERBS: dict[str, Callable[[], Any]] = {
    "patch": lambda: User.key.patch(user_id="1").set(name="Lee"),
    "empty patch": lambda: User.key.patch(user_id="1"),
    "add": lambda: User.key.patch(user_id="1").add(visits=1),
    "append": lambda: User.key.patch(user_id="1").append(tags=["x"]),
    "upsert by key": lambda: User.key.upsert(user_id="1").set(name="Lee"),
    "upsert": lambda: upsert(User(user_id="1", name="Lee")),
    "update": lambda: update(User(user_id="1", name="Kim"), User(user_id="1", name="Lee")),
    "update of nothing": lambda: update(
        User(user_id="1", name="Kim"), User(user_id="1", name="Kim")
    ),
    "delete": lambda: delete(User(user_id="1", name="Kim")),
    "delete by key": lambda: User.key.delete(user_id="1"),
    "delete by key, must exist": lambda: User.key.delete(user_id="1", must_exist=True),
    "check": lambda: User.key.check(user_id="1"),
}


@pytest.mark.parametrize("kind", [None, "Admin"])
@pytest.mark.parametrize("verb", VERBS)
@pytest.mark.parametrize("in_transaction", [False, True])
def test_a_write_of_another_kind_of_item_is_refused_by_its_condition(
    db: Backend, store: Repository, kind: str | None, verb: str, in_transaction: bool
) -> None:
    """Not noticed after it was carried out."""
    untyped(db, **({} if kind is None else {"type": kind}))
    before, write = db.items(), VERBS[verb]()
    with pytest.raises(RequestError) as caught:
        store.write(transaction(write) if in_transaction else write)
    refused: Any = caught.value
    if isinstance(refused, TransactionCancelled):
        refused = refused.failures[0]
    assert type(refused) is ConditionFailed
    assert f"USER#1 / USER: its type is {kind!r}" in str(refused)
    assert db.items() == before


@pytest.mark.parametrize("verb", VERBS)
def test_where_nothing_is_stored_the_condition_is_no_hindrance(
    store: Repository, verb: str
) -> None:
    write = VERBS[verb]()
    if verb in ("upsert", "upsert by key", "delete", "delete by key"):
        store.write(write)
        return
    with pytest.raises(ItemMissing):
        store.write(write)


def contradict(db: Backend, **changes: Any) -> None:
    at = "2020-01-01T12:00:00.000000Z"
    item = {"user_id": "5", "at": at, "number": {"N": "1"}, "type": "Shift", **changes}
    keys = {"pk": "SHIFTS#5", "sk": f"{at}#000000001"}
    db.put(**keys, **item)


@pytest.mark.parametrize(
    ("changes", "values"),
    [
        ({"user_id": "6"}, ("SHIFTS#5", "SHIFTS#6")),
        ({"at": "2020-01-01T13:00:00.000000Z"}, ("T12:00", "T13:00")),
        ({"number": {"N": "2"}}, ("#000000001", "#000000002")),
        ({"user_id": "a#b"}, ("its fields make no key", "a#b")),
    ],
    ids=repr,
)
def test_fields_that_contradict_the_key_are_an_invalid_item(
    db: Backend, store: Repository, changes: dict[str, Any], values: tuple[str, str]
) -> None:
    """For gets, queries and partial updates: writes of what was read would go to another item."""
    contradict(db, **changes)
    key: dict[str, Any] = {"user_id": "5", "at": datetime(2020, 1, 1, 12, tzinfo=UTC), "number": 1}
    for read in (Shift.key.get(**key), Shift.key.query(user_id="5")):
        with pytest.raises(InvalidStoredItem) as caught:
            store.fetch(read)
        assert all(value in caught.value.problems for value in values)


def test_another_spelling_in_a_field_is_no_contradiction(db: Backend, store: Repository) -> None:
    contradict(db, at="2020-01-01T13:00:00+01:00", number={"N": "1.0"})
    (found,) = store.fetch(Shift.key.query(user_id="5")).items
    store.write(delete(found, must_exist=True))
    assert db.items() == []


BIG = "x" * 410_000
HALF = "x" * 205_000


@pytest.mark.parametrize(
    "write",
    [
        lambda: User.key.patch(user_id="1").set(name=BIG),
        lambda: User.key.patch(user_id="1").set_if_absent(name=BIG),
        lambda: User.key.patch(user_id="1").append(tags=[BIG]),
        lambda: User.key.patch(user_id="1").set(name=HALF).append(tags=[HALF]),
        lambda: User.key.upsert(user_id="1").set(name=BIG),
        lambda: upsert(User(user_id="1", name=BIG)),
        lambda: transaction(User.key.patch(user_id="1").set(name=BIG)),
    ],
)
def test_a_change_beyond_an_items_size_is_not_sent(
    db: Backend, store: Repository, write: Callable[[], Any]
) -> None:
    with raises(InvalidItem, problems="bytes; DynamoDB allows 409600"):
        store.write(write())
    assert db.sent == []


def test_writing_nothing_gives_the_item(db: Backend, store: Repository) -> None:
    """Alone and in a transaction, on every DynamoDB."""
    kim = store.write(create(User(user_id="1", name="Kim")))
    before = db.items()
    assert store.write(update(kim, kim)) == kim
    assert store.write(User.key.patch(user_id="1")) == kim
    idle = update(kim, kim)
    assert store.write(transaction(idle).returning(idle)) == kim
    store.write(transaction(User.key.patch(user_id="1")))
    assert db.items() == before


def test_two_actions_on_one_item_are_named_as_people_write_keys(store: Repository) -> None:
    kim = User(user_id="1", name="Kim")
    with raises(TransactionRefused, problem="User USER#1 / USER") as caught:
        store.write(transaction(create(kim), User.key.check(user_id="1")))
    assert "{" not in str(caught.value)


def test_a_put_replaces_whatever_is_there(db: Backend, store: Repository) -> None:
    """That is its meaning, as documented."""
    untyped(db, type="Admin")
    store.write(put(User(user_id="1", name="Lee")))
    assert store.fetch(User.key.get(user_id="1")) == User(user_id="1", name="Lee")


class Task(Entity, table=users):
    """A task, with a sparse index over many partitions."""

    task_id: str
    state: str | None = None
    rank: Annotated[int, integer(0, 99)] = 0

    key = users.primary.key("TASK#{task_id}", "TASK")
    by_state = by_name.key(
        "TASKS#{state}#{shard}", "{rank}#{task_id}", shards=shards(12, by="task_id")
    )


def task(db: Backend, **changes: Any) -> None:
    keys = {"pk": "TASK#1", "sk": "TASK", "npk": "TASKS#open#07", "nsk": "00#1"}
    db.put(**{**keys, "type": "Task", "task_id": "1", "state": "open", **changes})


@pytest.mark.parametrize(
    ("changes", "problem"),
    [
        ({"state": "done"}, "its npk is 'TASKS#open#07', and its fields make 'TASKS#done#07'"),
        ({"rank": {"N": "1"}}, "its nsk is '00#1', and its fields make '01#1'"),
        ({"nsk": "99#1"}, "its nsk is '99#1', and its fields make '00#1'"),
        ({"state": {"NULL": True}}, "its fields make no key"),
    ],
    ids=repr,
)
def test_a_stale_index_key_is_an_error_where_it_is_read_and_mended_by_a_write(
    db: Backend, store: Repository, changes: dict[str, Any], problem: str
) -> None:
    """A query would show what it was not asked for; a get by the primary key is right."""
    task(db, **changes)
    with pytest.raises(InvalidStoredItem) as caught:
        store.fetch(Task.by_state.query(state="open"))
    assert problem in caught.value.problems
    read = store.fetch(Task.key.get(task_id="1"))
    assert read is not None
    written = store.write(update(read, read))
    assert written == read
    found = store.fetch(Task.by_state.query(state=read.state)).items if read.state else ()
    assert found == ((read,) if read.state else ())
    item = db.raw(pk="TASK#1", sk="TASK")
    assert item is not None
    assert ("npk" in item, "nsk" in item) == (bool(read.state), bool(read.state))


def test_an_item_in_another_shard_than_its_own_is_read(db: Backend, store: Repository) -> None:
    """The number of shards may grow while items are where they were."""
    for shard in ("00", "11"):
        task(db, npk=f"TASKS#open#{shard}")
        assert len(store.fetch(Task.by_state.query(state="open")).items) == 1
        task(db, npk=f"TASKS#open#{shard}", rank={"N": "0.0"})
        assert len(store.fetch(Task.by_state.query(state="open")).items) == 1
