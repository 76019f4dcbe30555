"""Makes the topic of events on a local SNS, and a queue to look at them. Knows no app."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from mypy_boto3_sns import SNSClient
    from mypy_boto3_sqs import SQSClient


def queue_name(topic: str) -> str:
    """The queue that gets all that the topic is told."""
    return f"{topic}-seen"


def ensure_topic(sns: SNSClient, sqs: SQSClient, name: str) -> str:
    """The topic's ARN. Its queue gets the events as they are, without SNS's envelope."""
    arn = sns.create_topic(Name=name)["TopicArn"]
    url = sqs.create_queue(QueueName=queue_name(name))["QueueUrl"]
    asked = sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["QueueArn"])
    sns.subscribe(
        TopicArn=arn,
        Protocol="sqs",
        Endpoint=asked["Attributes"]["QueueArn"],
        Attributes={"RawMessageDelivery": "true"},
    )
    return arn
