"""Makes the queue of jobs, and the one for what nobody could deal with, on a local SQS.

What is there already stays. Knows no app.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from mypy_boto3_sqs import SQSClient

# One more than the workers that may begin a job: the next one says in the job that it failed.
MOST_RECEIVES = 5
# So long a message stays with a worker that says nothing; then the next one gets it.
INVISIBLE_SECONDS = 60


def ensure_queues(client: SQSClient, name: str) -> str:
    """The URL of the queue; what was received too often goes to `<name>-dead`."""
    dead = client.create_queue(QueueName=f"{name}-dead")["QueueUrl"]
    arn = client.get_queue_attributes(QueueUrl=dead, AttributeNames=["QueueArn"])["Attributes"]
    redrive = {"deadLetterTargetArn": arn["QueueArn"], "maxReceiveCount": MOST_RECEIVES}
    made = client.create_queue(
        QueueName=name,
        Attributes={
            "RedrivePolicy": json.dumps(redrive),
            "VisibilityTimeout": str(INVISIBLE_SECONDS),
        },
    )
    return made["QueueUrl"]
