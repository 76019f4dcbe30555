"""The queue that tells workers which job to begin, as a port. Knows no SQS."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from app.worded import WordedError
from model import JobId

LONGEST_DELAY = 900


@dataclass(eq=False, kw_only=True)
class QueueError(WordedError):
    """A message that was not taken, or not as far as one knows."""

    message = "the queue of jobs did not take it: {reason}"

    reason: str


class QueueUnavailable(QueueError):
    """It could not be reached, throttled or failed through all attempts."""


class QueueRefused(QueueError):
    """It refused for a reason of ours: credentials, policy, no such queue."""


class JobQueue(Protocol):
    """Delivers each message at least once."""

    def send(self, job_id: JobId, delay_seconds: int = 0) -> None:
        """Raises `QueueError`; then the message may still have been taken."""
        ...
