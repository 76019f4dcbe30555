"""The queue of jobs in SQS, and the topic of events in SNS.

A message of the queue may come twice, and late. Its body is `{"jobId": "..."}`, its attribute
`traceparent` the trace that it was sent in.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Generator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from botocore.exceptions import BotoCoreError, ClientError

from app.aws.clients import Clients, reason_of
from app.core.context import current_traceparent
from app.core.problems import Unavailable
from app.core.settings import Settings
from app.services.jobs import LONGEST_DELAY
from app.services.relay import Message, TopicError
from model import JobId

if TYPE_CHECKING:
    from mypy_boto3_sns import SNSClient
    from mypy_boto3_sns.type_defs import PublishBatchRequestEntryTypeDef as Entry
    from mypy_boto3_sqs import SQSClient
    from mypy_boto3_sqs.type_defs import MessageAttributeValueTypeDef, MessageTypeDef


TRACE = "traceparent"
_WAIT_SECONDS = 2


def make_job_queue(settings: Settings, clients: Clients | None = None) -> SqsQueue | None:
    """The configured queue; None where jobs are not configured."""
    if not settings.jobs_queue_url:
        return None
    return SqsQueue((clients or Clients(settings)).sqs, settings.jobs_queue_url)


def make_topic(settings: Settings) -> SnsTopic | None:
    """The configured topic; None where there is none."""
    if not settings.events_topic_arn:
        return None
    return SnsTopic(Clients(settings).sns, settings.events_topic_arn)


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
            "receiptHandle": self.receipt,
            "body": self.body,
            "messageAttributes": attributes,
        }


class SqsQueue:
    """Raises `Unavailable`, never botocore's errors."""

    def __init__(self, client: SQSClient, url: str) -> None:
        self._client = client
        self._url = url

    def send(self, job_id: JobId, delay_seconds: int = 0) -> None:
        delay = max(0, min(delay_seconds, LONGEST_DELAY))
        with _translated(_queue_error):
            self._client.send_message(
                QueueUrl=self._url,
                MessageBody=json.dumps({"jobId": job_id}),
                DelaySeconds=delay,
                MessageAttributes=_trace_attributes(),
            )

    def receive(self) -> Sequence[Received]:
        """The next message, if one comes within two seconds; it stays until it is deleted."""
        with _translated(_queue_error):
            answer = self._client.receive_message(
                QueueUrl=self._url,
                MaxNumberOfMessages=1,
                WaitTimeSeconds=_WAIT_SECONDS,
                MessageAttributeNames=[TRACE],
            )
        return [_received(each) for each in answer.get("Messages", ())]

    def hide(self, receipt: str, seconds: int) -> None:
        """Others get it after so many seconds, counted from now."""
        with _translated(_queue_error):
            self._client.change_message_visibility(
                QueueUrl=self._url, ReceiptHandle=receipt, VisibilityTimeout=seconds
            )

    def delete(self, received: Received) -> None:
        """It is dealt with."""
        with _translated(_queue_error):
            self._client.delete_message(QueueUrl=self._url, ReceiptHandle=received.receipt)


def _trace_attributes() -> dict[str, MessageAttributeValueTypeDef]:
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


def _queue_error(reason: str) -> Exception:
    return Unavailable(cause=f"the queue of jobs: {reason}")


_FIFO = ".fifo"
_UNMENTIONED = "not in the answer"


class SnsTopic:
    """Raises `TopicError`, never botocore's. A FIFO topic keeps groups in order, and drops
    what it got within five minutes before.
    """

    def __init__(self, client: SNSClient, arn: str) -> None:
        self._client = client
        self._arn = arn

    def publish(self, messages: Sequence[Message]) -> Mapping[int, str]:
        entries = [self._entry(at, message) for at, message in enumerate(messages)]
        with _translated(TopicError):
            answer = self._client.publish_batch(
                TopicArn=self._arn, PublishBatchRequestEntries=entries
            )
        refused = {each["Id"]: each["Code"] for each in answer["Failed"]}
        taken = {each.get("Id") for each in answer["Successful"]}
        names = [entry["Id"] for entry in entries]
        return {
            at: refused.get(name, _UNMENTIONED)
            for at, name in enumerate(names)
            if name not in taken
        }

    def _entry(self, at: int, message: Message) -> Entry:
        entry: Entry = {
            "Id": str(at),
            "Message": message.body,
            "MessageAttributes": {
                name: {"DataType": "String", "StringValue": value}
                for name, value in message.attributes.items()
            },
        }
        if self._arn.endswith(_FIFO):
            entry["MessageGroupId"] = message.group
            entry["MessageDeduplicationId"] = message.event_id
        return entry


@contextmanager
def _translated(error_of: Callable[[str], Exception]) -> Generator[None]:
    try:
        yield
    except (ClientError, BotoCoreError) as error:
        raise error_of(reason_of(error)) from error
