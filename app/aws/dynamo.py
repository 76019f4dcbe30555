"""The table as AWS describes it: whether it is as declared, and its stream.

A local stack reads the stream as Lambda would. The position is kept in memory: a new process
starts at the stream's beginning.
"""

from __future__ import annotations

from collections.abc import Generator, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from botocore.exceptions import BotoCoreError, ClientError

from access_patterns import blog
from app.aws.clients import Clients, reason_of
from app.core.settings import Settings
from app.services.relay import StreamError

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient
    from mypy_boto3_dynamodbstreams import DynamoDBStreamsClient
    from mypy_boto3_dynamodbstreams.type_defs import GetShardIteratorInputTypeDef as Place


class TableReadiness:
    """Asks whether the table is active and as declared."""

    def __init__(self, settings: Settings, clients: Clients | None = None) -> None:
        self._settings = settings
        self._clients = clients or Clients(settings)

    def __call__(self) -> Sequence[str]:
        # They load long, and no request needs them but this one.
        from singletable.check import table_differences  # noqa: PLC0415
        from singletable.design import compile_table  # noqa: PLC0415

        name = self._settings.table_name
        try:
            table = self._clients.dynamodb.describe_table(TableName=name)["Table"]
        except ClientError as error:
            return [f"the table cannot be described: {reason_of(error)}"]
        except BotoCoreError as error:
            return [f"DynamoDB cannot be reached: {reason_of(error)}"]
        if table.get("TableStatus") not in ("ACTIVE", "UPDATING"):
            return [f"the table is {table.get('TableStatus')}"]
        return table_differences(compile_table(blog), table)


def make_stream(settings: Settings) -> TableStream:
    """The stream of the configured table; sends nothing yet."""
    clients = Clients(settings)
    return TableStream(clients.dynamodb, clients.streams, settings.table_name)


@dataclass
class Shard:
    """A part of the stream, in order. `last`: the number of the last record that was read."""

    identity: str
    last: str = ""
    unsettled: Sequence[dict[str, Any]] = field(default_factory=list[dict[str, Any]])


class TableStream:
    """Raises `StreamError`s, never botocore's."""

    def __init__(self, tables: DynamoDBClient, streams: DynamoDBStreamsClient, table: str) -> None:
        self._tables, self._streams, self._table = tables, streams, table
        self._arn = ""
        self._shards = dict[str, Shard]()

    def read(self) -> Iterator[Shard]:
        """Each shard with records that nobody has settled, in the order of their making.

        Whoever has dealt with some of them puts the others into `unsettled`. A stream that is
        refused is looked for anew, and read from its beginning: a local table may be another one.
        """
        with self._explained():
            self._discover()
        for shard in list(self._shards.values()):
            if not shard.unsettled:
                with self._explained():
                    self._read_on(shard)
            if shard.unsettled:
                yield shard

    def _discover(self) -> None:
        if not self._arn:
            described = self._tables.describe_table(TableName=self._table)["Table"]
            self._arn = described.get("LatestStreamArn", "")
        if not self._arn:
            raise self._error("the table has none")
        description = self._streams.describe_stream(StreamArn=self._arn)["StreamDescription"]
        for each in description.get("Shards", ()):
            identity = each.get("ShardId", "")
            self._shards.setdefault(identity, Shard(identity))

    def _read_on(self, shard: Shard) -> None:
        """An iterator for each look: one that is kept does not outlive what moto rolls back."""
        answer = self._streams.get_shard_iterator(**self._after(shard))
        records = self._streams.get_records(ShardIterator=answer["ShardIterator"])["Records"]
        shard.unsettled = [dict(record) for record in records]
        if shard.unsettled:
            shard.last = shard.unsettled[-1]["dynamodb"]["SequenceNumber"]

    def _after(self, shard: Shard) -> Place:
        if not shard.last:
            return {
                "StreamArn": self._arn,
                "ShardId": shard.identity,
                "ShardIteratorType": "TRIM_HORIZON",
            }
        return {
            "StreamArn": self._arn,
            "ShardId": shard.identity,
            "ShardIteratorType": "AFTER_SEQUENCE_NUMBER",
            "SequenceNumber": shard.last,
        }

    @contextmanager
    def _explained(self) -> Generator[None]:
        try:
            yield
        except ClientError as error:
            self._arn = ""
            self._shards.clear()
            raise self._error(reason_of(error)) from error
        except BotoCoreError as error:
            raise self._error(reason_of(error)) from error

    def _error(self, reason: str) -> StreamError:
        return StreamError(f"the stream of {self._table} cannot be read: {reason}")
