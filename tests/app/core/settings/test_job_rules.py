"""Settings of exports and imports that contradict each other are refused."""

from __future__ import annotations

from typing import Any

import pytest

from app.core.settings import Settings
from app.core.settings_base import SettingsError

LOCAL: dict[str, Any] = {
    "app_env": "local",
    "table_name": "blog",
    "dynamodb_endpoint": "http://127.0.0.1:9",
}
SQS = "http://127.0.0.1:9"
QUEUE = f"{SQS}/1/jobs"


@pytest.mark.parametrize(
    ("wrong", "names"),
    [
        (
            {"jobs_waiting_seconds": 60, "s3_presign_seconds": 61},
            ("JOBS_WAITING_SECONDS", "S3_PRESIGN_SECONDS"),
        ),
        (
            {"jobs_queue_url": QUEUE, "sqs_endpoint": SQS, "jobs_lease_seconds": 14},
            ("JOBS_LEASE_SECONDS", "AWS_CONNECT_TIMEOUT_SECONDS", "AWS_READ_TIMEOUT_SECONDS"),
        ),
    ],
)
def test_one_has_to_be_longer_than_the_other(wrong: dict[str, Any], names: tuple[str, ...]) -> None:
    """All names are in the problem."""
    with pytest.raises(SettingsError) as refused:
        Settings(**LOCAL, **wrong)
    assert [problem.names for problem in refused.value.problems] == [names]


def test_without_jobs_the_lease_contradicts_nothing() -> None:
    """Whoever raises time-outs for other reasons need not know of it."""
    assert Settings(**LOCAL, jobs_lease_seconds=1)
    assert Settings(**LOCAL, jobs_queue_url=QUEUE, sqs_endpoint=SQS, jobs_lease_seconds=15)


def test_a_queue_is_named_by_its_url() -> None:
    """With the path that SQS gives it, and without what would be sent along."""
    for odd in ("jobs", "ftp://x/y", "https://x/y?z", "https://x@y/z"):
        with pytest.raises(ValueError, match="jobs_queue_url"):
            Settings(**LOCAL, jobs_queue_url=odd)
