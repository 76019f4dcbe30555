"""The embedded DynamoDB answers one request after the other, and other services at once."""

from __future__ import annotations

from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier, BrokenBarrierError
from typing import Any

from scripts.lib.moto_server import one_at_a_time


def met(target: str) -> list[bool]:
    """Whether each of two requests at once was beside the other."""
    barrier = Barrier(2)

    def answer(_: object, environ: dict[str, Any], start_response: object) -> Iterable[bytes]:
        try:
            barrier.wait(timeout=0.2)
        except BrokenBarrierError:
            barrier.reset()
            return [b""]
        return [b"met"]

    guarded = one_at_a_time(answer)
    environ = {"HTTP_X_AMZ_TARGET": target}
    with ThreadPoolExecutor(2) as threads:
        answers = [threads.submit(guarded, None, environ, None) for _ in range(2)]
        return [bool(b"".join(each.result())) for each in answers]


def test_dynamodb_answers_one_at_a_time() -> None:
    """No transaction sees another's steps, or puts back what another changed."""
    assert met("DynamoDB_20120810.TransactWriteItems") == [False, False]


def test_other_services_answer_at_once() -> None:
    """Whoever waits for a message keeps nobody from signing in."""
    assert met("AmazonSQS.ReceiveMessage") == [True, True]
