"""Many items by their keys, in the caller's order."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any

import pytest

from singletable import BatchGet, Repository, access_pattern, create
from singletable.design.compile import result_type
from singletable.design.compile_operations import compile_operation
from singletable.errors import (
    InvalidOperation,
    InvalidPattern,
    ServiceUnavailable,
    UnplannedOperation,
    Unprocessed,
)
from singletable.inspect import Retry, question
from singletable.operations import Context
from tests.backends import START, Backend
from tests.conftest import OpenBackend
from tests.singletable.raises import raises
from tests.singletable.shop import Coupon, Line, Product, line, product, shop


@access_pattern
def products(ids: Sequence[str]) -> BatchGet[Product]:
    """Products of a cart."""
    return Product.key.get_each(product_id=ids)


@access_pattern
def lines(order_id: str, numbers: list[int]) -> BatchGet[Line]:
    """Some lines of one order."""
    return Line.key.get_each(order_id=order_id, line_no=numbers).consistent()


@pytest.fixture
def db(open_backend: OpenBackend) -> Backend:
    opened = open_backend(shop)
    for number in range(230):
        opened.repository.write(create(product(f"p{number}")))
    for number in (1, 2, 3):
        opened.repository.write(create(line(number)))
    return opened


def test_each_is_answered_in_its_place(db: Backend) -> None:
    """None where there is none; the same key twice is the same item twice."""
    found = db.repository.fetch(products(["p7", "missing", "p3", "p7"]))
    assert [each and each.product_id for each in found] == ["p7", None, "p3", "p7"]
    assert db.repository.fetch(products([])) == ()
    wanted = [3, 9, 1]
    found_lines = db.repository.fetch(lines("o1", wanted))
    assert [each and each.line_no for each in found_lines] == [3, None, 1]


def test_hundreds_are_asked_side_by_side(db: Backend) -> None:
    """A hundred in each request."""
    asked = [f"p{number}" for number in range(229, -1, -1)]
    requests = products(asked).requests(Context(None, START))
    sizes = [len(each.parameters["RequestItems"]["shop"]["Keys"]) for each in requests]
    assert sizes == [100, 100, 30]
    found = db.repository.fetch(products(asked))
    assert [each and each.product_id for each in found] == asked


class Unwilling:
    """Leaves keys unprocessed: of every request, all behind the first `takes`."""

    def __init__(self, db: Backend, takes: int) -> None:
        self.inner, self.takes, self.sent = db.transport, takes, list[int]()

    def __call__(self, operation: str, parameters: Mapping[str, Any]) -> Mapping[str, Any]:
        if operation != "BatchGetItem":
            return self.inner(operation, parameters)
        ((table, part),) = parameters["RequestItems"].items()
        self.sent.append(len(part["Keys"]))
        taken, left = part["Keys"][: self.takes], part["Keys"][self.takes :]
        answered: Mapping[str, Any] = {"Responses": {table: []}}
        if taken:
            asked = {**parameters, "RequestItems": {table: {**part, "Keys": taken}}}
            answered = self.inner(operation, asked)
        again = {table: {**part, "Keys": left}} if left else {}
        return {**answered, "UnprocessedKeys": again}


def opened(db: Backend, transport: Any, slept: list[float]) -> Repository:
    retry = Retry(sleep=slept.append, jitter=lambda: 1.0)
    return Repository(transport, {shop: db.name}, retry=retry)


@pytest.fixture
def sync_db(open_moto: OpenBackend) -> Backend:
    opened = open_moto(shop)
    for number in range(30):
        opened.repository.write(create(product(f"p{number}")))
    return opened


def test_what_is_left_unprocessed_is_asked_again_after_a_delay(sync_db: Backend) -> None:
    """Until all are processed; each item once."""
    transport, slept = Unwilling(sync_db, takes=7), list[float]()
    asked = [f"p{number}" for number in range(30)]
    found = opened(sync_db, transport, slept).fetch(products(asked))
    assert [each and each.product_id for each in found] == asked
    assert transport.sent == [30, 23, 16, 9, 2]
    assert slept == [0.1] * 4


def test_what_stays_unprocessed_is_given_up_with_its_keys(sync_db: Backend) -> None:
    """After a stated number of rounds, each after a longer delay."""
    transport, slept = Unwilling(sync_db, takes=0), list[float]()
    with pytest.raises(Unprocessed) as caught:
        opened(sync_db, transport, slept).fetch(products(["p1", "p2"]))
    assert caught.value.keys == ("PRODUCT#p1 / PRODUCT", "PRODUCT#p2 / PRODUCT")
    assert (caught.value.operation, caught.value.asked) == ("Product.key", 2)
    assert caught.value.written == "no"
    assert len(slept) == 8
    assert slept == sorted(slept)


@pytest.mark.parametrize(
    "response",
    [
        {},
        {"Responses": []},
        {"Responses": {"shop": {}}},
        {"Responses": {"shop": [{"PK": {"S": "PRODUCT#p1"}}]}},
        {"Responses": {"shop": []}, "UnprocessedKeys": {"shop": {"Keys": [{}]}}},
        {"Responses": {"shop": []}, "UnprocessedKeys": [1]},
    ],
)
def test_a_malformed_answer_is_an_error(response: Any) -> None:
    """And no missing item."""
    repository = Repository(lambda _o, _p: response, shop)
    with pytest.raises(ServiceUnavailable):
        repository.fetch(products(["p1"]))


def test_expired_items_are_read_as_none(db: Backend) -> None:
    """Where that is asked for."""
    for name, end in (("old", START - timedelta(days=1)), ("new", START + timedelta(days=1))):
        db.repository.write(create(Coupon(coupon_id=name, expires_at=end)))
    asked = Coupon.key.get_each(coupon_id=["old", "new"])
    found = db.repository.fetch(asked)
    assert [each and each.coupon_id for each in found] == ["old", "new"]
    found = db.repository.fetch(asked.excluding_expired())
    assert [each and each.coupon_id for each in found] == [None, "new"]
    with pytest.raises(InvalidOperation):
        products(["p1"]).excluding_expired()


@pytest.mark.parametrize(
    ("ask", "declared"),
    [
        (lambda: Product.key.get_each(product_id="p1"), "no field that has several values"),
        (lambda: Line.key.get_each(order_id=["a"], line_no=[1, 2]), "1 of order_id, 2 of line_no"),
    ],
)
def test_sequences_of_one_length_are_needed(ask: Any, declared: str) -> None:
    """Or it is not known which item is meant."""
    with pytest.raises(InvalidOperation) as caught:
        ask()
    assert caught.value.declared == declared


def test_keys_are_checked_as_those_of_a_get() -> None:
    """By name, on the primary index, by the field's type."""
    with raises(
        InvalidOperation,
        where="Product.key",
        declared="nothing given",
        allowed="exactly product_id",
    ):
        Product.key.get_each(nothing=["x"])


