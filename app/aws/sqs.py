"""Messages about jobs in a queue of SQS. Knows no job but its identity, and no worker.

A message's body is `{"jobId": "..."}`. It may come twice, and late.
"""

from __future__ import annotations

import json
from collections.abc import Generator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

from botocore.exceptions import BotoCoreError, ClientError

from app.aws.clients import Clients
from app.jobs.queue import LONGEST_DELAY, QueueRefused, QueueUnavailable
from app.settings import Settings
from model import JobId

if TYPE_CHECKING:
    from mypy_boto3_sqs import SQSClient

_WAIT_SECONDS = 2
_TRANSIENT = {
    "InternalError",
    "InternalFailure",
    "RequestThrottled",
    "ServiceUnavailable",
    "Throttling",
    "ThrottlingException",
}


@dataclass(frozen=True)
class Received:
    """`receipt` names this delivery, for as long as it is invisible to others."""

    message_id: str
    body: str
    receipt: str

    def record(self) -> dict[str, str]:
        """As Lambda has it in its events."""
        return {"messageId": self.message_id, "body": self.body}


def make_job_queue(settings: Settings, clients: Clients | None = None) -> SqsQueue | None:
    """The configured queue; None where jobs are not configured."""
    if not settings.jobs_queue_url:
        return None
    return SqsQueue((clients or Clients(settings)).sqs, settings.jobs_queue_url)


class SqsQueue:
    """Raises `QueueError`s, never botocore's."""

    def __init__(self, client: SQSClient, url: str) -> None:
        self._client = client
        self._url = url

    def send(self, job_id: JobId, delay_seconds: int = 0) -> None:
        delay = max(0, min(delay_seconds, LONGEST_DELAY))
        with _translated():
            self._client.send_message(
                QueueUrl=self._url, MessageBody=json.dumps({"jobId": job_id}), DelaySeconds=delay
            )

    def receive(self) -> Sequence[Received]:
        """The next message, if one comes within two seconds; it stays until it is deleted."""
        with _translated():
            answer = self._client.receive_message(
                QueueUrl=self._url, MaxNumberOfMessages=1, WaitTimeSeconds=_WAIT_SECONDS
            )
        return [
            Received(each.get("MessageId", ""), each.get("Body", ""), each.get("ReceiptHandle", ""))
            for each in answer.get("Messages", ())
        ]

    def delete(self, received: Received) -> None:
        """It is dealt with."""
        with _translated():
            self._client.delete_message(QueueUrl=self._url, ReceiptHandle=received.receipt)


@contextmanager
def _translated() -> Generator[None]:
    try:
        yield
    except ClientError as error:
        code = error.response.get("Error", {}).get("Code", "unknown")
        status = error.response.get("ResponseMetadata", {}).get("HTTPStatusCode", 0)
        passing = code in _TRANSIENT or status >= 500
        raise (QueueUnavailable if passing else QueueRefused)(reason=code) from error
    except BotoCoreError as error:
        raise QueueUnavailable(reason=type(error).__name__) from error
