"""A batch of messages: each fails or is dealt with by itself."""

from __future__ import annotations

import json
import logging
from typing import Any

import pytest

from app.core.context import current_traceparent
from app.services.jobs import Poison
from app.services.worker import handle
from model import JobId

JOB = "01JD9GZ2J0V5X7Q3M8K4T6B1RC"
ODD = [
    "",
    "{",
    "[]",
    '"a"',
    "null",
    "1",
    "{}",
    '{"jobId": null}',
    '{"jobId": ["a"]}',
    '{"jobId": "a"}',
    json.dumps({"jobid": JOB}),
]


def event(*bodies: str) -> dict[str, Any]:
    return {
        "Records": [
            {"messageId": str(at), "receiptHandle": f"r{at}", "body": body}
            for at, body in enumerate(bodies)
        ]
    }


def failed(answer: dict[str, Any]) -> list[str]:
    return [each["itemIdentifier"] for each in answer["batchItemFailures"]]


@pytest.mark.parametrize("body", ODD)
def test_a_message_that_is_about_no_job_fails_alone(
    body: str, caplog: pytest.LogCaptureFixture
) -> None:
    """The others are dealt with; the log names the message, and not what it says."""
    done = list[tuple[JobId, str]]()

    def note(job_id: JobId, receipt: str) -> None:
        done.append((job_id, receipt))

    with caplog.at_level(logging.ERROR):
        assert failed(handle(event(json.dumps({"jobId": JOB}), body), note)) == ["1"]
    assert done == [(JOB, "r0")]
    assert caplog.messages == ["message 1: it is not about a job"]


def test_a_job_that_fails_fails_its_message_alone(caplog: pytest.LogCaptureFixture) -> None:
    """Whatever it fails with."""

    def work(_job_id: JobId, _receipt: str) -> None:
        raise kinds.pop()

    kinds: list[Exception] = [Poison("unknown"), OSError("away"), KeyError("odd")]
    body = json.dumps({"jobId": JOB})
    assert failed(handle(event(body, body, body), work)) == ["0", "1", "2"]
    assert len(caplog.records) == 3


def pass_over(_job_id: JobId, _receipt: str) -> None:
    """Deals with a message by doing nothing."""


def test_an_event_without_records_is_no_failure() -> None:
    """Lambda may be tried with an empty one."""
    assert handle({}, pass_over) == {"batchItemFailures": []}


def test_a_job_is_done_in_the_trace_that_its_message_carries() -> None:
    """Each in its own, and in a new one where the message has none or an odd one."""
    sent = [f"00-{digit * 32}-{digit * 16}-01" for digit in "ab"]
    attributes = [{"traceparent": {"stringValue": each}} for each in (*sent, "odd")]
    batch = event(*[json.dumps({"jobId": JOB})] * 4)
    for record, given in zip(batch["Records"], attributes, strict=False):
        record["messageAttributes"] = given
    seen = list[str]()

    def note(_job_id: JobId, _receipt: str) -> None:
        seen.append(current_traceparent()[3:35])

    handle(batch, note)
    assert seen[:2] == ["a" * 32, "b" * 32]
    assert len({*seen}) == 4
    assert current_traceparent() == ""
