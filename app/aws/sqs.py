"""The job queue in SQS. A message may come twice, and late.

A message's body is `{"jobId": "..."}`, its attribute `traceparent` the trace that it was sent in.
"""

from __future__ import annotations

import json
from collections.abc import Generator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from botocore.exceptions import BotoCoreError, ClientError

from app.aws.clients import Clients
from app.core.context import current_traceparent
from app.core.problems import Unavailable
from app.core.settings.fields import Settings
from app.services.jobs.jobs import LONGEST_DELAY
from model import JobId

if TYPE_CHECKING:
    from mypy_boto3_sqs import SQSClient
    from mypy_boto3_sqs.type_defs import MessageAttributeValueTypeDef, MessageTypeDef


TRACE = "traceparent"


_WAIT_SECONDS = 2


@dataclass(frozen=True)
class Received:
    """`receipt` names this delivery, for as long as it is invisible to others."""

    message_id: str
    body: str
    receipt: str
    traceparent: str = ""

    def record(self) -> dict[str, Any]:
        """As Lambda has it in its events."""
        attributes = {TRACE: {"stringValue": self.traceparent}} if self.traceparent else {}
        return {
            "messageId": self.message_id,
            "body": self.body,
            "messageAttributes": attributes,
        }


def make_job_queue(settings: Settings, clients: Clients | None = None) -> SqsQueue | None:
    """The configured queue; None where jobs are not configured."""
    if not settings.jobs_queue_url:
        return None
    return SqsQueue((clients or Clients(settings)).sqs, settings.jobs_queue_url)


class SqsQueue:
    """Raises `Unavailable`, never botocore's."""

    def __init__(self, client: SQSClient, url: str) -> None:
        self._client = client
        self._url = url

    def send(self, job_id: JobId, delay_seconds: int = 0) -> None:
        delay = max(0, min(delay_seconds, LONGEST_DELAY))
        with _translated():
            self._client.send_message(
                QueueUrl=self._url,
                MessageBody=json.dumps({"jobId": job_id}),
                DelaySeconds=delay,
                MessageAttributes=_traced(),
            )

    def receive(self) -> Sequence[Received]:
        """The next message, if one comes within two seconds; it stays until it is deleted."""
        with _translated():
            answer = self._client.receive_message(
                QueueUrl=self._url,
                MaxNumberOfMessages=1,
                WaitTimeSeconds=_WAIT_SECONDS,
                MessageAttributeNames=[TRACE],
            )
        return [_received(each) for each in answer.get("Messages", ())]

    def delete(self, received: Received) -> None:
        """It is dealt with."""
        with _translated():
            self._client.delete_message(QueueUrl=self._url, ReceiptHandle=received.receipt)


def _traced() -> dict[str, MessageAttributeValueTypeDef]:
    """Nothing outside of a request and its consequences."""
    traceparent = current_traceparent()
    return {TRACE: {"DataType": "String", "StringValue": traceparent}} if traceparent else {}


def _received(message: MessageTypeDef) -> Received:
    trace = message.get("MessageAttributes", {}).get(TRACE)
    return Received(
        message.get("MessageId", ""),
        message.get("Body", ""),
        message.get("ReceiptHandle", ""),
        trace.get("StringValue", "") if trace else "",
    )


@contextmanager
def _translated() -> Generator[None]:
    try:
        yield
    except ClientError as error:
        code = error.response.get("Error", {}).get("Code", "unknown")
        raise Unavailable(cause=f"the queue of jobs: {code}") from error
    except BotoCoreError as error:
        raise Unavailable(cause=f"the queue of jobs: {type(error).__name__}") from error
