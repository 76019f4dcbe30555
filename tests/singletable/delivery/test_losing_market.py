"""The newer operations over networks that lose, throttle, spoil and leave work undone, at random.

Nothing is lost, nothing doubled; an error says what became of the writes.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest

from singletable import AsyncRepository, Repository
from singletable.inspect import Retry
from singletable.testing import (
    Fault,
    chance,
    corrupt,
    delay,
    faulty,
    faulty_async,
    leave_unprocessed,
    lose_answer,
    lose_request,
    refuse,
    throttle,
)
from singletable.transport import boto3_transport
from tests.backends import START, Awaited, client_of
from tests.singletable.delivery.market import market, new_market
from tests.singletable.delivery.network import Faults, losing_proxy, memory_server
from tests.singletable.delivery.trader import Trader

pytestmark = pytest.mark.slow

PATIENCE = 0.3


def undone(seed: int) -> tuple[Fault, ...]:
    """Throttling, and batches that are done in part."""
    return (
        throttle(at=chance(0.04, seed=seed)),
        leave_unprocessed("BatchWriteItem", at=chance(0.3, seed=seed + 1), keep=3),
        leave_unprocessed("BatchGetItem", at=chance(0.3, seed=seed + 2), keep=5),
        leave_unprocessed("BatchWriteItem", at=chance(0.1, seed=seed + 3)),
        refuse("TransactionConflictException", "PutItem", at=chance(0.1, seed=seed + 4)),
    )


@pytest.fixture(autouse=True)
def at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("botocore.retries.standard.ExponentialBackoff.delay_amount", lambda *_: 0.0)


RETRY = Retry(attempts=6, sleep=lambda _: None)


@pytest.mark.parametrize(("seed", "attempts"), [(1, 3), (2, 3), (3, 1), (4, 1)])
def test_nothing_is_lost_and_nothing_doubled_on_the_wire(seed: int, attempts: int) -> None:
    """With one answer in eight lost, by a client that retries and by one that does not."""
    table, faults = new_market(), Faults(seed=seed, every=8)
    with (
        memory_server(faulty(table, *undone(seed))) as upstream,
        losing_proxy(upstream, faults, PATIENCE) as endpoint,
    ):
        client = client_of.__wrapped__(
            endpoint,
            read_timeout=PATIENCE,
            connect_timeout=5,
            retries={"mode": "standard", "total_max_attempts": attempts},
        )
        sent = list[Any]()
        client.meta.events.register("before-send.dynamodb", lambda **_: sent.append(None))
        options: Any = {"clock": lambda: START, "retry": RETRY, "cursor_secret": bytes(16)}
        trader = Trader(
            Repository(boto3_transport(client), market, **options),
            Repository(table, market, **options),
            lambda: faults.wait_for(len(sent)),
            seed,
        )
        for _ in range(60):
            trader.act()
        client.close()
    trader.check()
    lost = sum(faults.counts.values()) - faults.counts["none"]
    assert lost > len(sent) / 20


@pytest.mark.parametrize("seed", range(6))
def test_nothing_is_lost_and_nothing_doubled_by_tasks(seed: int) -> None:
    """By the asynchronous driver, whose transport fails in every way that there is."""
    table = new_market()

    async def send(operation: str, parameters: Mapping[str, Any]) -> Mapping[str, Any]:
        return table(operation, parameters)

    faults = (
        *undone(seed),
        lose_answer(at=chance(0.08, seed=seed + 5)),
        lose_request(at=chance(0.05, seed=seed + 6)),
        corrupt(at=chance(0.05, seed=seed + 7)),
        delay(0, at=chance(0.3, seed=seed + 8)),
    )
    options: Any = {"clock": lambda: START, "cursor_secret": bytes(16)}
    retry = Retry(attempts=6, base=0.0001, ceiling=0.001)
    lossy = AsyncRepository(faulty_async(send, *faults), market, retry=retry, **options)
    past = Repository(table, market, **options)
    trader = Trader(Awaited(lossy), past, lambda: None, seed)
    for _ in range(150):
        trader.act()
    trader.check()
    failed = sum(trader.outcomes[name] for name in trader.outcomes if "Service" in name)
    assert failed > 5
