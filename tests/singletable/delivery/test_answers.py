"""O5 and O12: an answer is held against its question, and pages get on."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Mapping
from typing import Any

import pytest

from singletable import Repository, create, put
from singletable.errors import RequestLimitReached, ServiceUnavailable
from singletable.errors.transport import TransportError
from singletable.inspect import Retry
from tests.conftest import OpenBackend
from tests.singletable.shop import Line, Product, Status, line, product, shop

GET = Product.key.get(product_id="lamp")
LINES = Line.key.query(order_id="o1")
TRIES = 3


class Mixed:
    """Answers another's question so often, then its own."""

    def __init__(self, inner: Any, question: tuple[str, Any], times: int = 10**9) -> None:
        self.inner, self.question, self.left = inner, question, times
        self.asked = list[str]()

    def __call__(self, operation: str, parameters: Mapping[str, Any]) -> Mapping[str, Any]:
        self.asked.append(operation)
        if operation == self.question[0] and self.left:
            self.left -= 1
            return self.inner(operation, {**parameters, **self.question[1]})
        return self.inner(operation, parameters)


OTHERS: dict[str, tuple[Any, tuple[str, Any]]] = {
    "get": (GET, ("GetItem", {"Key": {"PK": {"S": "PRODUCT#desk"}, "SK": {"S": "PRODUCT"}}})),
    "get of the same partition": (
        Line.key.get(order_id="o1", line_no=1),
        ("GetItem", {"Key": {"PK": {"S": "ORDER#o1"}, "SK": {"S": "LINE#0002"}}}),
    ),
    "query": (
        LINES,
        ("Query", {"ExpressionAttributeValues": {":PK": {"S": "ORDER#o2"}, ":SK": {"S": "LINE#"}}}),
    ),
    "query of an index": (
        Product.by_shelf.query(shelf="a"),
        ("Query", {"ExpressionAttributeValues": {":GSI1PK": {"S": "SHELF#b"}}}),
    ),
    "query of an index on a field": (
        Product.by_brand.query(brand="x"),
        ("Query", {"ExpressionAttributeValues": {":brand": {"S": "y"}}}),
    ),
    "first": (
        LINES.first(),
        ("Query", {"ExpressionAttributeValues": {":PK": {"S": "ORDER#o2"}, ":SK": {"S": "LINE#"}}}),
    ),
    "patch": (
        Product.key.patch(product_id="lamp").set(note="n"),
        ("UpdateItem", {"Key": {"PK": {"S": "PRODUCT#desk"}, "SK": {"S": "PRODUCT"}}}),
    ),
}


def asking(open_backend: OpenBackend, question: tuple[str, Any], times: int) -> tuple[Any, Mixed]:
    db = open_backend(shop)
    for each in (
        product("lamp", shelf="a", brand="x"),
        product("desk", shelf="b", brand="y"),
        *(line(number, order) for number in (1, 2) for order in ("o1", "o2")),
    ):
        db.repository.write(create(each))
    mixed = Mixed(db.transport, question, times)
    db.transport = mixed
    return db.another(retry=Retry(TRIES, sleep=lambda _: None, base=0.001)), mixed


@pytest.mark.parametrize("kind", OTHERS)
def test_an_answer_to_another_question_is_asked_again(open_backend: OpenBackend, kind: str) -> None:
    """Twice another's, then its own."""
    operation, question = OTHERS[kind]
    repository, mixed = asking(open_backend, question, times=2)
    run = repository.write if kind == "patch" else repository.fetch
    found = run(operation)
    items = found.items if hasattr(found, "items") else (found,)
    assert {getattr(each, "product_id", None) or each.order_id for each in items} <= {"lamp", "o1"}
    assert len(mixed.asked) == TRIES


@pytest.mark.parametrize("kind", OTHERS)
def test_answers_to_other_questions_end_in_an_error(open_backend: OpenBackend, kind: str) -> None:
    """After the attempts there are; the item of another is never returned."""
    operation, question = OTHERS[kind]
    repository, mixed = asking(open_backend, question, times=10**9)
    run = repository.write if kind == "patch" else repository.fetch
    with pytest.raises(ServiceUnavailable) as caught:
        run(operation)
    assert (caught.value.code, len(mixed.asked)) == ("Mismatched", TRIES)
    assert caught.value.written == ("unknown" if kind == "patch" else "no")


