"""`untagged="by key"`: the primary key tells what items are that no write has tagged yet."""

from __future__ import annotations

from typing import Annotated, Any

import pytest

from singletable import (
    VERSION,
    Entity,
    Query,
    Table,
    access_pattern,
    attr,
    collection,
    create,
    delete,
    put,
    transaction,
    unique,
    update,
    upsert,
)
from singletable.errors import (
    ConditionFailed,
    InvalidStoredItem,
    InvalidTable,
    ItemExists,
    VersionConflict,
)
from tests.backends import Backend
from tests.conftest import OpenBackend

orders = Table("orders", type_attribute="kind", untagged="by key")
by_status = orders.global_index("GSI1", partition_key="GSI1PK", sort_key="GSI1SK")


class Customer(Entity, table=orders):
    """Who orders."""

    customer_id: str
    name: str
    email: str | None = None
    key = orders.primary.key("CUSTOMER#{customer_id}", "CUSTOMER")
    unique_email = unique("email")


class Order(Entity, table=orders):
    """An order of a customer; open ones are in the index."""

    customer_id: str
    number: str
    status: str | None = None
    total: int = 0
    version: Annotated[int, VERSION] = 1
    key = orders.primary.key("CUSTOMER#{customer_id}", "ORDER#{number}")
    in_status = by_status.key("STATUS#{status}", "{customer_id}#{number}")


@access_pattern
def customer_and_orders(customer_id: str) -> Query[Customer | Order]:
    """A customer and their orders."""
    return collection(Customer.key, Order.key).query(customer_id=customer_id)


@pytest.fixture
def db(open_backend: OpenBackend) -> Backend:
    """What was there before: one item of each entity without a type, and one of another program."""
    opened = open_backend(orders)
    opened.put(PK="CUSTOMER#1", SK="CUSTOMER", name="Ann", email="ann@example.com")
    opened.put(PK="CUSTOMER#1", SK="ORDER#7", status="open", GSI1PK="STATUS#open", GSI1SK="1#7")
    opened.put(PK="CUSTOMER#2", SK="ORDER#8", kind="Invoice")
    return opened


def kind_of(db: Backend, key: str) -> Any:
    return next(item for item in db.items() if item["SK"] == {"S": key}).get("kind")


def read_order(db: Backend) -> Order:
    order = db.repository.fetch(Order.key.get(customer_id="1", number="7"))
    assert order is not None
    return order


def test_items_without_a_type_are_what_their_key_says(db: Backend) -> None:
    """By every read; fields that no attribute has are read from the key text."""
    fetch, order = db.repository.fetch, Order(customer_id="1", number="7", status="open")
    assert read_order(db) == order
    assert list(fetch(Order.in_status.query(status="open"))) == [order]
    assert fetch(Order.key.get_each(customer_id="1", number=["7"])) == (order,)
    page = fetch(customer_and_orders("1"))
    assert [type(each).__name__ for each in page] == ["Customer", "Order"]
    assert list(fetch(Order.key.query(customer_id="1").skipping(Customer))) == [order]


def test_an_item_with_another_type_is_none_of_them(db: Backend) -> None:
    """What it says of itself counts more than its key, for reads and for writes."""
    with pytest.raises(InvalidStoredItem) as caught:
        db.repository.fetch(Order.key.get(customer_id="2", number="8"))
    assert caught.value.problems == "its kind is 'Invoice'"
    patch = Order.key.patch(customer_id="2", number="8").set(total=1).ignoring_version()
    with pytest.raises(ConditionFailed):
        db.repository.write(patch)
    assert kind_of(db, "ORDER#8") == {"S": "Invoice"}


