"""Lines a second of exports and imports by a worker on DynamoDB Local, and its memory.

`python -m tests.bench.jobs [POSTS]`; DYNAMODB_LOCAL_ENDPOINT says where the table is made.
"""

from __future__ import annotations

import logging
import os
import subprocess
import sys
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path
from time import perf_counter, sleep
from typing import Any

import boto3
from pydantic import SecretStr

from access_patterns import blog
from app.aws.clients import LOCAL_ACCESS_KEY_ID, LOCAL_SECRET_ACCESS_KEY
from app.core.settings import Settings
from singletable.transport import boto3_transport
from tests.app.api.v1.jobs.steps import ndjson
from tests.app.api.v1.stores import Store, timed
from tests.app.harness import AppHarness, open_with_queue
from tests.app.services.accounts.server import moto_server
from tests.backends import Backend, local_endpoint

REGION = "us-east-1"
SETTINGS = Settings(
    app_env="local",
    table_name="bench",
    dynamodb_endpoint="http://127.0.0.1:9",
    aws_region=REGION,
    cursor_secret=SecretStr("a secret of the tests alone, 32+"),
)
BODY = "Lorem ipsum dolor sit amet. " * 70


@contextmanager
def table() -> Generator[Store]:
    """Seen with the keys that a local stage has: DynamoDB Local keeps tables by key and region."""
    client: Any = boto3.client(
        "dynamodb",
        region_name=REGION,
        endpoint_url=local_endpoint(),
        aws_access_key_id=LOCAL_ACCESS_KEY_ID,
        aws_secret_access_key=LOCAL_SECRET_ACCESS_KEY,
    )
    made = Backend(client, blog)
    try:
        yield Store(boto3_transport(client), made.name)
    finally:
        client.delete_table(TableName=made.name)


@contextmanager
def worker(harness: AppHarness) -> Generator[subprocess.Popen[bytes]]:
    told = harness.settings
    settings = {
        "APP_ENV": "local",
        "TABLE_NAME": harness.store.table,
        "AWS_REGION": REGION,
        "DYNAMODB_ENDPOINT": local_endpoint(),
        "MEDIA_BUCKET": told.media_bucket,
        "S3_ENDPOINT": told.s3_endpoint,
        "JOBS_QUEUE_URL": told.jobs_queue_url,
        "SQS_ENDPOINT": told.sqs_endpoint,
        "AWS_READ_TIMEOUT_SECONDS": "15",
    }
    command = [sys.executable, "-m", "app.worker"]
    with subprocess.Popen(command, env=os.environ | settings) as process:
        try:
            yield process
        finally:
            process.terminate()


def measured(what: str, harness: AppHarness, job: dict[str, Any], process: Any) -> dict[str, Any]:
    """The job after its end."""
    began = perf_counter()
    while (seen := harness.seen(job))["status"] in ("queued", "running"):
        sleep(0.5)
    seconds = perf_counter() - began
    done = seen["progress"]["done"]
    print(
        f"{what}: {seen['status']}, {done} lines in {seconds:.1f} s, {done / seconds:.0f} a second;"
        f" at most {resident(process.pid)} KiB resident",
        flush=True,
    )
    return seen


def resident(pid: int) -> int:
    """The most that a process ever had, in KiB."""
    status = Path(f"/proc/{pid}/status").read_text().splitlines()
    return next(int(line.split()[1]) for line in status if line.startswith("VmHWM"))


def main() -> None:
    logging.disable()
    posts = int(sys.argv[1]) if len(sys.argv) > 1 else 10_000
    with moto_server() as endpoint, table() as store:
        harness = open_with_queue(SETTINGS, timed(store), endpoint)
        with worker(harness) as process:
            sleep(5)
            print(f"idle: {resident(process.pid)} KiB resident", flush=True)
            lines = ndjson(
                {"title": f"Post {n}", "slug": f"post-{n}", "categoryId": "news", "body": BODY}
                for n in range(posts)
            )
            measured("import", harness, harness.started(lines), process)
            measured("export", harness, harness.export(), process)


if __name__ == "__main__":
    main()