def test_a_pattern_of_another_element_type_does_not_import() -> None:
    """As one value of another type does not."""
    with pytest.raises(Exception) as caught:

        @access_pattern
        def wrong(order_id: str, numbers: list[str]) -> BatchGet[Line]:
            """Numbers that are text."""
            return Line.key.get_each(order_id=order_id, line_no=numbers)

    assert "line_no is int" in str(caught.value)
    assert not isinstance(caught.value, InvalidPattern)


def other_item(key: str) -> dict[str, Any]:
    return {"PK": {"S": key}, "SK": {"S": "PRODUCT"}, "entity": {"S": "Product"}}


@pytest.mark.parametrize(
    "response",
    [
        {"Responses": {"shop": [other_item("PRODUCT#p9")]}},
        {"Responses": {"other": [other_item("PRODUCT#p1")]}},
        {"Responses": {"shop": [{**other_item("PRODUCT#p1"), "PK": {"B": b"PRODUCT#p1"}}]}},
        {"Responses": {"shop": [{**other_item("PRODUCT#p1"), "PK": {"L": [{"S": "p"}]}}]}},
        {
            "Responses": {},
            "UnprocessedKeys": {"shop": {"Keys": [{"PK": {"S": "X"}, "SK": {"S": "Y"}}]}},
        },
    ],
)
def test_an_answer_about_other_items_is_an_error(response: Any) -> None:
    """And no missing item."""
    with pytest.raises(ServiceUnavailable) as caught:
        Repository(lambda _o, _p: response, shop).fetch(products(["p1"]))
    assert caught.value.code == "Mismatched"


@pytest.mark.parametrize(
    "ask",
    [
        lambda: Product.key.get_each(nothing=[]),
        lambda: Line.key.get_each(line_no=[]),
        lambda: Product.by_shelf.get_each(product_id=[]),
    ],
)
def test_no_keys_are_checked_as_one_is(ask: Any) -> None:
    """By the names of the fields, and the index."""
    with pytest.raises(InvalidOperation):
        ask()


def test_a_cache_key_holds_the_place_of_each() -> None:
    """A request has each key once, wherever it stands in the answer."""
    asked = [products(ids) for ids in (["a", "b"], ["b", "a"], ["a", "b", "a"], ["a", "b", "b"])]
    assert len({question(each) for each in asked}) == 4


def test_documents_show_what_is_answered() -> None:
    """The result, and a key condition even where there is no key."""
    assert result_type(BatchGet[Product]) == "tuple[Product | None, ...]"
    (read,) = compile_operation(Product.key.get_each(product_id=[])).reads
    assert read.conditions == ()


def test_a_constant_key_is_one_key() -> None:
    """Only an argument stands for any number."""

    @access_pattern
    def first() -> BatchGet[Product]:
        """The first product."""
        return Product.key.get_each(product_id=list(wanted))

    wanted.append("p2")
    with pytest.raises(UnplannedOperation):
        first()


wanted = ["p1"]
