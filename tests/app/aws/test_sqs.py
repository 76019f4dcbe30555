"""The queue of jobs over moto, and over answers that tests dictate."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import boto3
import pytest
from botocore.stub import Stubber
from moto import mock_aws

from app.aws.clients import Clients
from app.aws.messaging import SqsQueue, make_job_queue
from app.core.context import request_context
from app.core.problems import Unavailable
from app.core.settings import Settings
from app.services.jobs import LONGEST_DELAY
from model import JobId

JOB = JobId("01JD9GZ2J0V5X7Q3M8K4T6B1RC")
URL = "https://sqs.eu-west-1.amazonaws.com/123456789012/jobs"


def client_of(**options: Any) -> Any:
    return boto3.client(
        "sqs",
        region_name="eu-west-1",
        aws_access_key_id="testing",
        aws_secret_access_key="testing",
        **options,
    )


@pytest.fixture
def dictated() -> Iterator[tuple[SqsQueue, Stubber]]:
    client = client_of()
    with Stubber(client) as stub:
        yield SqsQueue(client, URL), stub


def test_a_message_carries_the_trace_that_it_was_sent_in() -> None:
    """As an attribute, which Lambda has in its records; outside of a trace there is none."""
    with mock_aws():
        client = client_of()
        queue = SqsQueue(client, client.create_queue(QueueName="jobs")["QueueUrl"])
        with request_context() as context:
            trace = context.trace
            queue.send(JOB)
        (received,) = queue.receive()
        attributes = received["messageAttributes"]
        assert attributes == {"traceparent": {"stringValue": str(trace)}}
        queue.delete(received["receiptHandle"])
        queue.send(JOB)
        (received,) = queue.receive()
        assert received["messageAttributes"] == {}


def test_a_message_is_received_until_it_is_deleted() -> None:
    """Its body names the job, as Lambda's records have it."""
    with mock_aws():
        client = client_of()
        url = client.create_queue(QueueName="jobs", Attributes={"VisibilityTimeout": "0"})
        queue = SqsQueue(client, url["QueueUrl"])
        queue.send(JOB)
        (received,) = queue.receive()
        assert json.loads(received["body"]) == {"jobId": JOB}
        (again,) = queue.receive()
        assert received["messageId"] == again["messageId"]
        queue.delete(again["receiptHandle"])
        assert client.get_queue_attributes(
            QueueUrl=url["QueueUrl"], AttributeNames=["ApproximateNumberOfMessages"]
        )["Attributes"] == {"ApproximateNumberOfMessages": "0"}


def test_a_message_is_hidden_for_as_long_as_is_said() -> None:
    """From now on, however long its queue hides it; by the receipt that its record has."""
    with mock_aws():
        client = client_of()
        queue = SqsQueue(client, client.create_queue(QueueName="jobs")["QueueUrl"])
        queue.send(JOB)
        (received,) = queue.receive()
        assert queue.receive() == []
        queue.hide(received["receiptHandle"], 0)
        assert [each["messageId"] for each in queue.receive()] == [received["messageId"]]


@pytest.mark.parametrize(("asked", "sent"), [(0, 0), (61, 61), (-5, 0), (10_000, LONGEST_DELAY)])
def test_delays_are_what_sqs_takes(
    dictated: tuple[SqsQueue, Stubber], asked: int, sent: int
) -> None:
    """From none to a quarter of an hour."""
    queue, stub = dictated
    body = json.dumps({"jobId": JOB})
    wanted = {"QueueUrl": URL, "MessageBody": body, "DelaySeconds": sent, "MessageAttributes": {}}
    stub.add_response("send_message", {"MessageId": "m"}, wanted)
    queue.send(JOB, delay_seconds=asked)
    stub.assert_no_pending_responses()


@pytest.mark.parametrize(
    ("code", "status"),
    [
        ("AccessDenied", 403),
        ("AWS.SimpleQueueService.NonExistentQueue", 400),
        ("RequestThrottled", 400),
        ("ServiceUnavailable", 503),
        ("Odd", 500),
    ],
)
def test_answers_of_sqs_become_our_errors(
    dictated: tuple[SqsQueue, Stubber], code: str, status: int
) -> None:
    """Named by their code, and by no class of botocore."""
    queue, stub = dictated
    stub.add_client_error("send_message", code, http_status_code=status)
    with pytest.raises(Unavailable, match=code):
        queue.send(JOB)


def test_a_queue_that_cannot_be_reached_is_unavailable(settings: Settings) -> None:
    """Sending, receiving and deleting alike."""
    nowhere = settings.model_copy(
        update={
            "jobs_queue_url": "http://127.0.0.1:9/1/jobs",
            "sqs_endpoint": "http://127.0.0.1:9",
            "aws_max_attempts": 1,
        }
    )
    queue = make_job_queue(nowhere)
    assert queue is not None
    with pytest.raises(Unavailable):
        queue.send(JOB)
    with pytest.raises(Unavailable):
        queue.receive()


def test_without_a_url_there_is_no_queue(settings: Settings) -> None:
    """And a client is made once, however often it is asked for."""
    assert make_job_queue(settings) is None
    clients = Clients(settings.model_copy(update={"sqs_endpoint": "http://127.0.0.1:9"}))
    assert clients.sqs is clients.sqs
