"""From a published post to a queue behind the topic: over real streams, and SNS and SQS of moto."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from threading import Event, Thread
from typing import Any

import boto3
import pytest
from botocore.config import Config
from moto import mock_aws

from access_patterns import blog, categories, posts
from app.aws.messaging import SnsTopic, TableStream
from app.services import post_writing
from app.services.relay import Polling, Relay, StreamError
from model import Category, CategoryId, PostStatus, Slug
from scripts.bootstrap.tables import ensure_table
from scripts.bootstrap.topics import ensure_topic, queue_name
from singletable import Repository, boto3_transport, create_table
from singletable.errors import RequestError
from tests.app.services.events.made import BEFORE, NOW, a_post
from tests.backends import ON_LOCAL, local_endpoint

pytestmark = pytest.mark.quick_on_local

KEYS = {"aws_access_key_id": "testing", "aws_secret_access_key": "testing"}
REGION = "us-east-1"
PLAIN = Config(account_id_endpoint_mode="disabled")  # moto does not know streams by account


def client(service: str, endpoint: str | None = None) -> Any:
    return boto3.client(service, region_name=REGION, endpoint_url=endpoint, config=PLAIN, **KEYS)


@dataclass(frozen=True)
class Way:
    """A table with its stream, and the far end of the topic."""

    tables: Any
    streams: Any
    table: str
    arn: str
    sqs: Any

    @property
    def repository(self) -> Repository:
        return Repository(boto3_transport(self.tables), {blog: self.table})

    def stream(self) -> TableStream:
        return TableStream(self.tables, self.streams, self.table)

    def polling(self) -> Polling:
        return Polling(self.stream(), Relay(SnsTopic(client("sns"), self.arn)), pause=0.02)

    def arrived(self) -> list[dict[str, Any]]:
        """What is in the queue now, with the attributes that came along."""
        url = self.sqs.get_queue_url(QueueName=queue_name("events"))["QueueUrl"]
        found = list[dict[str, Any]]()
        while messages := self.sqs.receive_message(
            QueueUrl=url, MaxNumberOfMessages=10, MessageAttributeNames=["All"]
        ).get("Messages"):
            for each in messages:
                attributes = each["MessageAttributes"]
                said = json.loads(each["Body"])
                assert attributes["eventType"]["StringValue"] == said["type"]
                found.append(said)
                self.sqs.delete_message(QueueUrl=url, ReceiptHandle=each["ReceiptHandle"])
        return found


@contextmanager
def way_over(endpoint: str | None) -> Iterator[Way]:
    tables, table = client("dynamodb", endpoint), f"events-{id(endpoint)}"
    ensure_table(tables, blog, table, recreate=True)
    try:
        arn = ensure_topic(client("sns"), client("sqs"), "events")
        made = Way(tables, client("dynamodbstreams", endpoint), table, arn, client("sqs"))
        shelf = Category(
            category_id=CategoryId("news"), slug=Slug("news"), name="News", created_at=BEFORE
        )
        made.repository.write(categories.create(shelf))
        yield made
    finally:
        tables.delete_table(TableName=table)


@pytest.fixture(params=["moto", pytest.param("dynamodb-local", marks=ON_LOCAL.marks)])
def way(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Iterator[Way]:
    endpoint = None if request.param == "moto" else local_endpoint()
    monkeypatch.setenv("NO_PROXY", "*")
    with mock_aws(), way_over(endpoint) as made:
        yield made


def test_what_happens_to_a_post_arrives(way: Way) -> None:
    """All of it, in order, though refused transactions come between; then nothing twice."""
    repository, polling = way.repository, way.polling()
    post = repository.write(posts.create(a_post(PostStatus.IN_REVIEW)))
    post = post_writing.publish(repository, post, NOW)
    polling.once()
    with pytest.raises(RequestError):
        post_writing.publish(repository, post, NOW)
    post = post_writing.archive(repository, post, NOW + timedelta(seconds=1))
    polling.once()
    post_writing.delete(repository, post, NOW + timedelta(seconds=2))
    polling.once()
    polling.once()
    arrived = way.arrived()
    kinds = ["post.published", "post.unpublished", "post.deleted"]
    assert [each["type"] for each in arrived] == kinds
    assert [each["sequence"][-1] for each in arrived] == ["2", "3", "4"]
    assert {each["subject"] for each in arrived} == {post.post_id}


def test_a_relay_that_starts_late_misses_nothing(way: Way) -> None:
    """It starts where the stream does; another one says the same again, with the same ids."""
    repository = way.repository
    post = repository.write(posts.create(a_post(PostStatus.IN_REVIEW)))
    post_writing.publish(repository, post, NOW)
    stopped, polling = Event(), way.polling()
    running = Thread(target=polling.until, args=(stopped,))
    running.start()
    first = list[dict[str, Any]]()
    for _ in range(200):
        first += way.arrived()
        if first:
            break
        stopped.wait(0.02)
    stopped.set()
    running.join(5)
    assert not running.is_alive()
    way.polling().once()
    assert way.arrived() == first
    assert len(first) == 1


def test_a_table_without_stream_says_so(way: Way) -> None:
    """And one that is not there; either may come yet."""
    missing = TableStream(way.tables, way.streams, "no-such-table")
    with pytest.raises(StreamError, match="ResourceNotFoundException"):
        list(missing.read())
    older = f"{way.table}-older"
    declared = create_table(blog, older)
    named = ("StreamSpecification", "DeletionProtectionEnabled")
    way.tables.create_table(**{key: declared[key] for key in declared if key not in named})
    stream = TableStream(way.tables, way.streams, older)
    with pytest.raises(StreamError, match="has no stream"):
        list(stream.read())
    ensure_table(way.tables, blog, older, recreate=False)
    assert list(stream.read()) == []
    way.tables.delete_table(TableName=older)
