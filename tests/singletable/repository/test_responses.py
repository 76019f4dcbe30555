"""Whatever a transport answers or raises, only the engine's errors leave the repository."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from singletable import Repository, RequestError, create, delete, transaction, update
from singletable.errors.request import InvalidStoredItem
from singletable.errors.service import ServiceUnavailable
from singletable.errors.transport import CancellationReason, TransportError
from singletable.inspect import Retry
from tests.backends import run
from tests.singletable.raises import raises
from tests.singletable.shop import Coupon, Line, Product, Status, changed, customer, product, shop

COUPON = Coupon(coupon_id="c", code="A")
OPERATIONS: list[Any] = [
    Product.key.get(product_id="lamp"),
    Line.key.get(order_id="o", line_no=1).excluding_expired(),
    Product.by_shelf.query(shelf="s"),
    Product.catalogue.query(status=Status.LIVE).page(3),
    Line.by_time.query(order_id="o").first(),
    create(product()),
    Product.key.patch(product_id="lamp").add(stock=1),
    Product.key.patch(product_id="lamp").set(note="x").given(rate=0.5, weight=None),
    create(customer(email="a@x")),
    update(COUPON, changed(COUPON, code="B")),
    delete(COUPON, must_exist=True),
    Product.key.delete(product_id="lamp"),
    transaction(create(product()), Line.key.check(order_id="o", line_no=1)),
]
TAGS = st.sampled_from(["S", "N", "B", "BOOL", "NULL", "L", "M", "SS", "NS", "BS", "X"])
JUNK = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=4) | st.binary(max_size=2),
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(TAGS, inner, max_size=2),
    max_leaves=5,
)
NAMES = st.sampled_from(
    ["entity", "PK", "SK", "GSI1PK", "GSI1SK", "GSI2SK", "LSI1SK", "rank", "expires_at", "owner"]
)
ITEM = st.dictionaries(NAMES, st.dictionaries(TAGS, JUNK, max_size=2) | JUNK, max_size=4) | JUNK
ANSWER = st.fixed_dictionaries(
    {},
    optional={
        "Item": ITEM,
        "Items": st.lists(ITEM, max_size=3) | JUNK,
        "LastEvaluatedKey": ITEM,
        "Attributes": ITEM,
    },
)
CODES = st.sampled_from(
    [
        "ConditionalCheckFailedException",
        "TransactionCanceledException",
        "ResourceNotFoundException",
        "ValidationException",
        "503",
        "",
        "Brandnew",
    ]
)
REASONS = st.lists(
    st.builds(
        CancellationReason,
        st.sampled_from(["None", "ConditionalCheckFailed", "TransactionConflict", "New"]),
        st.text(max_size=3),
        ITEM,
    ),
    max_size=5,
)
FAULTS = st.builds(TransportError, CODES, st.text(max_size=3), ITEM, REASONS.map(tuple))


def repository(behave: Any) -> Repository:
    calls = 0

    def transport(operation: str, parameters: Mapping[str, Any]) -> Any:
        nonlocal calls
        calls += 1
        return behave() if calls < 40 else {"Items": [], "Attributes": {}}

    retry = Retry(attempts=2, sleep=lambda _: None)
    return Repository(transport, shop, retry=retry, clock=lambda: datetime(2026, 1, 1, tzinfo=UTC))


@given(st.sampled_from(OPERATIONS), ANSWER | JUNK)
def test_a_malformed_answer_is_an_error_of_the_engine(operation: Any, answer: Any) -> None:
    """Missing parts, wrong types, unknown tags: never a KeyError or a TypeError."""
    try:
        run(repository(lambda: answer), operation)
    except RequestError as error:
        assert str(error)


@given(st.sampled_from(OPERATIONS), FAULTS)
def test_every_fault_is_an_error_of_the_engine(operation: Any, fault: TransportError) -> None:
    """Known and unknown codes, with and without items and reasons that fit."""

    def fail() -> Any:
        raise fault

    with pytest.raises(RequestError) as caught:
        run(repository(fail), operation)
    assert str(caught.value) is not None


@pytest.mark.parametrize(
    ("operation", "answer"),
    [
        (OPERATIONS[0], {"Item": "lamp"}),
        (OPERATIONS[2], {}),
        (OPERATIONS[2], {"Items": None}),
        (OPERATIONS[2], {"Items": [None]}),
        (OPERATIONS[2], {"Items": [], "LastEvaluatedKey": "x"}),
        (OPERATIONS[6], {}),
        (OPERATIONS[5], None),
    ],
)
def test_a_missing_part_is_no_empty_answer(operation: Any, answer: Any) -> None:
    """It names the part, with the fault as its cause."""
    with raises(ServiceUnavailable, code="Unreadable", detail="the response to") as caught:
        run(repository(lambda: answer), operation)
    assert isinstance(caught.value.__cause__, TransportError)


def test_an_item_without_the_key_it_was_found_by_is_named() -> None:
    """No cursor can be made of it."""
    item = Product.key.schema.encode(product())
    answer = {"Items": [item], "LastEvaluatedKey": {"PK": {"S": "x"}}}
    with raises(
        InvalidStoredItem,
        entity="Product",
        key="PRODUCT#lamp / PRODUCT",
        problems="key attribute GSI1",
    ):
        repository(lambda: answer).fetch(OPERATIONS[2].page(1))
