"""Which settings of exports and imports contradict each other."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from app.settings.problems import Problem

if TYPE_CHECKING:
    from app.settings.fields import Settings


def broken_job_rules(settings: Settings) -> Iterator[Problem]:
    if settings.jobs_waiting_seconds < settings.s3_presign_seconds:
        yield Problem(
            ("JOBS_WAITING_SECONDS", "S3_PRESIGN_SECONDS"),
            "an import would be forgotten while its URL is still good",
            "Set the first to no less than the second",
        )
    if settings.jobs_queue_url and settings.jobs_lease_seconds <= _longest_request(settings):
        yield Problem(
            ("JOBS_LEASE_SECONDS", "AWS_READ_TIMEOUT_SECONDS", "AWS_MAX_ATTEMPTS"),
            "a worker would lose a job that waits for AWS",
            "Set the first to more than what all attempts may take",
        )


def _longest_request(settings: Settings) -> float:
    """Seconds that all attempts at one request may take, but for the pauses between."""
    attempt = settings.aws_connect_timeout_seconds + settings.aws_read_timeout_seconds
    return settings.aws_max_attempts * attempt
