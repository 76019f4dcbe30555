"""The embedded DynamoDB answers one request after the other, no transaction twice."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier, BrokenBarrierError, Thread
from typing import Any

import boto3
import pytest
from botocore.config import Config
from moto.moto_server.werkzeug_app import DomainDispatcherApplication, create_backend_app
from werkzeug.serving import make_server

from scripts.lib.moto_server import like_dynamodb, one_at_a_time

TABLE = "tokens"


def met(target: str) -> list[bool]:
    """Whether each of two requests at once was beside the other."""
    barrier = Barrier(2)

    def answer(_: object, environ: dict[str, Any], start_response: object) -> Iterable[bytes]:
        try:
            barrier.wait(timeout=0.2)
        except BrokenBarrierError:
            barrier.reset()
            return [b""]
        return [b"met"]

    guarded = one_at_a_time(answer)
    environ = {"HTTP_X_AMZ_TARGET": target}
    with ThreadPoolExecutor(2) as threads:
        answers = [threads.submit(guarded, None, environ, None) for _ in range(2)]
        return [bool(b"".join(each.result())) for each in answers]


def test_dynamodb_answers_one_at_a_time() -> None:
    """No transaction sees another's steps, or puts back what another changed."""
    assert met("DynamoDB_20120810.TransactWriteItems") == [False, False]


def test_other_services_answer_at_once() -> None:
    """Whoever waits for a message keeps nobody from signing in."""
    assert met("AmazonSQS.ReceiveMessage") == [True, True]


class Dispatcher(DomainDispatcherApplication):
    """moto's application, guarded as the script guards it."""

    __call__ = like_dynamodb(DomainDispatcherApplication.__call__)


@pytest.fixture(scope="module")
def dynamodb() -> Iterator[Any]:
    """A client of a real moto with one table; nothing is repeated but on purpose."""
    server = make_server("127.0.0.1", 0, Dispatcher(create_backend_app), threaded=True)
    serving = Thread(target=server.serve_forever)
    serving.start()
    client = boto3.client(
        "dynamodb",
        endpoint_url=f"http://127.0.0.1:{server.port}",
        region_name="us-east-1",
        aws_access_key_id="local",
        aws_secret_access_key="local",
        config=Config(retries={"total_max_attempts": 1}),
    )
    client.create_table(
        TableName=TABLE,
        KeySchema=[{"AttributeName": "PK", "KeyType": "HASH"}],
        AttributeDefinitions=[{"AttributeName": "PK", "AttributeType": "S"}],
        BillingMode="PAY_PER_REQUEST",
    )
    yield client
    client.close()
    server.shutdown()
    serving.join()
    server.server_close()


def create(dynamodb: Any, key: str, token: str, value: str = "1") -> int:
    """The status of the answer to a transaction that refuses what is there already."""
    put = {
        "TableName": TABLE,
        "Item": {"PK": {"S": key}, "value": {"S": value}},
        "ConditionExpression": "attribute_not_exists(PK)",
    }
    answer = dynamodb.transact_write_items(TransactItems=[{"Put": put}], ClientRequestToken=token)
    status: int = answer["ResponseMetadata"]["HTTPStatusCode"]
    return status


def value_of(dynamodb: Any, key: str) -> str | None:
    item = dynamodb.get_item(TableName=TABLE, Key={"PK": {"S": key}}).get("Item")
    return item["value"]["S"] if item else None


def test_a_repeated_transaction_has_one_effect_and_succeeds_twice(dynamodb: Any) -> None:
    """A second effect would have been refused by its condition, or made the count two."""
    assert [create(dynamodb, "once", "token-once") for _ in range(2)] == [200, 200]
    add = {
        "TableName": TABLE,
        "Key": {"PK": {"S": "count"}},
        "UpdateExpression": "ADD n :one",
        "ExpressionAttributeValues": {":one": {"N": "1"}},
    }
    for _ in range(2):
        dynamodb.transact_write_items(
            TransactItems=[{"Update": add}], ClientRequestToken="token-count"
        )
    counted = dynamodb.get_item(TableName=TABLE, Key={"PK": {"S": "count"}})
    assert counted["Item"]["n"] == {"N": "1"}


def test_a_token_of_other_parameters_is_an_error(dynamodb: Any) -> None:
    """Nothing is written, and the first one's answer is kept."""
    create(dynamodb, "first", "token-first")
    with pytest.raises(dynamodb.exceptions.IdempotentParameterMismatchException):
        create(dynamodb, "other", "token-first")
    assert value_of(dynamodb, "other") is None
    assert create(dynamodb, "first", "token-first") == 200


def test_a_refused_transaction_is_tried_anew(dynamodb: Any) -> None:
    """Only what succeeded is remembered: without the obstacle the same token succeeds."""
    create(dynamodb, "held", "token-held", "old")
    with pytest.raises(dynamodb.exceptions.TransactionCanceledException):
        create(dynamodb, "held", "token-anew", "new")
    dynamodb.delete_item(TableName=TABLE, Key={"PK": {"S": "held"}})
    assert create(dynamodb, "held", "token-anew", "new") == 200
    assert value_of(dynamodb, "held") == "new"
