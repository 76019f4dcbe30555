"""A batch of which a part fails: what was written, what was not, and what is not known."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from typing import Any

import pytest

from singletable import AsyncRepository, Repository, batch, put
from singletable.errors import (
    AccessRefused,
    BatchUnfinished,
    RequestError,
    ServiceError,
    ServiceUnavailable,
    Throttled,
)
from singletable.errors.transport import TransportError
from singletable.inspect import Retry
from singletable.transport import note_possible_writes
from tests.backends import Awaited, Backend, memory_backend
from tests.singletable.delivery.lossy import LOSSES, Lossy
from tests.singletable.shop import product, shop

Parameters = Mapping[str, Any]


@pytest.fixture
def db() -> Any:
    with memory_backend(shop) as opened:
        yield opened


def repository(db: Backend, transport: Any, slept: list[float] | None = None) -> Repository:
    record = [] if slept is None else slept
    retry = Retry(attempts=3, sleep=record.append, jitter=lambda: 1.0)
    return Repository(transport, {shop: db.name}, retry=retry)


def many(number: int) -> Any:
    return batch(*(put(product(f"p{at:03}")) for at in range(number)))


def stored(db: Backend) -> set[int]:
    return {int(item["PK"]["S"].removeprefix("PRODUCT#p")) for item in db.items()}


class Unwilling:
    """Processes the first `takes` writes of every request, and leaves the others."""

    def __init__(self, db: Backend, takes: int) -> None:
        self.inner, self.takes, self.sent = db.transport, takes, list[int]()

    def __call__(self, operation: str, parameters: Parameters) -> Parameters:
        ((table, asked),) = parameters["RequestItems"].items()
        self.sent.append(len(asked))
        taken, left = asked[: self.takes], asked[self.takes :]
        if taken:
            self.inner(operation, {"RequestItems": {table: taken}})
        else:
            note_possible_writes()
        return {"UnprocessedItems": {table: left} if left else {}}


def test_what_is_left_unprocessed_is_sent_again_after_a_delay(db: Backend) -> None:
    """Until all are processed, as long as each round processes some."""
    transport, slept = Unwilling(db, takes=7), list[float]()
    repository(db, transport, slept).write(many(30))
    assert transport.sent == [25, 5, 18, 11, 4]
    assert slept == [0.1] * 3
    assert stored(db) == set(range(30))


def test_what_stays_unprocessed_is_given_up(db: Backend) -> None:
    """After a stated number of rounds, each after a longer delay; nothing was written."""
    transport, slept = Unwilling(db, takes=0), list[float]()
    with pytest.raises(BatchUnfinished) as caught:
        repository(db, transport, slept).write(many(2))
    assert caught.value.unwritten == {
        0: "Product PRODUCT#p000 / PRODUCT",
        1: "Product PRODUCT#p001 / PRODUCT",
    }
    assert (caught.value.uncertain, caught.value.asked, caught.value.written) == ({}, 2, "no")
    assert len(slept) == 8
    assert slept == sorted(slept)
    assert stored(db) == set()


def test_what_was_processed_before_is_written(db: Backend) -> None:
    """The error has the others by their position."""

    class Exhausted(Unwilling):
        def __call__(self, operation: str, parameters: Parameters) -> Parameters:
            if len(self.sent) >= 2:
                self.takes = 0
            return super().__call__(operation, parameters)

    with pytest.raises(BatchUnfinished) as caught:
        repository(db, Exhausted(db, takes=4)).write(many(30))
    assert set(caught.value.unwritten) == {*range(4, 25), 29}
    assert caught.value.written == "yes"
    assert stored(db) == set(range(30)) - set(caught.value.unwritten)


class Failing:
    """Fails each request that has this product, before or after it was carried out."""

    def __init__(self, db: Backend, product_id: str, fail: Callable[[], object], *, late: bool):
        self.db, self.key, self.fail, self.late = db, f"PRODUCT#{product_id}", fail, late
        self.sent = 0

    def __call__(self, operation: str, parameters: Parameters) -> Parameters:
        self.sent += 1
        asked = parameters["RequestItems"][self.db.name]
        keys = {each["PutRequest"]["Item"]["PK"]["S"] for each in asked}
        is_chosen = self.key in keys
        if is_chosen and not self.late:
            self.fail()
        answer = self.db.transport(operation, parameters)
        if is_chosen:
            self.fail()
        return answer


def refuse(code: str) -> Callable[[], object]:
    def fail() -> object:
        raise TransportError(code, "no")

    return fail


REFUSALS = [
    "ProvisionedThroughputExceededException",
    "ThrottlingException",
    "ValidationException",
    "AccessDeniedException",
    "ResourceNotFoundException",
    "TransactionConflictException",
]


@pytest.mark.parametrize("code", REFUSALS)
def test_one_request_of_several_that_is_refused(db: Backend, code: str) -> None:
    """Those beside it are written; what would have followed is not sent."""
    transport = Failing(db, "p060", refuse(code), late=False)
    with pytest.raises(BatchUnfinished) as caught:
        repository(db, transport).write(many(230))
    assert caught.value.written == "yes"
    assert set(caught.value.unwritten) == {*range(50, 75), *range(200, 230)}
    assert caught.value.uncertain == {}
    assert code in caught.value.reason
    assert stored(db) == set(range(230)) - set(caught.value.unwritten)


@pytest.mark.parametrize("code", ["InternalServerError", "503", "Unreachable", "Timeout"])
@pytest.mark.parametrize("late", [False, True])
def test_an_answer_that_stays_lost_leaves_its_writes_uncertain(
    db: Backend, code: str, late: bool
) -> None:
    """Whether the request was carried out is not known, and not said."""
    transport = Failing(db, "p060", refuse(code), late=late)
    with pytest.raises(BatchUnfinished) as caught:
        repository(db, transport).write(many(100))
    assert caught.value.written == "yes"
    assert caught.value.unwritten == {}
    assert set(caught.value.uncertain) == set(range(50, 75))
    assert stored(db) >= {*range(50), *range(75, 100)}


def test_a_refusal_after_a_lost_answer_stays_uncertain(db: Backend) -> None:
    """The attempt before may have been carried out."""
    codes = iter(["Unreachable", "ThrottlingException"])

    def fail() -> None:
        raise TransportError(next(codes), "no")

    transport = Failing(db, "p030", fail, late=True)
    with pytest.raises(BatchUnfinished) as caught:
        repository(db, transport).write(many(50))
    assert set(caught.value.uncertain) == set(range(25, 50))
    assert stored(db) == set(range(50))


@pytest.mark.parametrize(
    ("code", "kind", "written"),
    [
        ("ThrottlingException", Throttled, "no"),
        ("AccessDeniedException", AccessRefused, "no"),
        ("ValidationException", ServiceError, "no"),
        ("Unreachable", ServiceUnavailable, "unknown"),
    ],
)
def test_a_failure_of_all_alike_is_the_error_that_it_is_elsewhere(
    db: Backend, code: str, kind: type[RequestError], written: str
) -> None:
    """`written` says of all of them what became of them."""
    transport = Failing(db, "p003", refuse(code), late=False)
    with pytest.raises(kind) as caught:
        repository(db, transport).write(many(20))
    assert type(caught.value) is kind
    assert caught.value.written == written


@pytest.mark.parametrize("loss", LOSSES.values(), ids=LOSSES)
def test_a_lost_answer_is_asked_for_again(db: Backend, loss: Any) -> None:
    """Puts and deletions may be repeated."""
    lossy = Lossy(db.transport, loss)
    repository(db, lossy).write(many(60))
    assert stored(db) == set(range(60))


@pytest.mark.parametrize(
    "response",
    [
        [],
        {"UnprocessedItems": []},
        {"UnprocessedItems": {"shop": {}}},
        {"UnprocessedItems": {"shop": [1]}},
        {"UnprocessedItems": {"shop": [{"PutRequest": {}}]}},
        {"UnprocessedItems": {"shop": [{"DeleteRequest": {"Key": {"PK": {"S": "x"}}}}]}},
        {"UnprocessedItems": {"other": [{"PutRequest": {"Item": {}}}]}},
    ],
)
def test_an_answer_to_something_else_is_no_success(response: Any) -> None:
    """Nobody knows what was written."""
    retry = Retry(attempts=2, sleep=lambda _: None)
    repository = Repository(lambda _o, _p: response, shop, retry=retry)
    with pytest.raises(ServiceUnavailable) as caught:
        repository.write(many(3))
    assert caught.value.written == "unknown"


def test_a_batch_is_written_again_without_harm(db: Backend) -> None:
    """Whole, or what was left of it."""
    transport = Failing(db, "p030", refuse("ThrottlingException"), late=False)
    asked = many(60)
    with pytest.raises(BatchUnfinished) as caught:
        repository(db, transport).write(asked)
    left = batch(*(asked.writes[at] for at in caught.value.unwritten))
    repository(db, db.transport).write(left)
    assert stored(db) == set(range(60))
    repository(db, db.transport).write(asked)
    assert stored(db) == set(range(60))


@pytest.mark.parametrize("code", ["ThrottlingException", "Unreachable"])
def test_the_asynchronous_repository_says_the_same(db: Backend, code: str) -> None:
    """Tasks beside the one that fails come to their end."""
    transport = Failing(db, "p060", refuse(code), late=False)

    async def send(operation: str, parameters: Parameters) -> Parameters:
        await asyncio.sleep(0)
        return transport(operation, parameters)

    retry = Retry(attempts=2, base=0.001)
    repository = Awaited(AsyncRepository(send, {shop: db.name}, retry=retry))
    with pytest.raises(BatchUnfinished) as caught:
        repository.write(many(100))
    known = caught.value.unwritten if code == "ThrottlingException" else caught.value.uncertain
    assert set(known) == set(range(50, 75))
    assert caught.value.written == "yes"
    assert stored(db) == {*range(50), *range(75, 100)}
