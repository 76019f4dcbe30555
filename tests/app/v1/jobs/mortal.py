"""A process that works on jobs and is killed in front of a request of the test's choice.

Each line that it reads is a life, lived in a fork of its own; the answer is how it ended.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Generator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import IO, Any

from access_patterns import blog
from app import worker
from app.aws.s3 import ObjectStore
from app.aws.sqs import SqsQueue
from app.clock import utc_now
from app.jobs.holding import Workshop
from singletable import Repository, boto3_transport
from tests.app.accounts.faults import Requests
from tests.app.accounts.mortal import die
from tests.app.v1.jobs.office import PATIENT, sqs_client
from tests.app.v1.media.bucket import s3_client
from tests.backends import SECRET, client_of

ROOT = Path(__file__).parents[4]
KILLED = -9
LEASE = 0.2
"""Seconds that the next one has to wait after a death."""


class Mortal:
    """Clients are made before the fork, their connections after it."""

    def __init__(self, dynamodb: str, moto: str) -> None:
        self._dynamodb, self._s3, self._sqs = client_of(dynamodb), s3_client(moto), sqs_client(moto)

    def live(self, table: str, bucket: str, queue: str, job: str, dies_at: int) -> None:
        shop = Workshop(
            repository=Repository(
                boto3_transport(self._dynamodb), {blog: table}, cursor_secret=SECRET
            ),
            objects=ObjectStore(self._s3, bucket, 300),
            queue=SqsQueue(self._sqs, queue),
            clock=utc_now,
            lease=timedelta(seconds=LEASE),
            keep=timedelta(days=1),
            most_attempts=1000,
        )
        requests = Requests(dies_at, die)
        for client, service in ((self._dynamodb, "dynamodb"), (self._s3, "s3")):
            client.meta.events.register(f"before-call.{service}", requests.note)
            client.meta.events.register(f"after-call.{service}", requests.note)
        record = {"messageId": "m", "body": json.dumps({"jobId": job})}
        answer = worker.answer({"Records": [record]}, shop, PATIENT)
        if answer["batchItemFailures"]:
            raise RuntimeError("the message failed")


class Lives:
    """What a mortal process is told, and how it ends."""

    def __init__(self, process: subprocess.Popen[bytes]) -> None:
        self._process = process

    def live(self, **life: Any) -> int:
        """0: the message was dealt with; `KILLED` around the request number `dies_at`."""
        stdin, stdout = _pipes(self._process)
        stdin.write(json.dumps(life).encode() + b"\n")
        stdin.flush()
        return int(stdout.readline())


@contextmanager
def mortal(dynamodb: str, moto: str) -> Generator[Lives]:
    command = [sys.executable, "-m", "tests.app.v1.jobs.mortal", dynamodb, moto]
    pipe = subprocess.PIPE
    with subprocess.Popen(command, stdin=pipe, stdout=pipe, cwd=ROOT) as process:
        try:
            yield Lives(process)
        finally:
            process.kill()


def _pipes(process: subprocess.Popen[bytes]) -> tuple[IO[bytes], IO[bytes]]:
    assert process.stdin is not None
    assert process.stdout is not None
    return process.stdin, process.stdout


def main() -> None:
    made = Mortal(*sys.argv[1:])
    for line in sys.stdin:
        child = os.fork()
        if child == 0:
            try:
                made.live(**json.loads(line))
            except BaseException as error:  # noqa: BLE001 - a fork must not go on reading
                sys.stderr.write(f"{error!r}\n")
                sys.stderr.flush()
                os._exit(1)
            os._exit(0)
        _, status = os.waitpid(child, 0)
        sys.stdout.write(f"{os.waitstatus_to_exitcode(status)}\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main()
