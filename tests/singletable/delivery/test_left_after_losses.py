"""What is left unprocessed by an answer, where the one before it was lost, may be written."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any

import pytest

from singletable import Repository, batch, put
from singletable.errors import BatchUnfinished, RequestError, Throttled
from singletable.errors.transport import TransportError
from singletable.inspect import Context, Retry
from singletable.transport import Transport, boto3_transport, note_possible_writes
from tests.backends import START, Backend, client_of, memory_backend
from tests.singletable.shop import product, shop
from tests.singletable.stub_server import answer, error, stub_server

Parameters = Mapping[str, Any]
THROTTLED = "ProvisionedThroughputExceededException"


@pytest.fixture
def db() -> Iterator[Backend]:
    with memory_backend(shop) as opened:
        yield opened


def many(number: int) -> Any:
    return batch(*(put(product(f"p{at:03}")) for at in range(number)))


def stored(db: Backend) -> set[int]:
    return {int(item["PK"]["S"].removeprefix("PRODUCT#p")) for item in db.items()}


def losing(db: Backend, *, carried_out: bool, end: Callable[[Parameters], Parameters]) -> Transport:
    """Loses the first answer to the last request of a batch, leaves all of it, and then ends so."""
    seen = list[object]()

    def send(operation: str, parameters: Parameters) -> Parameters:
        asked = parameters["RequestItems"][db.name]
        if "p025" not in str(asked):
            return db.transport(operation, parameters)
        seen.append(asked)
        if len(seen) > 2:
            return end(parameters)
        if len(seen) == 2:
            return {"UnprocessedItems": parameters["RequestItems"]}
        if carried_out:
            db.transport(operation, parameters)
        else:
            note_possible_writes()
        raise TransportError("Unreachable", "the answer is lost")

    return send


def throttle(_: Parameters) -> Parameters:
    raise TransportError(THROTTLED, "too fast")


def leave(parameters: Parameters) -> Parameters:
    return {"UnprocessedItems": parameters["RequestItems"]}


@pytest.mark.parametrize("carried_out", [True, False])
@pytest.mark.parametrize("end", [throttle, leave])
def test_it_is_uncertain(
    db: Backend, carried_out: bool, end: Callable[[Parameters], Parameters]
) -> None:
    """Whether it was given up, or refused in a later request; what was answered is written."""
    transport = losing(db, carried_out=carried_out, end=end)
    repository = Repository(transport, {shop: db.name}, retry=Retry(sleep=lambda _: None))
    with pytest.raises(BatchUnfinished) as caught:
        repository.write(many(30))
    assert (caught.value.unwritten, caught.value.written) == ({}, "yes")
    assert set(caught.value.uncertain) == set(range(25, 30))
    assert stored(db) == set(range(30 if carried_out else 25))


@pytest.mark.parametrize("end", [throttle, leave])
def test_of_all_of_a_batch_nothing_is_known(
    db: Backend, end: Callable[[Parameters], Parameters]
) -> None:
    """It is the error that it is elsewhere, or has all of them."""
    asked = batch(*(put(product(f"p{at:03}")) for at in (25, 26)))
    transport = losing(db, carried_out=True, end=end)
    repository = Repository(transport, {shop: db.name}, retry=Retry(sleep=lambda _: None))
    with pytest.raises(RequestError) as caught:
        repository.write(asked)
    assert caught.value.written == "unknown"
    if isinstance(caught.value, BatchUnfinished):
        assert (caught.value.unwritten, set(caught.value.uncertain)) == ({}, {0, 1})
    else:
        assert type(caught.value) is Throttled


def test_what_is_written_after_all_is_written(db: Backend) -> None:
    """The next request of it is answered."""
    transport = losing(
        db, carried_out=False, end=lambda asked: db.transport("BatchWriteItem", asked)
    )
    Repository(transport, {shop: db.name}, retry=Retry(sleep=lambda _: None)).write(many(30))
    assert stored(db) == set(range(30))


def test_the_clients_own_attempts_count(monkeypatch: pytest.MonkeyPatch) -> None:
    """botocore had no answer to the first one either, and says nothing of it."""
    monkeypatch.setattr("botocore.retries.standard.ExponentialBackoff.delay_amount", lambda *_: 0.0)
    (request,) = many(2).requests(Context(None, START))
    left = {"shop": request.parameters["RequestItems"]["shop"][1:]}
    with stub_server() as stub:
        stub.will(
            error("InternalServerError", "oops", status=500),
            answer({"UnprocessedItems": left}),
            error(THROTTLED, "too fast"),
        )
        client = client_of.__wrapped__(stub.endpoint)
        repository = Repository(boto3_transport(client), shop, clock=lambda: START)
        with pytest.raises(BatchUnfinished) as caught:
            repository.write(many(2))
        client.close()
    assert (caught.value.unwritten, set(caught.value.uncertain)) == ({}, {1})
    assert caught.value.written == "yes"
