"""Several items as they were at one moment."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

import pytest

from singletable import Repository, Snapshot, access_pattern, create, snapshot
from singletable.design.compile_operations import compile_operation
from singletable.errors import Contended, InvalidOperation, InvalidPattern, ServiceUnavailable
from singletable.inspect import Retry
from singletable.operations import Context
from singletable.transport import CancellationReason, TransportError
from tests.backends import START, Backend
from tests.conftest import OpenBackend
from tests.singletable.raises import raises
from tests.singletable.shop import Coupon, Line, Product, line, product, shop


@access_pattern
def offer(product_id: str, order_id: str) -> Snapshot[tuple[Product | None, Line | None]]:
    """A product, and the first line of an order."""
    return snapshot(
        Product.key.get(product_id=product_id), Line.key.get(order_id=order_id, line_no=1)
    )


@pytest.fixture
def db(open_backend: OpenBackend) -> Backend:
    opened = open_backend(shop)
    for entity in (product("lamp"), line(1)):
        opened.repository.write(create(entity))
    return opened


def test_each_item_is_answered_in_its_place(db: Backend) -> None:
    """None where there is none."""
    lamp, first = db.repository.fetch(offer("lamp", "o1"))
    assert lamp and lamp.product_id == "lamp"
    assert first and first.line_no == 1
    assert db.repository.fetch(offer("missing", "o1"))[0] is None
    assert db.repository.fetch(offer("missing", "o9")) == (None, None)


def test_it_is_one_transaction() -> None:
    """With one part for each item."""
    (request,) = offer("lamp", "o1").requests(Context(None, START))
    assert request.operation == "TransactGetItems"
    assert [list(part) for part in request.parameters["TransactItems"]] == [["Get"], ["Get"]]
    assert [read.keys for read in compile_operation(offer("lamp", "o1")).reads] == [
        ("Product.key",),
        ("Line.key",),
    ]


def test_expired_items_are_left_out_where_their_get_says_so(db: Backend) -> None:
    """As that get alone."""
    db.repository.write(create(Coupon(coupon_id="old", expires_at=START - timedelta(days=1))))
    old = Coupon.key.get(coupon_id="old")
    lamp = Product.key.get(product_id="lamp")
    found = db.repository.fetch(snapshot(lamp, old))
    assert [each is None for each in found] == [False, False]
    found = db.repository.fetch(snapshot(lamp, old.excluding_expired()))
    assert [each is None for each in found] == [False, True]


def test_the_same_item_twice_is_refused(db: Backend) -> None:
    """As DynamoDB would, before anything is sent."""
    lamp = Product.key.get(product_id="lamp")
    with raises(
        InvalidOperation,
        where="snapshot",
        declared="Product.key PRODUCT#lamp / PRODUCT twice",
        allowed="each item once",
    ):
        db.repository.fetch(snapshot(lamp, lamp))


@pytest.mark.parametrize("given", [(), ("x",), (Product.key.patch(product_id="a"),)])
def test_only_gets_are_taken(given: Any) -> None:
    """One to a hundred of them."""
    with pytest.raises(InvalidOperation) as caught:
        snapshot(*given)
    assert caught.value.where == "snapshot"


def test_contention_is_retried_and_then_named() -> None:
    """A writer of one of the items may be in its transaction."""
    sent = list[str]()

    def busy(operation: str, parameters: Mapping[str, Any]) -> Mapping[str, Any]:
        sent.append(operation)
        reasons = (CancellationReason("TransactionConflict"), CancellationReason("None"))
        raise TransportError("TransactionCanceledException", "", reasons=reasons)

    retry = Retry(attempts=3, sleep=lambda _: None)
    with pytest.raises(Contended) as caught:
        Repository(busy, shop, retry=retry).fetch(offer("lamp", "o1"))
    assert (caught.value.attempts, caught.value.written) == (3, "no")
    assert len(sent) == 3


@pytest.mark.parametrize(
    "response",
    [
        {},
        {"Responses": [{}]},
        {"Responses": [{}, 1]},
        {"Responses": [{"Item": {"PK": {"S": "PRODUCT#other"}, "SK": {"S": "PRODUCT"}}}, {}]},
    ],
)
def test_a_malformed_answer_is_an_error(response: Any) -> None:
    """Also one that is about another item."""
    with pytest.raises(ServiceUnavailable):
        Repository(lambda _o, _p: response, shop).fetch(offer("lamp", "o1"))


def test_a_pattern_names_what_each_answer_is() -> None:
    """In the order of the gets."""
    with pytest.raises(InvalidPattern) as caught:

        @access_pattern
        def wrong(product_id: str) -> Snapshot[tuple[Line | None, Product | None]]:
            """The wrong way round."""
            lamp, first = Product.key.get(product_id=product_id), Line.key
            return snapshot(lamp, first.get(order_id="o", line_no=1))  # type: ignore[return-value]

    assert caught.value.allowed == "the annotation Snapshot[tuple[None | Product, Line | None]]"