def test_a_count_is_not_asked_again(open_backend: OpenBackend) -> None:
    """Who knows whose answer it was."""
    repository, mixed = asking(open_backend, OTHERS["patch"][1], times=1)
    with pytest.raises(ServiceUnavailable) as caught:
        repository.write(Product.key.patch(product_id="lamp").add(stock=1))
    assert (caught.value.written, mixed.asked) == ("unknown", ["UpdateItem"])


def test_a_refusal_that_shows_another_item_is_none() -> None:
    """It is the answer to another's write."""
    other = {"PK": {"S": "PRODUCT#desk"}, "SK": {"S": "PRODUCT"}, "entity": {"S": "Product"}}

    def transport(operation: str, parameters: Mapping[str, Any]) -> Mapping[str, Any]:
        raise TransportError("ConditionalCheckFailedException", "no", other)

    repository = Repository(transport, shop, retry=Retry(2, sleep=lambda _: None))
    with pytest.raises(ServiceUnavailable) as caught:
        repository.write(Product.key.patch(product_id="lamp").set(name="x"))
    assert (caught.value.code, caught.value.written) == ("Mismatched", "unknown")


def test_a_number_is_the_same_in_another_spelling() -> None:
    """`1.0` is the answer to `1`."""
    from singletable.operations import Request
    from singletable.repository.responses import check_response

    request = Request("GetItem", {"Key": {"n": {"N": "1"}}})
    check_response(request, {"Item": {"n": {"N": "1.0"}}})
    with pytest.raises(TransportError) as caught:
        check_response(request, {"Item": {"n": {"N": "1.1"}}})
    assert caught.value.code == "Mismatched"


def end(number: int) -> dict[str, Any]:
    return {"PK": {"S": "ORDER#o1"}, "SK": {"S": f"LINE#{number:04}"}}


ENDLESS: dict[str, Callable[[], Any]] = {
    "one key": lambda: itertools.repeat(end(1)),
    "two keys": lambda: itertools.cycle([end(1), end(2)]),
    "three keys": lambda: itertools.cycle([end(1), end(2), end(3)]),
}


@pytest.mark.parametrize("kind", ENDLESS)
@pytest.mark.parametrize(
    "read",
    [LINES, LINES.page(3), Product.catalogue.query(status=Status.LIVE)],
    ids=["query", "page", "shards"],
)
def test_pages_that_do_not_get_on_are_an_error(read: Any, kind: str) -> None:
    """A transport that repeats empty pages would be asked for ever."""
    ends, asked = ENDLESS[kind](), list[str]()

    def transport(operation: str, parameters: Mapping[str, Any]) -> Mapping[str, Any]:
        asked.append(operation)
        assert len(asked) < 20
        return {"Items": [], "LastEvaluatedKey": next(ends)}

    with pytest.raises(ServiceUnavailable) as caught:
        Repository(transport, shop).fetch(read)
    assert (caught.value.code, caught.value.written) == ("Unreadable", "no")


def test_a_cursor_may_lead_to_where_it_was_once_before(open_backend: OpenBackend) -> None:
    """Each page is an operation of its own; nothing is remembered between them."""
    db = open_backend(shop)
    for number in range(1, 6):
        db.repository.write(put(line(number)))
    for _ in range(2):
        first = db.repository.fetch(LINES.page(2))
        assert len(db.repository.fetch(LINES.page(2, first.cursor))) == 2


def test_a_filter_that_finds_nothing_still_ends_at_its_bound() -> None:
    """With pages that get on, it is the limit on requests that ends it."""
    ends = map(end, itertools.count(1))
    repository = Repository(lambda *_: {"Items": [], "LastEvaluatedKey": next(ends)}, shop)
    with pytest.raises(RequestLimitReached):
        repository.fetch(LINES.max_requests(5).first())
