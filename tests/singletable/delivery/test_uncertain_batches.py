"""A batch of which an answer was lost: what may have been written is not said to be unwritten."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import pytest

from singletable import AsyncRepository, Repository, batch, put
from singletable.errors import BatchUnfinished, Contended, RequestError, Throttled
from singletable.errors.transport import TransportError
from singletable.inspect import Retry
from singletable.testing import Fault, faulty, leave_unprocessed, lose_answer, refuse, throttle
from singletable.transport import note_possible_writes
from tests.backends import Awaited, Backend, memory_backend
from tests.singletable.shop import product, shop

WRITE = "BatchWriteItem"
LATER = range(2, 99)
RETRY = Retry(attempts=3, sleep=lambda _: None, base=0.0)


@pytest.fixture
def db() -> Iterator[Backend]:
    with memory_backend(shop) as opened:
        yield opened


def write(db: Backend, number: int, transport: Any) -> RequestError:
    """The error of a batch of so many puts."""
    asked = batch(*(put(product(f"p{at:03}")) for at in range(number)))
    with pytest.raises(RequestError) as caught:
        Repository(transport, {shop: db.name}, retry=RETRY).write(asked)
    return caught.value


def unfinished(db: Backend, number: int, *faults: Fault) -> BatchUnfinished:
    error = write(db, number, faulty(db.transport, *faults))
    assert type(error) is BatchUnfinished
    return error


def test_what_is_left_unprocessed_after_a_lost_answer_is_uncertain(db: Backend) -> None:
    """It was carried out by the attempt before."""
    error = unfinished(db, 3, lose_answer(WRITE), leave_unprocessed(WRITE, at=LATER))
    assert (error.written, error.unwritten, set(error.uncertain)) == ("unknown", {}, {0, 1, 2})
    assert len(db.items()) == 3


class Stuck:
    """Loses the answer to the first writes, and takes two of them again; of all else it takes none.

    `end`: what happens to requests after that.
    """

    def __init__(self, db: Backend, end: TransportError | None) -> None:
        self.inner, self.end, self.seen = db.transport, end, 0

    def __call__(self, operation: str, parameters: Mapping[str, Any]) -> Mapping[str, Any]:
        ((table, asked),) = parameters["RequestItems"].items()
        if asked[0]["PutRequest"]["Item"]["PK"]["S"] == "PRODUCT#p000":
            self.seen += 1
            taken = asked if self.seen == 1 else asked[:2]
            self.inner(operation, {"RequestItems": {table: taken}})
            if self.seen == 1:
                raise TransportError("Unreachable", "the answer is lost")
            return {"UnprocessedItems": {table: asked[2:]}}
        if self.seen == 2 and self.end is not None:
            raise self.end
        return {"UnprocessedItems": {table: asked}}


@pytest.mark.parametrize("end", [None, TransportError("ThrottlingException", "no")])
def test_the_writes_of_other_requests_are_not(db: Backend, end: TransportError | None) -> None:
    """However many rounds later, and whichever requests they are in by then."""
    error = write(db, 30, Stuck(db, end))
    assert isinstance(error, BatchUnfinished)
    assert set(error.uncertain) == set(range(2, 25))
    assert set(error.unwritten) == set(range(25, 30))
    assert error.written == "yes"
    assert len(db.items()) == 25


def test_what_is_written_in_the_end_is_no_longer_uncertain(db: Backend) -> None:
    """All of it is, here, after a lost answer and one that left some of it."""
    faults = (lose_answer(WRITE), leave_unprocessed(WRITE, at=2, keep=2))
    asked = batch(*(put(product(f"p{at:03}")) for at in range(3)))
    Repository(faulty(db.transport, *faults), {shop: db.name}, retry=RETRY).write(asked)
    assert len(db.items()) == 3


def test_a_transport_that_sends_again_by_itself_says_so(db: Backend) -> None:
    """As that over boto3 does: its one answer is to a second attempt."""

    def send(operation: str, parameters: Mapping[str, Any]) -> Mapping[str, Any]:
        if not db.items():
            db.transport(operation, parameters)
            note_possible_writes()
        return {"UnprocessedItems": parameters["RequestItems"]}

    error = write(db, 3, send)
    assert isinstance(error, BatchUnfinished)
    assert (error.written, set(error.uncertain)) == ("unknown", {0, 1, 2})


def test_a_refusal_of_all_that_is_uncertain_is_the_error_that_it_is_elsewhere(db: Backend) -> None:
    """It says of all alike that nobody knows."""
    faults = (lose_answer(WRITE), leave_unprocessed(WRITE, at=2), throttle(WRITE, at=range(3, 99)))
    error = write(db, 3, faulty(db.transport, *faults))
    assert (type(error), error.written) == (Throttled, "unknown")


def test_contention_at_the_end_of_a_batch_says_what_was_written(db: Backend) -> None:
    """Its last request is sent alone, after eight that were carried out."""
    refused = refuse("TransactionConflictException", WRITE, at=range(9, 99))
    error = unfinished(db, 210, refused)
    assert set(error.unwritten) == set(range(200, 210))
    assert (error.uncertain, error.written) == ({}, "yes")
    assert len(db.items()) == 200


@pytest.mark.parametrize("number", [3, 60])
def test_contention_of_all_is_what_it_is_elsewhere(db: Backend, number: int) -> None:
    """Of one request and of several."""
    refused = refuse("TransactionConflictException", WRITE, at=range(1, 99))
    error = write(db, number, faulty(db.transport, refused))
    assert isinstance(error, Contended)
    assert (error.operation, error.attempts, error.written) == (WRITE, 3, "no")


def test_the_asynchronous_repository_says_the_same(db: Backend) -> None:
    """By the same pipeline."""
    transport = faulty(db.transport, lose_answer(WRITE), leave_unprocessed(WRITE, at=LATER))

    async def send(operation: str, parameters: Mapping[str, Any]) -> Mapping[str, Any]:
        return transport(operation, parameters)

    retry = Retry(attempts=3, base=0.0)
    repository = Awaited(AsyncRepository(send, {shop: db.name}, retry=retry))
    with pytest.raises(BatchUnfinished) as caught:
        repository.write(batch(put(product("p000"))))
    assert (caught.value.written, set(caught.value.uncertain)) == ("unknown", {0})
