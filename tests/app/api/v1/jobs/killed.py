"""A process that works on jobs and is killed around a request of the test's choice."""

from __future__ import annotations

import json
import sys
from datetime import timedelta

from access_patterns import blog
from app import worker
from app.aws.messaging import SqsQueue
from app.aws.s3 import S3ObjectStore
from app.core.context import utc_now
from app.services import jobs
from app.services.jobs import WorkerDependencies
from singletable import Repository, boto3_transport
from tests.app.api.v1.jobs.steps import PATIENT, sqs_client
from tests.app.api.v1.media.steps import s3_client
from tests.app.killed_process import die, live_each_line
from tests.app.services.accounts.faults import WatchedRequests
from tests.backends import SECRET, client_of

LEASE = 0.2
"""Seconds that the next one has to wait after a death."""


class KilledWorker:
    """A worker whose table, bucket and queue the test sees as well."""

    def __init__(self, dynamodb: str, moto: str) -> None:
        jobs.STILL_SECONDS = 0  # requests are counted: no heartbeat may come between them
        self._dynamodb, self._s3, self._sqs = client_of(dynamodb), s3_client(moto), sqs_client(moto)

    def live(self, table: str, bucket: str, queue: str, job: str, dies_at: int) -> None:
        shop = WorkerDependencies(
            repository=Repository(
                boto3_transport(self._dynamodb), {blog: table}, cursor_secret=SECRET
            ),
            objects=S3ObjectStore(self._s3, bucket, 300),
            queue=SqsQueue(self._sqs, queue),
            clock=utc_now,
            lease=timedelta(seconds=LEASE),
            keep=timedelta(days=1),
            most_attempts=1000,
        )
        requests = WatchedRequests(dies_at, die)
        for client, service in ((self._dynamodb, "dynamodb"), (self._s3, "s3")):
            client.meta.events.register(f"before-call.{service}", requests.note)
            client.meta.events.register(f"after-call.{service}", requests.note)
        record = {"messageId": "m", "body": json.dumps({"jobId": job})}
        answer = worker.answer({"Records": [record]}, shop, PATIENT)
        if answer["batchItemFailures"]:
            raise RuntimeError("the message failed")


if __name__ == "__main__":
    live_each_line(KilledWorker(*sys.argv[1:]).live)
