"""B1 and B2: keys that are asked for once, and what DynamoDB leaves unprocessed again and again."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest

from singletable import AsyncRepository, Repository, batch, clear, put
from singletable.errors import BatchUnfinished, Unprocessed
from singletable.inspect import Context, Retry
from singletable.testing import faulty, faulty_async, leave_unprocessed
from singletable.transport import boto3_transport
from tests.backends import Awaited, client_of
from tests.singletable.delivery.market import Good, good, market, new_market
from tests.singletable.stub_server import answer, error, stub_server

ENDLESS: dict[str, Any] = {
    "a batch": batch(*(put(good(at)) for at in range(60))),
    "a deletion of all": clear(Good.key.query(stall="s")),
    "a batch get": Good.key.get_each(stall="s", number=range(130)),
    "hydrated": Good.listed.query().hydrated(),
}


@pytest.mark.parametrize("drive", ["threads", "tasks"])
@pytest.mark.parametrize("kept", [0, 2])
@pytest.mark.parametrize("case", ENDLESS)
def test_what_is_left_for_ever_ends_with_what_is_left(case: str, kept: int, drive: str) -> None:
    """After waits that grow at random; as long as some is done, it goes on to the end."""
    table, slept = new_market(), list[float]()
    past = Repository(table, market)
    past.write(batch(*(put(good(at)) for at in range(60))))
    always = leave_unprocessed(at=lambda _: True, keep=kept)
    lossy: Any
    if drive == "threads":
        retry = Retry(sleep=slept.append, jitter=lambda: 1.0)
        lossy = Repository(faulty(table, always), market, retry=retry)
    else:

        async def send(operation: str, parameters: Mapping[str, Any]) -> Mapping[str, Any]:
            return table(operation, parameters)

        retry = Retry(base=0.00001, ceiling=0.0001, jitter=lambda: slept.append(1.0) or 1.0)
        lossy = Awaited(AsyncRepository(faulty_async(send, always), market, retry=retry))
    is_write = case.startswith("a ") and "get" not in case
    act = lossy.write if is_write else lossy.fetch
    if kept:
        act(ENDLESS[case])
        assert 5 < len(slept) < 70
        assert len(past.fetch(Good.key.query(stall="s"))) == (0 if "deletion" in case else 60)
        return
    with pytest.raises((BatchUnfinished, Unprocessed)) as caught:
        act(ENDLESS[case])
    assert caught.value.written == "no"
    assert len(slept) == 8
    assert slept == sorted(slept)
    left = caught.value.unwritten if is_write else caught.value.keys  # type: ignore[attr-defined]
    assert len(left) == {"a batch get": 130}.get(case, 60)
    assert len(past.fetch(Good.key.query(stall="s"))) == 60


def test_b2_delays_grow_and_are_spread_at_random() -> None:
    """Full jitter: from nothing up to a bound that doubles, and has a ceiling."""
    retry = Retry(base=0.05, ceiling=1.0)
    for attempt in range(1, 12):
        bound = min(1.0, 0.05 * 2**attempt)
        delays = [retry.delay(attempt) for _ in range(400)]
        assert all(0 <= each <= bound for each in delays)
        assert min(delays) < bound / 10
        assert max(delays) > bound * 0.9


def test_b1_a_key_is_asked_for_once_by_all_of_it() -> None:
    """However often it is given; keys whose texts put together are equal are different keys."""
    table, asked = new_market(), list[Any]()

    def counting(operation: str, parameters: Mapping[str, Any]) -> Mapping[str, Any]:
        if operation == "BatchGetItem":
            asked.append(parameters["RequestItems"]["market"]["Keys"])
        return table(operation, parameters)

    repository = Repository(counting, market)
    repository.write(batch(put(good(1)), put(good(1, stall="s2")), put(good(21, stall="s"))))
    stalls, numbers = ["s", "s2", "s", "s", "s2"], [1, 1, 21, 1, 1]
    found = repository.fetch(Good.key.get_each(stall=stalls, number=numbers))
    assert [(each.stall, each.number) for each in found if each] == list(
        zip(stalls, numbers, strict=True)
    )
    assert [len(keys) for keys in asked] == [3]


TWO = batch(put(good(1)), put(good(2)))


def test_the_clients_own_attempts_count(monkeypatch: pytest.MonkeyPatch) -> None:
    """botocore had no answer to the first one either, and says nothing of it."""
    monkeypatch.setattr("botocore.retries.standard.ExponentialBackoff.delay_amount", lambda *_: 0.0)
    (request,) = TWO.requests(Context())
    left = {"market": request.parameters["RequestItems"]["market"][1:]}
    with stub_server() as stub:
        stub.will(
            error("InternalServerError", "oops", status=500),
            answer({"UnprocessedItems": left}),
            error("ProvisionedThroughputExceededException", "too fast"),
        )
        client = client_of.__wrapped__(stub.endpoint)
        repository = Repository(boto3_transport(client), market)
        with pytest.raises(BatchUnfinished) as caught:
            repository.write(TWO)
        client.close()
    assert (caught.value.unwritten, set(caught.value.uncertain)) == ({}, {1})
    assert caught.value.written == "yes"
