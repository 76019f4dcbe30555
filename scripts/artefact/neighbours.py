"""What stands beside the functions: a queue, a topic with somebody who listens, the table.

Made on local endpoints alone, with credentials that open nothing. Knows no app.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import boto3
from botocore.config import Config

REGION = "us-east-1"  # moto takes it for unsigned requests, and the functions are told it
NAME = "artefact"


class Neighbours:
    """Of one endpoint for SQS and SNS, and one for the table."""

    def __init__(self, endpoint: str, table_endpoint: str, table: str) -> None:
        self._sqs = _client("sqs", endpoint)
        self._sns = _client("sns", endpoint)
        self._dynamodb = _client("dynamodb", table_endpoint)
        self._table = table
        self.queue = self._made_queue("jobs")
        self.topic: str = self._sns.create_topic(Name=f"{NAME}-events")["TopicArn"]
        self._heard = self._made_queue("heard")
        self._sns.subscribe(
            TopicArn=self.topic,
            Protocol="sqs",
            Endpoint=self._arn(self._heard),
            Attributes={"RawMessageDelivery": "true"},
        )

    def settings(self) -> Mapping[str, str]:
        """What the functions are told of them."""
        return {"JOBS_QUEUE_URL": self.queue, "EVENTS_TOPIC_ARN": self.topic}

    def sent_jobs(self) -> list[str]:
        """Bodies of the messages that wait in the queue of jobs, each once."""
        return self._taken(self.queue)

    def heard_events(self) -> list[str]:
        """What came out of the topic since the last time."""
        return self._taken(self._heard)

    def items(self, prefix: str) -> list[dict[str, Any]]:
        """Of the partitions whose key begins so, in DynamoDB's own form."""
        pages = self._dynamodb.get_paginator("scan").paginate(
            TableName=self._table,
            FilterExpression="begins_with(PK, :prefix)",
            ExpressionAttributeValues={":prefix": {"S": prefix}},
            ConsistentRead=True,
        )
        return [item for page in pages for item in page["Items"]]

    def _made_queue(self, name: str) -> str:
        url: str = self._sqs.create_queue(QueueName=f"{NAME}-{name}")["QueueUrl"]
        return url

    def _arn(self, url: str) -> str:
        asked = self._sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["QueueArn"])
        return str(asked["Attributes"]["QueueArn"])

    def _taken(self, url: str) -> list[str]:
        found = self._sqs.receive_message(QueueUrl=url, MaxNumberOfMessages=10).get("Messages", [])
        for each in found:
            self._sqs.delete_message(QueueUrl=url, ReceiptHandle=each["ReceiptHandle"])
        return [str(each["Body"]) for each in found]


def _client(service: str, endpoint: str) -> Any:
    return boto3.client(
        service,
        region_name=REGION,
        endpoint_url=endpoint,
        aws_access_key_id="local",
        aws_secret_access_key="local",  # noqa: S106 - opens nothing
        config=Config(retries={"total_max_attempts": 2}, read_timeout=20),
    )
