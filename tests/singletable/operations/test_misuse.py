"""What a type checker would refuse is refused in words, not by whatever Python stumbles over."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from singletable import Table, attr, create, delete, put, transaction, update, upsert
from singletable.errors.request import (
    InvalidItem,
    InvalidKeyValue,
    InvalidOperation,
    TransactionRefused,
)
from singletable.inspect import stored_item
from singletable.operations import Context
from tests.backends import Backend
from tests.singletable.clinic.making import sent
from tests.singletable.raises import raises
from tests.singletable.shop import Customer, Line, Product, customer, line

QUERY: Any = Product.by_brand.query(brand="acme")
ATTR: Any = attr("meta")
CREATE: Any = create(line())
NONE: Any = None
BETWEEN = "between(price=(low, high))"
UNFINISHED: Any = Customer.model_construct(customer_id="ada")


@pytest.mark.parametrize(
    ("misuse", "told"),
    [
        (lambda: QUERY.page("3"), ("Product.by_brand", "page('3')", "1 or more")),
        (lambda: QUERY.take(1.5), ("Product.by_brand", "take(1.5)", "1 or more")),
        (lambda: QUERY.between(price=5), ("Product.by_brand", "price=5", BETWEEN)),
        (lambda: QUERY.between(price=(1, 2, 3)), ("Product.by_brand", "price=(1, 2, 3)", BETWEEN)),
        (lambda: QUERY.where("price > 3"), ("Product.by_brand", "'price > 3'", "attr(")),
        (lambda: CREATE.when(False), ("Line", "the condition False", "attr(")),
        (lambda: ATTR["colours"][-1], ("attr('meta')", "the step -1", "numbers from 0")),
        (
            lambda: attr("meta.size.0"),
            ("attr('meta.size.0')", "it names no field", "attr('meta')['size']['0']"),
        ),
        (lambda: put(NONE), ("put", "a NoneType is given", "an entity")),
        (lambda: delete(NONE), ("delete", "a NoneType is given", "an entity")),
        (lambda: attr(NONE), ("attr(None)", "it names no field", "a field's name")),
    ],
)
def test_an_argument_of_another_type_is_an_invalid_operation(
    misuse: Callable[[], Any], told: tuple[str, str, str]
) -> None:
    """With what is allowed instead."""
    where, declared, allowed = told
    with raises(InvalidOperation, where=where, declared=declared, allowed=allowed):
        misuse()


def test_a_transaction_takes_writes_alone() -> None:
    """An entity is no write, nor is a question."""
    misplaced: list[Any] = [line(), QUERY, None]
    for each in misplaced:
        with raises(TransactionRefused, allowed="writes, such as create"):
            transaction(CREATE, each)
        with raises(TransactionRefused, allowed="writes, such as create"):
            transaction(CREATE).with_writes(each)


@pytest.mark.parametrize("what", [line(), Product, Product.key, None])
def test_a_repository_takes_operations_alone(moto_db: Backend, what: Any) -> None:
    """Writing an entity itself is told what to write instead."""
    with raises(InvalidOperation, where="repository", declared="is given", allowed="takes reads"):
        moto_db.repository.write(what)


@pytest.mark.parametrize("token", [5, "", "x" * 37])
def test_a_token_is_text_of_at_most_36_characters(token: Any) -> None:
    """As DynamoDB takes it."""
    with raises(TransactionRefused, problem=f"its token is {token!r}"):
        transaction(CREATE, token=token)


@pytest.mark.parametrize(
    "write",
    [
        lambda: create(UNFINISHED),
        lambda: put(UNFINISHED),
        lambda: delete(UNFINISHED),
        lambda: update(UNFINISHED, customer()),
        lambda: sent(update(customer(), UNFINISHED)),
        lambda: stored_item(UNFINISHED),
    ],
)
def test_an_entity_constructed_without_some_fields_is_an_invalid_item(
    write: Callable[[], Any],
) -> None:
    """They are named."""
    with raises(InvalidItem, entity="Customer", problems="tenant, name missing"):
        write()


def test_an_entity_constructed_without_some_fields_is_not_upserted() -> None:
    """They are named as well."""
    with raises(InvalidItem, entity="Line", problems="line_no, sku missing"):
        upsert(Line.model_construct(order_id="o1"))


def test_a_patch_says_what_it_would_do_to_unique_items() -> None:
    """A unique value moves one; a TTL is written to all of them."""
    patch = Customer.key.patch(customer_id="ada").ignoring_version()
    with raises(
        InvalidOperation, where="patch of Customer", declared="email, which moves a unique item"
    ):
        sent(patch.set(email="a@b", expires_at=None))
    with raises(
        InvalidOperation,
        where="patch of Customer",
        declared="expires_at, which is the TTL of its unique items",
    ):
        sent(patch.set(expires_at=None))


def test_another_table_object_of_the_same_name_is_told_apart() -> None:
    """From the one that the repository is bound to."""
    bound = Context({Table("shop"): "shop"})
    with raises(
        InvalidOperation, where="repository", declared="another Table object of the same name"
    ):
        CREATE.requests(bound)


@pytest.mark.parametrize("brand", ["", "b" * 2049])
def test_a_partial_change_gives_no_natural_key_that_dynamodb_refuses(brand: str) -> None:
    """Whichever way the field is set."""
    patch = Product.key.patch(product_id="p")
    with raises(InvalidKeyValue, where="Product.by_brand", field="brand", value=brand):
        sent(patch.set(brand=brand))
    with raises(InvalidKeyValue, where="Product.by_brand", field="brand", value=brand):
        sent(patch.set_if_absent(brand=brand))


def test_a_transaction_answers_no_partial_change() -> None:
    """DynamoDB tells nothing of the item there; so it is refused before anything is written."""
    patch: Any = Product.key.patch(product_id="p").set(stock=1)
    with raises(TransactionRefused, problem="it returns a Patch"):
        transaction(patch).returning(patch)


LINE: Any = Line.key.patch(order_id="o1", line_no=1)
PRODUCT: Any = Product.key.patch(product_id="lamp")


@pytest.mark.parametrize(
    ("contradict", "told"),
    [
        (lambda: LINE.at_version(1).ignoring_version(), "at_version() and ignoring_version()"),
        (lambda: LINE.ignoring_version().at_version(1), "at_version() and ignoring_version()"),
        (lambda: LINE.at_version(1).at_version(2), "at_version() of two versions"),
        (lambda: LINE.at_version(1).given(version=2), "given(version=...), the version"),
        (lambda: LINE.given(version=2).ignoring_version(), "given(version=...), the version"),
        (lambda: LINE.given(sku="a").given(sku="b"), "two given values of sku"),
    ],
)
def test_a_change_that_contradicts_itself_about_what_is_stored_is_refused(
    contradict: Callable[[], Any], told: str
) -> None:
    """What was said first was dropped, and with it the check of the version."""
    with raises(InvalidOperation, where="patch of Line", declared=told):
        contradict()


def test_what_is_stored_may_be_said_twice_alike() -> None:
    """The same version or value once more changes nothing."""
    assert LINE.at_version(1).at_version(1) == LINE.at_version(1)
    assert PRODUCT.given(note="a").given(note="a") == PRODUCT.given(note="a")
