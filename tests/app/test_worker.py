"""The worker's entrances: built when they are asked for, stopped by a signal."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from moto import mock_aws

import app.processes
import app.worker
from app.worker import SPARE_MILLISECONDS
from tests.app.api.v1.jobs.steps import sqs_client
from tests.app.api.v1.media.steps import s3_server

ROOT = Path(__file__).parents[2]
NOBODY = "http://127.0.0.1:9"
LOCAL = {
    "APP_ENV": "local",
    "TABLE_NAME": "blog",
    "AWS_REGION": "us-east-1",
    **{f"{name}_ENDPOINT": NOBODY for name in ("DYNAMODB", "S3", "SQS")},
}


class Remaining:
    def __init__(self, milliseconds: int) -> None:
        self._milliseconds = milliseconds

    def get_remaining_time_in_millis(self) -> int:
        return self._milliseconds


def test_importing_it_configures_nothing() -> None:
    """And there is nothing in it but what it says."""
    with pytest.raises(AttributeError, match="nothing_such"):
        _ = app.worker.nothing_such  # type: ignore[attr-defined]


def test_the_handler_answers_as_lambda_wants_it(monkeypatch: pytest.MonkeyPatch) -> None:
    """A message that is about nothing fails alone; an empty event is none."""
    told = LOCAL | {"JOBS_QUEUE_URL": f"{NOBODY}/1/jobs", "MEDIA_BUCKET": "files"}
    for name, value in told.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setattr(app.processes, "configure_logging", lambda _: None)
    app.worker._made.cache_clear()
    with mock_aws():
        handler = app.worker.handler
        odd = {"Records": [{"messageId": "m", "body": "?"}]}
        failed = {"batchItemFailures": [{"itemIdentifier": "m"}]}
        assert handler(odd, Remaining(SPARE_MILLISECONDS)) == failed
        assert handler({"Records": []}, Remaining(0)) == {"batchItemFailures": []}
    app.worker._made.cache_clear()


@pytest.mark.parametrize("milliseconds", [0, SPARE_MILLISECONDS - 1, SPARE_MILLISECONDS])
def test_time_is_over_when_too_little_is_left(milliseconds: int) -> None:
    """Half a minute is left for what is in hand."""
    late = app.worker._is_late(Remaining(milliseconds))
    assert late is (milliseconds < SPARE_MILLISECONDS)


def started(**settings: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-m", "app.worker"],
        cwd=ROOT,
        env={"PATH": os.environ["PATH"], **LOCAL, **settings},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def test_a_worker_without_a_queue_says_what_it_needs() -> None:
    """And ends."""
    with started() as process:
        _, words = process.communicate(timeout=60)
    assert process.returncode == 1
    assert words == "A worker needs JOBS_QUEUE_URL and MEDIA_BUCKET.\n"


@pytest.mark.slow
@pytest.mark.parametrize("how", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_ends_it_cleanly(how: signal.Signals) -> None:
    """Within the seconds that it waits for a message, with no complaint."""
    with s3_server() as endpoint:
        url = sqs_client(endpoint).create_queue(QueueName="jobs")["QueueUrl"]
        with started(JOBS_QUEUE_URL=url, SQS_ENDPOINT=endpoint, MEDIA_BUCKET="files") as process:
            assert process.stdout is not None
            for line in process.stdout:
                if "waiting for jobs" in line:
                    break
            began = time.monotonic()
            process.send_signal(how)
            _, words = process.communicate(timeout=60)
    assert (process.returncode, words) == (0, "")
    assert time.monotonic() - began < 20
