"""The queue of jobs in SQS, the topic of events in SNS, and the table's stream that feeds it.

A message of the queue may come twice, and late. Its body is `{"jobId": "..."}`, its attribute
`traceparent` the trace that it was sent in.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from botocore.exceptions import BotoCoreError, ClientError

from app.aws.clients import Clients, reason_of, translate_errors
from app.core.context import current_traceparent
from app.core.problems import Unavailable
from app.core.settings import Settings
from app.services.jobs import LONGEST_DELAY
from app.services.relay import Message, Shard, StreamError, TopicError
from model import JobId

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient
    from mypy_boto3_dynamodbstreams import DynamoDBStreamsClient
    from mypy_boto3_dynamodbstreams.type_defs import GetShardIteratorInputTypeDef as Place
    from mypy_boto3_sns import SNSClient
    from mypy_boto3_sns.type_defs import PublishBatchRequestEntryTypeDef as Entry
    from mypy_boto3_sqs import SQSClient
    from mypy_boto3_sqs.type_defs import MessageAttributeValueTypeDef as Attribute
    from mypy_boto3_sqs.type_defs import MessageTypeDef


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


class SqsQueue:
    """Raises `Unavailable`, never botocore's errors."""

    def __init__(self, client: SQSClient, url: str) -> None:
        self._client = client
        self._url = url

    def send(self, job_id: JobId, delay_seconds: int = 0) -> None:
        delay, traceparent = max(0, min(delay_seconds, LONGEST_DELAY)), current_traceparent()
        trace: Attribute = {"DataType": "String", "StringValue": traceparent}
        with translate_errors(_queue_error):
            self._client.send_message(
                QueueUrl=self._url,
                MessageBody=json.dumps({"jobId": job_id}),
                DelaySeconds=delay,
                MessageAttributes={TRACE: trace} if traceparent else {},
            )

    def receive(self) -> Sequence[dict[str, Any]]:
        """The record of the next message, if one comes within two seconds.

        The message stays until it is deleted.
        """
        with translate_errors(_queue_error):
            answer = self._client.receive_message(
                QueueUrl=self._url,
                MaxNumberOfMessages=1,
                WaitTimeSeconds=_WAIT_SECONDS,
                MessageAttributeNames=[TRACE],
            )
        return [_record(each) for each in answer.get("Messages", ())]

    def hide(self, receipt: str, seconds: int) -> None:
        """Others get it after so many seconds, counted from now."""
        with translate_errors(_queue_error):
            self._client.change_message_visibility(
                QueueUrl=self._url, ReceiptHandle=receipt, VisibilityTimeout=seconds
            )

    def delete(self, receipt: str) -> None:
        """The message is dealt with."""
        with translate_errors(_queue_error):
            self._client.delete_message(QueueUrl=self._url, ReceiptHandle=receipt)


def _record(message: MessageTypeDef) -> dict[str, Any]:
    """The message as Lambda has it in its events."""
    attribute = message.get("MessageAttributes", {}).get(TRACE)
    trace = attribute.get("StringValue") if attribute else None
    return {
        "messageId": message.get("MessageId", ""),
        "receiptHandle": message.get("ReceiptHandle", ""),
        "body": message.get("Body", ""),
        "messageAttributes": {TRACE: {"stringValue": trace}} if trace else {},
    }


def _queue_error(error: BotoCoreError | ClientError) -> Exception:
    return Unavailable(cause=f"the queue of jobs: {reason_of(error)}")


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
        with translate_errors(lambda error: TopicError(reason_of(error))):
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


def make_stream(settings: Settings) -> TableStream:
    """The stream of the configured table; sends nothing yet."""
    clients = Clients(settings)
    return TableStream(clients.dynamodb, clients.streams, settings.table_name)


class TableStream:
    """The table's stream, read as Lambda would read it. Raises `StreamError`s, never botocore's.

    The position is kept in memory: a new process starts at the stream's beginning.
    """

    def __init__(self, tables: DynamoDBClient, streams: DynamoDBStreamsClient, table: str) -> None:
        self._tables, self._streams, self._table = tables, streams, table
        self._arn = ""
        self._shards = dict[str, Shard]()

    def read(self) -> Iterator[Shard]:
        """Each shard with records that nobody has settled, in the order of their making.

        Whoever has dealt with some of them puts the others into `unsettled`. A stream that is
        refused is looked for anew, and read from its beginning: a local table may be another one.
        """
        with translate_errors(self._error):
            self._discover()
        for shard in list(self._shards.values()):
            if not shard.unsettled:
                with translate_errors(self._error):
                    self._read_on(shard)
            if shard.unsettled:
                yield shard

    def _discover(self) -> None:
        if not self._arn:
            described = self._tables.describe_table(TableName=self._table)["Table"]
            self._arn = described.get("LatestStreamArn", "")
        if not self._arn:
            raise StreamError(f"the table {self._table} has no stream")
        description = self._streams.describe_stream(StreamArn=self._arn)["StreamDescription"]
        for each in description.get("Shards", ()):
            identity = each.get("ShardId", "")
            self._shards.setdefault(identity, Shard(identity))

    def _read_on(self, shard: Shard) -> None:
        """An iterator for each look: one that is kept does not outlive what moto rolls back."""
        place: Place = {
            "StreamArn": self._arn,
            "ShardId": shard.identity,
            "ShardIteratorType": "AFTER_SEQUENCE_NUMBER" if shard.last else "TRIM_HORIZON",
        }
        if shard.last:
            place["SequenceNumber"] = shard.last
        answer = self._streams.get_shard_iterator(**place)
        records = self._streams.get_records(ShardIterator=answer["ShardIterator"])["Records"]
        shard.unsettled = [dict(record) for record in records]
        if shard.unsettled:
            shard.last = shard.unsettled[-1]["dynamodb"]["SequenceNumber"]

    def _error(self, error: BotoCoreError | ClientError) -> StreamError:
        """Forgets a stream that is refused, so that it is looked for anew."""
        if isinstance(error, ClientError):
            self._arn = ""
            self._shards.clear()
        return StreamError(f"the stream of {self._table} cannot be read: {reason_of(error)}")
