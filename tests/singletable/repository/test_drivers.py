"""The pipeline says what to send and how long to wait; the drivers do it, side by side."""

from __future__ import annotations

import asyncio
import os
import threading
from collections.abc import Mapping
from contextvars import ContextVar
from typing import Any

import pytest

from singletable import AsyncRepository, Repository
from singletable.errors import AccessRefused, Contended
from singletable.inspect import Retry
from singletable.operations import Context
from singletable.repository.pipeline import Policy, Reply, Wait, execute
from singletable.transport import TransportError
from tests.singletable.raises import raises
from tests.singletable.shop import Product, Status, shop

SHARDS = 3
SHARDED = Product.catalogue.query(status=Status.LIVE).page(3)
GET = Product.key.get(product_id="lamp")
CONFLICT = TransportError("TransactionConflictException", "another's")
CALLER: ContextVar[str] = ContextVar("CALLER", default="nobody")


def test_the_pipeline_sends_nothing_and_waits_for_nobody() -> None:
    """Attempts and pauses are commands, so that a test drives it as a driver does."""
    policy = Policy(Retry(attempts=2, base=1.0, ceiling=8.0, jitter=lambda: 0.5))
    pipeline = execute(GET, Context(), policy)
    command = next(pipeline)
    assert isinstance(command, tuple)
    assert [each.operation for each in command] == ["GetItem"]
    assert pipeline.send((Reply(CONFLICT, 0.1),)) == Wait(1.0)
    assert pipeline.send(()) == command
    with pytest.raises(StopIteration) as ended:
        pipeline.send((Reply({}, 0.1),))
    assert ended.value.value is None


def test_only_what_failed_is_sent_again() -> None:
    """The answers of the other partitions are kept."""
    pipeline = execute(SHARDED, Context(), Policy(Retry(attempts=3)))
    first = next(pipeline)
    assert isinstance(first, tuple)
    assert len(first) == SHARDS
    found: Mapping[str, Any] = {"Items": []}
    replies = (Reply(found, 0), Reply(CONFLICT, 0), Reply(found, 0))
    assert isinstance(pipeline.send(replies), Wait)
    assert pipeline.send(()) == first[1:2]
    with pytest.raises(StopIteration) as ended:
        pipeline.send((Reply(found, 0),))
    assert ended.value.value.is_last


def test_the_attempts_end() -> None:
    """With the last failure as the cause."""
    pipeline = execute(GET, Context(), Policy(Retry(attempts=1)))
    next(pipeline)
    with pytest.raises(Contended) as caught:
        pipeline.send((Reply(CONFLICT, 0),))
    assert caught.value.__cause__ is CONFLICT


def test_shards_are_read_side_by_side() -> None:
    """No request is answered before all have been sent, by threads that know the caller."""
    together, callers = threading.Barrier(SHARDS, timeout=10), set[str]()

    def transport(operation: str, parameters: Mapping[str, Any]) -> Mapping[str, Any]:
        together.wait()
        callers.add(CALLER.get())
        return {"Items": []}

    CALLER.set("ada")
    assert len(Repository(transport, shop).fetch(SHARDED)) == 0
    assert callers == {"ada"}


def test_shards_are_tasks_side_by_side() -> None:
    """Likewise in one thread."""

    async def read() -> int:
        sent, all_sent = list[str](), asyncio.Event()

        async def transport(operation: str, parameters: Mapping[str, Any]) -> Mapping[str, Any]:
            sent.append(operation)
            if len(sent) == SHARDS:
                all_sent.set()
            await asyncio.wait_for(all_sent.wait(), 10)
            return {"Items": []}

        return len(await AsyncRepository(transport, shop).fetch(SHARDED))

    assert asyncio.run(read()) == 0


def test_one_failure_among_shards_is_the_answer() -> None:
    """However many others were answered; nothing is left running."""

    def transport(operation: str, parameters: Mapping[str, Any]) -> Mapping[str, Any]:
        if "2" in str(parameters["ExpressionAttributeValues"]):
            raise TransportError("AccessDeniedException", "no")
        return {"Items": []}

    with raises(AccessRefused, operation="Query", code="AccessDeniedException"):
        Repository(transport, shop).fetch(SHARDED)


@pytest.mark.skipif(not hasattr(os, "fork"), reason="the platform cannot fork")
@pytest.mark.filterwarnings("ignore:This process:DeprecationWarning")
def test_a_forked_process_has_threads_of_its_own() -> None:
    """Those of its parent are not there; a read would wait for them for ever."""
    repository = Repository(lambda _operation, _parameters: {"Items": []}, shop)
    repository.fetch(SHARDED)
    child = os.fork()
    if child == 0:
        os._exit(len(repository.fetch(SHARDED)))
    timer = threading.Timer(20, os.kill, (child, 9))
    timer.start()
    _, status = os.waitpid(child, 0)
    timer.cancel()
    assert status == 0


@pytest.mark.parametrize("operation", [GET, SHARDED], ids=["one request", "side by side"])
def test_a_stop_iteration_is_no_result(operation: Any) -> None:
    """A mock without further answers raises one; it reaches the caller as what it is."""

    def exhausted(operation: str, parameters: Mapping[str, Any]) -> Mapping[str, Any]:
        raise StopIteration("no more answers")

    with pytest.raises(StopIteration, match="no more answers"):
        Repository(exhausted, shop).fetch(operation)


def test_a_stop_iteration_does_not_end_an_iteration() -> None:
    """Whoever raises it: the items that are missing would not be missed."""

    def exhausted(operation: str, parameters: Mapping[str, Any]) -> Mapping[str, Any]:
        raise StopIteration

    with pytest.raises(RuntimeError):
        list(Repository(exhausted, shop).iterate(SHARDED))
