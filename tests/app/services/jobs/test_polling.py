"""The worker of local stacks: what fails comes again, and it stops when it is told to."""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence
from threading import Event
from typing import Any, cast

import pytest

from app import worker
from app.aws.messaging import SqsQueue
from app.core.problems import Unavailable
from app.worker import poll


class Script:
    """A queue that answers as it was told, and sets `stop` at the end."""

    def __init__(self, stop: Event, *answers: Sequence[str] | None) -> None:
        self._stop, self._answers = stop, list(answers)
        self.deleted = list[str]()

    def receive(self) -> Sequence[dict[str, str]]:
        answer = self._answers.pop(0)
        if not self._answers:
            self._stop.set()
        if answer is None:
            raise Unavailable(cause="the queue of jobs: away")
        return [{"messageId": name, "receiptHandle": name} for name in answer]

    def delete(self, receipt: str) -> None:
        self.deleted.append(receipt)


def run(script: Script, stop: Event, failing: Sequence[str] = ()) -> None:
    def handle(event: Mapping[str, Any]) -> Mapping[str, Any]:
        (record,) = event["Records"]
        bad = record["messageId"] in failing
        return {"batchItemFailures": [{"itemIdentifier": record["messageId"]}] if bad else []}

    poll(cast(SqsQueue, script), handle, stop)


def test_what_is_dealt_with_is_deleted_and_what_fails_stays() -> None:
    """One after the other, until it is stopped."""
    stop = Event()
    script = Script(stop, ["a"], [], ["b"], ["c"])
    run(script, stop, failing=["b"])
    assert script.deleted == ["a", "c"]


def test_a_queue_that_goes_and_comes_is_spoken_of_once(
    caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A line when it goes, one when it comes."""
    monkeypatch.setattr(worker, "_PAUSE_SECONDS", 0.0)
    stop = Event()
    with caplog.at_level(logging.INFO, "app.jobs"):
        run(Script(stop, None, None, [], [], None, []), stop)
    away = "the queue is away: the queue of jobs: away"
    assert caplog.messages == [away, "waiting for jobs", away, "waiting for jobs"]
