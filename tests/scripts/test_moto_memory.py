"""The embedded DynamoDB costs what a request touches, however much is in the table."""

from __future__ import annotations

import gc
import tracemalloc
from collections.abc import Iterator
from typing import Any

import pytest
from moto import mock_aws
from moto.core.model_instances import model_data
from moto.dynamodb.exceptions import TransactionCanceledException
from moto.dynamodb.models import DynamoDBBackend, dynamodb_backends
from moto.dynamodb.models.dynamo_type import DynamoType, Item
from moto.dynamodbstreams.models import dynamodbstreams_backends

from scripts.lib import moto_memory
from scripts.lib.moto_memory import bound_memory

TABLE = "posts"
POSTS = 5_000


@pytest.fixture
def dynamodb() -> Iterator[DynamoDBBackend]:
    """moto's backend with one table and its stream, asked without a client."""
    bound_memory()
    with mock_aws():
        backend = dynamodb_backends["123456789012"]["eu-west-1"]
        backend.create_table(
            TABLE,
            schema=[
                {"AttributeName": "PK", "KeyType": "HASH"},
                {"AttributeName": "SK", "KeyType": "RANGE"},
            ],
            throughput=None,
            attr=[
                {"AttributeName": "PK", "AttributeType": "S"},
                {"AttributeName": "SK", "AttributeType": "S"},
            ],
            global_indexes=None,
            indexes=None,
            streams={"StreamEnabled": True, "StreamViewType": "NEW_AND_OLD_IMAGES"},
            billing_mode="PAY_PER_REQUEST",
            sse_specification=None,
            tags=[],
            deletion_protection_enabled=False,
            warm_throughput=None,
        )
        yield backend


def put(key: str, **fields: str) -> dict[str, Any]:
    """An action that refuses what is there."""
    item = {"PK": {"S": key}, "SK": {"S": "-"}, **{n: {"S": v} for n, v in fields.items()}}
    condition = "attribute_not_exists(PK)"
    return {"Put": {"TableName": TABLE, "Item": item, "ConditionExpression": condition}}


def count(key: str) -> dict[str, Any]:
    """An action that adds one to a counter."""
    return {
        "Update": {
            "TableName": TABLE,
            "Key": {"PK": {"S": key}, "SK": {"S": "-"}},
            "UpdateExpression": "ADD posts :one",
            "ExpressionAttributeNames": {},
            "ExpressionAttributeValues": {":one": {"N": "1"}},
        }
    }


def create_post(dynamodb: DynamoDBBackend, number: int) -> None:
    """A post, its slug, and the counter of its category."""
    dynamodb.transact_write_items(
        [put(f"POST#{number}", title="Hello"), put(f"SLUG#{number}"), count("CATEGORY#news")]
    )


def stored(dynamodb: DynamoDBBackend) -> dict[str, Any]:
    return {str(item.hash_key.value): item.to_json() for item in dynamodb.tables[TABLE].all_items()}


@pytest.fixture
def copied(monkeypatch: pytest.MonkeyPatch) -> list[object]:
    """The values that were copied."""
    seen: list[object] = []
    for kind in (Item, DynamoType):
        original = kind.__deepcopy__

        def note_copy(self: Any, memo: Any, original: Any = original) -> Any:
            seen.append(None)
            return original(self, memo)

        monkeypatch.setattr(kind, "__deepcopy__", note_copy)
    return seen


@pytest.mark.slow
def test_a_transaction_costs_the_same_among_5000_posts(
    dynamodb: DynamoDBBackend, copied: list[object]
) -> None:
    """The last hundred copy as many values as the first hundred, but for the very first."""
    copies = []
    for number in range(POSTS):
        create_post(dynamodb, number)
        if number in {99, POSTS - 101}:
            copies.append(len(copied))
            copied.clear()
    copies.append(len(copied))
    first, _, last = copies
    assert 0 < last <= first * 2
    assert len(stored(dynamodb)) == 2 * POSTS + 1


def test_memory_holds_what_is_stored_and_nothing_else(dynamodb: DynamoDBBackend) -> None:
    """Transactions that fail leave nothing, and no list of all objects grows."""
    for number in range(50):
        create_post(dynamodb, number)
    tracemalloc.start()
    try:
        for _ in range(20):  # what is made once is made now
            fail(dynamodb)
        gc.collect()
        before = tracemalloc.get_traced_memory()[0]
        for _ in range(150):
            fail(dynamodb)
        gc.collect()
        grown = tracemalloc.get_traced_memory()[0] - before
    finally:
        tracemalloc.stop()
    assert grown < 30_000
    kept = {name: len(model.instances_tracked) for name, model in model_data["dynamodb"].items()}
    assert not any(kept.values())


def test_a_stream_keeps_its_latest_records_and_iterators(
    dynamodb: DynamoDBBackend, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A reader loses none that are kept, and one who comes too late begins with the oldest."""
    monkeypatch.setattr(moto_memory, "MOST_RECORDS", 30)
    monkeypatch.setattr(moto_memory, "MOST_ITERATORS", 5)
    streams = dynamodbstreams_backends["123456789012"]["eu-west-1"]
    table = dynamodb.tables[TABLE]
    arn = f"{table.table_arn}/stream/{table.latest_stream_label}"
    first = streams.get_shard_iterator(arn, table.stream_shard.id, "TRIM_HORIZON")
    iterator, seen = first.arn, list[int]()
    for number in range(40):
        create_post(dynamodb, number)
        answer = streams.get_records(iterator, 10)
        iterator = answer["NextShardIterator"]
        seen += numbers(answer["Records"])
    assert seen == list(range(seen[0], seen[0] + 121))  # a counter begins by two
    assert len(streams.shard_iterators) == 5
    assert len(table.stream_shard.items) == 33
    late = streams.get_shard_iterator(arn, first.stream_shard.id, "AT_SEQUENCE_NUMBER", seen[0])
    assert numbers(streams.get_records(late.arn, 100)["Records"]) == seen[-33:]


def numbers(records: list[dict[str, Any]]) -> list[int]:
    return [int(each["dynamodb"]["SequenceNumber"]) for each in records]


def fail(dynamodb: DynamoDBBackend) -> None:
    with pytest.raises(TransactionCanceledException):
        dynamodb.transact_write_items([count("CATEGORY#news"), put("POST#new"), put("POST#1")])


def test_a_cancelled_transaction_leaves_no_trace(dynamodb: DynamoDBBackend) -> None:
    """What it added, changed in place, or deleted is as before, in the stream as well."""
    create_post(dynamodb, 1)
    before = stored(dynamodb)
    told = list(dynamodb.tables[TABLE].stream_shard.items)
    delete = {"Delete": {"TableName": TABLE, "Key": {"PK": {"S": "SLUG#1"}, "SK": {"S": "-"}}}}
    with pytest.raises(TransactionCanceledException):
        dynamodb.transact_write_items(
            [count("CATEGORY#news"), put("POST#2"), delete, put("POST#1")]
        )
    assert stored(dynamodb) == before
    assert dynamodb.tables[TABLE].stream_shard.items == told
