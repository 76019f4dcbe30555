"""What is told of an operation without sending it: entities, keys read and written, changes."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from singletable import create, delete, inspect, put, transaction, update
from singletable.errors import InvalidOperation, InvalidStoredItem
from singletable.inspect import IndexPlace
from singletable.operations import Context
from tests.singletable.raises import raises
from tests.singletable.shop import Customer, Product, Status, changed, customer, line, product, shop

CONTEXT = Context()
LAMP = Product.key.get(product_id="lamp")
ANY: Any = transaction(create(product()))
NONE: Any = None
SHELF = Product.by_shelf.query(shelf="a")


def places(entity: str, index: str, *values: str) -> IndexPlace:
    return IndexPlace(entity, index, values)


def test_reads_name_the_item_or_the_partitions() -> None:
    """Of a sharded index, each shard's partition."""
    assert inspect.places_read(LAMP) == (places("Product", "primary", "PRODUCT#lamp", "PRODUCT"),)
    assert inspect.places_read(SHELF) == (places("Product", "GSI1", "SHELF#a"),)
    shards = inspect.places_read(Product.catalogue.query(status=Status.LIVE))
    assert [place.values for place in shards] == [
        (f"CATALOGUE#live#{shard}",) for shard in ("0", "1", "2")
    ]
    assert inspect.places_read(create(product())) == ()


def test_writes_name_where_the_item_stands_before_and_after() -> None:
    """By item and by partition; an index whose key is absent is not written."""
    ada = customer()
    write = update(ada, changed(ada, tenant="south"))
    assert inspect.places_written(write, CONTEXT) == {
        places("Customer", "primary", "CUSTOMER#ada", "CUSTOMER"),
        places("Customer", "primary", "CUSTOMER#ada"),
        places("Customer", "GSI1", "TENANT#north"),
        places("Customer", "GSI1", "TENANT#south"),
    }
    off_shelf = inspect.places_written(create(product()), CONTEXT)
    assert not [place for place in off_shelf if place.index == "GSI1"]


def test_unknown_former_keys_are_the_whole_index() -> None:
    """A put overwrites an item of which nothing is known; a check writes nothing."""
    written = inspect.places_written(put(product(shelf="a")), CONTEXT)
    assert {place.values for place in written if place.index == "GSI1"} == {("SHELF#a",), ()}
    check = Product.key.check(product_id="lamp")
    assert inspect.places_written(check, CONTEXT) == frozenset()


def test_what_an_update_changes_is_without_what_the_engine_keeps() -> None:
    """The version and the time of the update are not named."""
    ada = customer()
    write = update(ada, changed(ada, name="A", tenant="south"))
    assert inspect.changed_fields(write) == ("tenant", "name")
    assert inspect.changed_fields(create(product())) == ()
    assert inspect.identity(write) == {"customer_id": "ada"}
    assert inspect.identity(delete(product())) == {"product_id": "lamp"}


def test_results_are_predicted_before_they_are_written() -> None:
    """The next version; of a transaction, that of the write whose result it returns."""
    ada = customer()
    write = update(ada, changed(ada, name="A"))
    assert inspect.predicted_result(write, CONTEXT).version == 2
    made = create(product())
    returning = transaction(made).add(write).returning(write)
    assert inspect.predicted_result(returning, CONTEXT).name == "A"
    assert inspect.writes(returning) == (made, write)
    assert inspect.predicted_result(transaction(made), CONTEXT) is None
    unpredictable: list[Any] = [LAMP, SHELF]
    for operation in unpredictable:
        with raises(InvalidOperation, where=type(operation).__name__, declared="not known before"):
            inspect.predicted_result(operation, CONTEXT)


@pytest.mark.parametrize(
    "misuse",
    [
        lambda: inspect.places_written(ANY, CONTEXT),
        lambda: inspect.identity(ANY),
        lambda: inspect.entity_name(ANY),
        lambda: inspect.changed_fields(ANY),
        lambda: inspect.pattern_name(NONE),
        lambda: inspect.key_text(Product),
        lambda: inspect.key_text(Product, product_id="lamp", shelf="a"),
    ],
)
def test_what_cannot_be_inspected_is_an_invalid_operation(misuse: Callable[[], object]) -> None:
    """A transaction is no single write; a key has exactly its fields."""
    with pytest.raises(InvalidOperation):
        misuse()


def test_entities_and_tables_are_those_of_every_write() -> None:
    """Each once, in the order of the writes."""
    both = transaction(create(product()), create(customer()))
    assert inspect.entities(both.add(Product.key.check(product_id="other"))) == (Product, Customer)
    assert inspect.tables(both) == (shop,)
    assert inspect.is_write(both)
    assert not inspect.is_write(SHELF)
    assert inspect.answers_one(LAMP)
    assert not inspect.answers_one(SHELF)


def test_the_same_question_is_the_same_text() -> None:
    """Whichever pattern asks; limits and consistency are a part of it."""
    assert inspect.question(SHELF) == inspect.question(Product.by_shelf.query(shelf="a"))
    others = [SHELF.take(2), SHELF.descending(), Product.by_shelf.query(shelf="b"), LAMP]
    asked = {inspect.question(each) for each in [SHELF, *others]}
    assert len(asked) == 5
    assert inspect.must_be_fresh(LAMP.consistent())
    assert not inspect.must_be_fresh(LAMP)


def test_items_are_stored_and_loaded() -> None:
    """With their keys; an item of another entity is refused."""
    stored = inspect.stored_item(line())
    assert stored["PK"] == {"S": "ORDER#o1"}
    assert inspect.load_item(type(line()), stored) == line()
    assert inspect.may_be_item_of(type(line()), stored)
    assert not inspect.may_be_item_of(Product, stored)
    with pytest.raises(InvalidStoredItem):
        inspect.load_item(Product, stored)
    assert inspect.key_text(Product, product_id="lamp") == "PRODUCT#lamp / PRODUCT"


def test_a_models_shape_is_its_own() -> None:
    """What is cached under one shape is not read as another."""
    assert inspect.entity_shape(Product) == inspect.entity_shape(Product)
    assert inspect.entity_shape(Product) != inspect.entity_shape(Customer)
