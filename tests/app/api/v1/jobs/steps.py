"""A queue behind a real HTTP server, jobs in it, and a worker that does them."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
from datetime import timedelta
from functools import cache
from typing import Any

import boto3
import httpx2
from fastapi.testclient import TestClient

from app import worker
from app.aws.messaging import SqsQueue, make_job_queue
from app.aws.s3 import make_object_store
from app.core.problems import Unavailable
from app.core.settings import Settings
from app.services.jobs import WorkerDependencies
from model import JobId
from tests.app import expect
from tests.app.api.v1.stores import Store

LEASE = timedelta(seconds=60)
PATIENT: Callable[[], bool] = lambda: False  # noqa: E731 - a value of a type, not a function


@cache
def sqs_client(endpoint: str | None = None) -> Any:
    """With credentials that open nothing."""
    return boto3.client(
        "sqs",
        region_name="us-east-1",
        endpoint_url=endpoint,
        aws_access_key_id="testing",
        aws_secret_access_key="testing",
    )


@dataclass
class Notes:
    """A queue that keeps what it is told: (job or receipt, seconds)."""

    sent: list[tuple[str, int]] = field(default_factory=list[tuple[str, int]])
    hidden: list[tuple[str, int]] = field(default_factory=list[tuple[str, int]])

    def send(self, job_id: JobId, delay_seconds: int = 0) -> None:
        self.sent.append((job_id, delay_seconds))

    def hide(self, receipt: str, seconds: int) -> None:
        self.hidden.append((receipt, seconds))


class DeadQueue:
    """A queue that takes nothing."""

    def send(self, job_id: JobId, delay_seconds: int = 0) -> None:
        raise Unavailable(cause="the test's")

    def hide(self, receipt: str, seconds: int) -> None:
        raise Unavailable(cause="the test's")


class JobSteps:
    """What `AppHarness` does with jobs: an administrator asks for them, a worker is called."""

    settings: Settings
    store: Store
    admin: TestClient
    sqs: Any

    @property
    def queue(self) -> SqsQueue:
        queue = make_job_queue(self.settings)
        assert queue is not None
        return queue

    def worker(self, **changed: Any) -> WorkerDependencies:
        objects = make_object_store(self.settings)
        assert objects is not None
        shop = WorkerDependencies(
            repository=self.store.repository(),
            objects=objects,
            queue=self.queue,
            clock=self.store.clock,
            lease=LEASE,
            keep=timedelta(days=30),
            most_attempts=3,
        )
        return replace(shop, **changed)

    def start_export(self) -> dict[str, Any]:
        return dict(expect.success(self.admin.post("/v1/jobs/exports"), 202))

    def begin_import(self, lines: bytes) -> dict[str, Any]:
        answer = self.admin.post("/v1/jobs/imports", json={"size": len(lines)})
        return dict(expect.success(answer, 201))

    def send_lines(self, upload: dict[str, Any], lines: bytes) -> None:
        transfer = upload["upload"]
        headers = {"Content-Type": transfer["headers"]["Content-Type"]}
        sent = httpx2.request(transfer["method"], transfer["url"], content=lines, headers=headers)
        assert sent.status_code == 200

    def start_import(self, job: dict[str, Any]) -> Any:
        return self.admin.post(f"{path(job)}/start")

    def queue_import(self, lines: bytes) -> dict[str, Any]:
        """An import that is queued."""
        upload = self.begin_import(lines)
        self.send_lines(upload, lines)
        return dict(expect.success(self.start_import(upload["job"]), 202))

    def receive_messages(self) -> list[dict[str, Any]]:
        """What is in the queue now, as Lambda has it; it is gone from there."""
        url = self.settings.jobs_queue_url
        found = list[dict[str, Any]]()
        while answer := self.sqs.receive_message(QueueUrl=url, MaxNumberOfMessages=10).get(
            "Messages"
        ):
            for each in answer:
                self.sqs.delete_message(QueueUrl=url, ReceiptHandle=each["ReceiptHandle"])
                found.append({"messageId": each["MessageId"], "body": each["Body"]})
        return found

    def work(
        self, shop: WorkerDependencies | None = None, is_over: Callable[[], bool] = PATIENT
    ) -> list[str]:
        """Deals with what is in the queue; the identities of messages that failed."""
        event = {"Records": self.receive_messages()}
        answer = worker.answer(event, shop or self.worker(), is_over)
        return [each["itemIdentifier"] for each in answer["batchItemFailures"]]

    def deliver_message(
        self, job: dict[str, Any], shop: WorkerDependencies, is_over: Callable[[], bool] = PATIENT
    ) -> bool:
        """A message about a job to a worker; whether it was dealt with."""
        body = json.dumps({"jobId": job["jobId"]})
        record = {"messageId": "m", "body": body, "receiptHandle": "receipt"}
        return not worker.answer({"Records": [record]}, shop, is_over)["batchItemFailures"]

    def load_job(self, job: dict[str, Any]) -> dict[str, Any]:
        return dict(expect.success(self.admin.get(path(job))))

    def load_rows(self, job: dict[str, Any]) -> list[dict[str, Any]]:
        """The rows of what a job left in the bucket."""
        return [json.loads(line) for line in self.load_result(job).splitlines()]

    def load_result(self, job: dict[str, Any]) -> bytes:
        data = expect.success(self.admin.get(f"{path(job)}/result"))
        answer = httpx2.get(data["url"])
        assert answer.status_code == 200
        assert answer.headers["content-type"] == "application/x-ndjson"
        return answer.content

    def run_import(self, lines: bytes) -> tuple[dict[str, Any], list[dict[str, Any]]]:
        """The job after the worker's work, and its report."""
        job = self.queue_import(lines)
        assert self.work() == []
        return self.load_job(job), self.load_rows(job)


def path(job: dict[str, Any]) -> str:
    return f"/v1/jobs/{job['jobId']}"


def ndjson(posts: Iterable[dict[str, Any]]) -> bytes:
    return b"".join(json.dumps(post).encode() + b"\n" for post in posts)
