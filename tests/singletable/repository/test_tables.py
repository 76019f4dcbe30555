"""A repository is bound to tables; it takes reads to fetch, writes to write, nothing else."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any

import pytest

from singletable import (
    AsyncRepository,
    Entity,
    Label,
    Repository,
    Table,
    Transaction,
    access_pattern,
    create,
    create_table,
    transaction,
)
from singletable.errors import InvalidOperation
from singletable.formats import slug
from singletable.inspect import patterns, tables
from singletable.testing import memory_transport
from tests.singletable.raises import raises

users, orders = Table("users"), Table("orders")


class Account(Entity, table=users):
    """Somebody who may order."""

    account_id: Annotated[str, slug()]
    key = users.primary.key("ACCOUNT#{account_id}", "ACCOUNT")


class Order(Entity, table=orders):
    """What somebody ordered."""

    order_id: Annotated[str, slug()]
    account_id: Annotated[str, slug()]
    key = orders.primary.key("ORDER#{order_id}", "ORDER")


@access_pattern
def order(account: Account, first: Order) -> Transaction[None]:
    """Creates an account with its first order."""
    return transaction(create(account), create(first))


ADA, FIRST = Account(account_id="ada"), Order(order_id="o1", account_id="ada")


def never(operation: str, parameters: Mapping[str, Any]) -> Mapping[str, Any]:
    raise AssertionError(f"{operation} was sent")


def test_each_table_has_its_real_name() -> None:
    """Also within one transaction, which is a pattern of both tables."""
    send = memory_transport()
    names = {users: "users-prod", orders: "orders-prod"}
    for table, name in names.items():
        send("CreateTable", create_table(table, name))
    repository = Repository(send, names)
    repository.write(order(ADA, FIRST))
    assert repository.fetch(Account.key.get(account_id="ada")) == ADA
    assert repository.fetch(Order.key.get(order_id="o1")) == FIRST
    assert send("Scan", {"TableName": "orders-prod"})["Count"] == 1
    assert set(tables(order(ADA, FIRST))) == {users, orders}
    assert "test_tables.order" in patterns(users)
    assert "test_tables.order" in patterns(orders)


@pytest.mark.parametrize(
    "operation",
    [create(FIRST), transaction(create(ADA), create(FIRST)), Order.key.delete(order_id="o1")],
    ids=["create", "transaction", "delete"],
)
def test_a_write_to_another_table_is_refused(operation: Any) -> None:
    """Before anything is sent: the table of this name may hold other items."""
    with raises(
        InvalidOperation, where="repository", declared="Table('orders')", allowed="Table('users')"
    ):
        Repository(never, {users: "users-prod"}).write(operation)


def test_a_read_of_another_table_is_refused() -> None:
    """By key and by query."""
    repository = Repository(never, users)
    for read in (Order.key.get(order_id="o1"), Order.key.query(order_id="o1")):
        with raises(InvalidOperation, where="repository", declared="operation of Table('orders')"):
            repository.fetch(read)


def test_one_table_goes_by_its_declared_name() -> None:
    """Where nothing else is said."""
    send = memory_transport()
    send("CreateTable", create_table(users))
    Repository(send, users).write(create(ADA))
    assert send("Scan", {"TableName": "users"})["Count"] == 1


@pytest.mark.parametrize(
    "wrong",
    ["users", {"users": "users-prod"}, None, [users], {}, {users: None}, {users: ""}, {users: 5}],
)
def test_a_mere_name_is_no_table(wrong: Any) -> None:
    """With what is allowed instead."""
    with raises(InvalidOperation, where="repository", allowed="a Table, or a mapping"):
        Repository(never, wrong)


def test_reads_are_fetched_and_writes_written() -> None:
    """A type checker says so, and so does the repository."""
    repository, read, write = Repository(never, users), Account.key.get(account_id="a"), create(ADA)
    with raises(InvalidOperation, where="repository", allowed="write(...) takes writes"):
        repository.fetch(write)  # type: ignore[arg-type]
    with raises(InvalidOperation, where="repository", allowed="fetch(...) takes reads"):
        repository.write(read)  # type: ignore[arg-type]


def test_two_tables_do_not_share_a_real_one() -> None:
    """What keeps entities apart is proved for each table by itself."""
    with raises(
        InvalidOperation, where="repository", declared="one real table for two declarations"
    ):
        Repository(never, {users: "shared", orders: "shared"})


@pytest.mark.parametrize(
    "wrong",
    [
        {"cursor_secrt": b"x" * 16},
        {"cursor_secret": b"x"},
        {"cursor_secret": "a text of some length"},
        {"retry": 5},
        {"clock": None},
    ],
    ids=str,
)
@pytest.mark.parametrize("kind", [Repository, AsyncRepository])
def test_wrong_options_are_refused_at_once(kind: Any, wrong: Any) -> None:
    """And not when they are needed; a secret is never shown."""
    with pytest.raises(InvalidOperation) as caught:
        kind(never, users, **wrong)
    assert "xxxx" not in str(caught.value)
    assert "a text" not in str(caught.value)


@pytest.mark.parametrize(
    "wrong", [ADA, create(ADA), Account.key.query(account_id="a").first(), None]
)
def test_only_queries_are_iterated(wrong: Any) -> None:
    """Refused when it is called, before the first item is asked for."""
    with raises(InvalidOperation, where="repository", allowed="queries"):
        Repository(never, users).iterate(wrong)


@pytest.mark.parametrize("wrong", ["taken", None, 5])
def test_a_label_is_a_label(wrong: Any) -> None:
    """Texts have no message, and None labels nothing."""
    with raises(InvalidOperation, where="Account", allowed="a Label"):
        create(ADA).label(wrong)
    with raises(InvalidOperation, where="Label", allowed="a name and a message"):
        Label(wrong, "")
