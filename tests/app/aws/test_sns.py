"""Events to SNS: many at a time, with attributes for filters; no botocore error gets out."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import boto3
import pytest
from botocore.exceptions import ConnectTimeoutError
from botocore.stub import Stubber

from app.aws.messaging import SnsTopic, make_topic
from app.core.settings import Settings
from app.services.relay import Message, TopicError

ARN = "arn:aws:sns:us-east-1:123456789012:events"
MESSAGES = [
    Message("01A", "post-1", '{"id": "01A"}', {"eventType": "post.published"}),
    Message("01B", "post-2", '{"id": "01B"}', {"eventType": "post.deleted"}),
]


def entry(at: int, message: Message, **more: str) -> dict[str, Any]:
    kind = message.attributes["eventType"]
    attributes = {"eventType": {"DataType": "String", "StringValue": kind}}
    return {"Id": str(at), "Message": message.body, "MessageAttributes": attributes, **more}


@pytest.fixture
def stubbed() -> Iterator[tuple[Any, Stubber]]:
    client = boto3.client(
        "sns", region_name="us-east-1", aws_access_key_id="k", aws_secret_access_key="s"
    )
    with Stubber(client) as stub:
        yield client, stub


def answer(*taken: str, failed: str = "") -> dict[str, Any]:
    refused = {"Id": failed, "Code": "InvalidParameter", "SenderFault": True}
    return {
        "Successful": [{"Id": each, "MessageId": "m"} for each in taken],
        "Failed": [refused] if failed else [],
    }


def test_all_go_in_one_request(stubbed: tuple[Any, Stubber]) -> None:
    """Each with its attributes, none refused."""
    client, stub = stubbed
    entries = [entry(at, message) for at, message in enumerate(MESSAGES)]
    stub.add_response(
        "publish_batch", answer("0", "1"), {"TopicArn": ARN, "PublishBatchRequestEntries": entries}
    )
    assert SnsTopic(client, ARN).publish(MESSAGES) == {}


def test_a_fifo_topic_keeps_posts_in_order(stubbed: tuple[Any, Stubber]) -> None:
    """A group for each post, and the event's own id against duplicates."""
    client, stub = stubbed
    entries = [
        entry(at, each, MessageGroupId=each.group, MessageDeduplicationId=each.event_id)
        for at, each in enumerate(MESSAGES)
    ]
    asked = {"TopicArn": f"{ARN}.fifo", "PublishBatchRequestEntries": entries}
    stub.add_response("publish_batch", answer("0", "1"), asked)
    assert SnsTopic(client, f"{ARN}.fifo").publish(MESSAGES) == {}


def test_what_is_refused_is_named(stubbed: tuple[Any, Stubber]) -> None:
    """Also what the answer does not speak of: it counts as refused."""
    client, stub = stubbed
    stub.add_response("publish_batch", answer("0", failed="1"))
    stub.add_response("publish_batch", answer("1"))
    topic = SnsTopic(client, ARN)
    assert topic.publish(MESSAGES) == {1: "InvalidParameter"}
    assert topic.publish(MESSAGES) == {0: "not in the answer"}


def test_a_topic_that_does_not_answer_is_a_topic_error(
    stubbed: tuple[Any, Stubber], monkeypatch: pytest.MonkeyPatch
) -> None:
    """With the service's code, or the kind of failure; never with what was sent."""
    client, stub = stubbed
    stub.add_client_error("publish_batch", "NotFound", "no such topic")
    with pytest.raises(TopicError, match="NotFound"):
        SnsTopic(client, ARN).publish(MESSAGES)

    def slow(**_: object) -> None:
        raise ConnectTimeoutError(endpoint_url="https://sns")

    monkeypatch.setattr(client, "publish_batch", slow)
    with pytest.raises(TopicError, match="ConnectTimeoutError"):
        SnsTopic(client, ARN).publish(MESSAGES)


def test_without_an_arn_there_is_no_topic(settings: Settings) -> None:
    """Absent, not broken; with one, its client has the settings' region and endpoint."""
    assert make_topic(settings) is None
    told = settings.model_copy(
        update={"events_topic_arn": ARN, "sns_endpoint": "http://127.0.0.1:9"}
    )
    assert make_topic(told) is not None