def test_every_write_tags(db: Backend) -> None:
    """What it changes, whichever the verb."""
    write, order = db.repository.write, read_order(db)
    changed = write(update(order, order.model_copy(update={"total": 5})))
    assert (changed.total, changed.version) == (5, 2)
    assert kind_of(db, "ORDER#7") == {"S": "Order"}
    with pytest.raises(VersionConflict):
        write(update(order, order.model_copy(update={"total": 6})))
    db.put(PK="CUSTOMER#1", SK="ORDER#9")
    patch = Order.key.patch(customer_id="1", number="9")
    assert write(patch.add(total=2).at_version(1)).version == 2
    assert kind_of(db, "ORDER#9") == {"S": "Order"}
    write(put(order.model_copy(update={"number": "10"})))
    assert kind_of(db, "ORDER#10") == {"S": "Order"}


def test_a_state_that_was_built_by_hand_passes(db: Backend) -> None:
    """It says nothing of how the type is stored."""
    before = Order(customer_id="1", number="7", status="open")
    after = before.model_copy(update={"status": None})
    assert db.repository.write(update(before, after)).status is None
    assert list(db.repository.fetch(Order.in_status.query(status="open"))) == []


def test_conditions_hold_for_items_without_a_type(db: Backend) -> None:
    """Presence, absence, and what the caller asks."""
    write, order = db.repository.write, read_order(db)
    with pytest.raises(ItemExists):
        write(create(order))
    is_open = attr("status").equals("open")
    write(transaction(Order.key.check(customer_id="1", number="7").when(is_open)))
    with pytest.raises(ConditionFailed):
        write(delete(order).when(attr("status").equals("shut")))
    write(delete(order, must_exist=True))
    assert db.repository.fetch(Order.key.get(customer_id="1", number="7")) is None


def test_unique_values_of_items_without_a_type_are_taken_over(db: Backend) -> None:
    """There was no unique item of them; the next update makes it."""
    ann = db.repository.fetch(Customer.key.get(customer_id="1"))
    assert ann is not None
    moved = db.repository.write(update(ann, ann.model_copy(update={"email": "a@example.com"})))
    assert moved.email == "a@example.com"
    keys = {item["PK"]["S"] for item in db.items()}
    assert "UNIQUE#Customer#email#a@example.com" in keys


def test_what_the_upgrade_tags_stays_possible(open_backend: OpenBackend) -> None:
    """It runs before the type is asked for."""
    table = Table("older-orders", untagged="by key")

    class Shop(Entity, table=table, renamed={"title": "name"}):
        """Once called by its title."""

        shop_id: str
        name: str
        key = table.primary.key("SHOP#{shop_id}", "SHOP")

    db = open_backend(table)
    db.put(PK="SHOP#1", SK="SHOP", title="Corner")
    shop = db.repository.fetch(Shop.key.get(shop_id="1"))
    assert shop == Shop(shop_id="1", name="Corner")
    assert shop is not None
    db.repository.write(update(shop, shop.model_copy(update={"name": "Mall"})))
    (item,) = db.items()
    assert (item["entity"], item["name"], "title" in item) == ({"S": "Shop"}, {"S": "Mall"}, False)


def test_an_upsert_tags(open_backend: OpenBackend) -> None:
    """What is there without a type, and what is new."""
    table = Table("counters", untagged="by key")

    class Counter(Entity, table=table):
        """A count."""

        counter_id: str
        count: int = 0
        key = table.primary.key("COUNTER#{counter_id}", "COUNTER")

    db = open_backend(table)
    db.put(PK="COUNTER#1", SK="COUNTER")
    for each in ("1", "2"):
        assert db.repository.write(Counter.key.upsert(counter_id=each).add(count=1)).count == 1
        db.repository.write(upsert(Counter(counter_id=each, count=3)))
    assert [item["entity"] for item in db.items()] == [{"S": "Counter"}] * 2


def test_a_count_leaves_out_what_only_keys_tell(db: Backend) -> None:
    """It receives the items then."""
    query = Order.key.query(customer_id="1").skipping(Customer)
    assert db.repository.fetch(query.count()) == 1


@pytest.mark.parametrize(
    "options", [{"type_attribute": None, "untagged": "by key"}, {"untagged": True}]
)
def test_a_contradictory_table_does_not_import(options: dict[str, Any]) -> None:
    """Without a type attribute there is nothing to tag with."""
    with pytest.raises(InvalidTable):
        Table("orders", **options)
