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
from tests.singletable.shop import Customer, Line, Product, customer, line

QUERY: Any = Product.by_brand.query(brand="acme")
ATTR: Any = attr("meta")
CREATE: Any = create(line())
NONE: Any = None
UNFINISHED: Any = Customer.model_construct(customer_id="ada")


@pytest.mark.parametrize(
    ("misuse", "told"),
    [
        (lambda: QUERY.page("3"), r"page\('3'\)"),
        (lambda: QUERY.take(1.5), r"take\(1.5\)"),
        (lambda: QUERY.between(price=5), r"between\(price=\(low, high\)\)"),
        (lambda: QUERY.between(price=(1, 2, 3)), r"between\(price=\(low, high\)\)"),
        (lambda: QUERY.where("price > 3"), "the condition 'price > 3'"),
        (lambda: CREATE.when(False), "the condition False"),
        (lambda: ATTR["colours"][-1], "the step -1"),
        (lambda: attr("meta.size.0"), r"Allowed: attr\('meta'\)\['size'\]\['0'\]"),
        (lambda: put(NONE), "put: a NoneType is given. Allowed: an entity"),
        (lambda: delete(NONE), "delete: a NoneType is given"),
        (lambda: attr(NONE), r"attr\(None\): it names no field"),
    ],
)
def test_an_argument_of_another_type_is_an_invalid_operation(
    misuse: Callable[[], Any], told: str
) -> None:
    """With what is allowed instead."""
    with pytest.raises(InvalidOperation, match=told):
        misuse()


def test_a_transaction_takes_writes_alone() -> None:
    """An entity is no write, nor is a question."""
    misplaced: list[Any] = [line(), QUERY, None]
    for each in misplaced:
        with pytest.raises(TransactionRefused, match="writes, such as create"):
            transaction(CREATE, each)
        with pytest.raises(TransactionRefused, match="writes, such as create"):
            transaction(CREATE).with_writes(each)


@pytest.mark.parametrize("what", [line(), Product, Product.key, None])
def test_a_repository_takes_operations_alone(moto_db: Backend, what: Any) -> None:
    """Writing an entity itself is told what to write instead."""
    with pytest.raises(InvalidOperation, match=r"is given. Allowed: writes"):
        moto_db.repository.write(what)


@pytest.mark.parametrize("token", [5, "", "x" * 37])
def test_a_token_is_text_of_at_most_36_characters(token: Any) -> None:
    """As DynamoDB takes it."""
    with pytest.raises(TransactionRefused, match="its token is"):
        transaction(CREATE, token=token)


@pytest.mark.parametrize(
    "write",
    [
        lambda: create(UNFINISHED),
        lambda: put(UNFINISHED),
        lambda: delete(UNFINISHED),
        lambda: update(UNFINISHED, customer()),
        lambda: sent(update(customer(), UNFINISHED)),
        lambda: upsert(Line.model_construct(order_id="o1")),
        lambda: stored_item(UNFINISHED),
    ],
)
def test_an_entity_constructed_without_some_fields_is_an_invalid_item(
    write: Callable[[], Any],
) -> None:
    """They are named."""
    with pytest.raises(InvalidItem, match=r"(tenant, name|line_no, sku) missing"):
        write()


def test_a_patch_says_what_it_would_do_to_unique_items() -> None:
    """A unique value moves one; a TTL is written to all of them."""
    patch = Customer.key.patch(customer_id="ada").ignoring_version()
    with pytest.raises(InvalidOperation, match="email, which moves a unique item"):
        sent(patch.set(email="a@b", expires_at=None))
    with pytest.raises(InvalidOperation, match="expires_at, which is the TTL of its unique items"):
        sent(patch.set(expires_at=None))


def test_another_table_object_of_the_same_name_is_told_apart() -> None:
    """From the one that the repository is bound to."""
    bound = Context({Table("shop"): "shop"})
    with pytest.raises(InvalidOperation, match="another Table object of the same name"):
        CREATE.requests(bound)


@pytest.mark.parametrize("brand", ["", "b" * 2049])
def test_a_partial_change_gives_no_natural_key_that_dynamodb_refuses(brand: str) -> None:
    """Whichever way the field is set."""
    patch = Product.key.patch(product_id="p")
    with pytest.raises(InvalidKeyValue, match="by_brand: brand"):
        sent(patch.set(brand=brand))
    with pytest.raises(InvalidKeyValue, match="by_brand: brand"):
        sent(patch.set_if_absent(brand=brand))


def test_a_transaction_answers_no_partial_change() -> None:
    """DynamoDB tells nothing of the item there; so it is refused before anything is written."""
    patch: Any = Product.key.patch(product_id="p").set(stock=1)
    with pytest.raises(TransactionRefused, match="it returns a Patch"):
        transaction(patch).returning(patch)
