"""The whole API against its own OpenAPI document, as each role: whatever is sent, it answers so."""

from __future__ import annotations

import logging
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from itertools import chain, product
from pathlib import Path
from threading import Thread
from time import monotonic, sleep

import pytest
import uvicorn
from fastapi import FastAPI
from fastapi.testclient import TestClient
from moto import mock_aws

from access_patterns import jobs, media
from app.core.settings import Settings
from app.main import TAGS
from app.services import uploads
from model import (
    ContentType,
    Job,
    JobId,
    JobKind,
    JobStatus,
    Media,
    MediaId,
    MediaStatus,
    Role,
    UserId,
)
from tests.app.api.v1.jobs.steps import sqs_client
from tests.app.api.v1.media.steps import PNG, s3_client, s3_server
from tests.app.api.v1.statuses import documented, seen
from tests.app.api.v1.stores import in_memory
from tests.app.harness import AppHarness, ByName, open_with_pool
from tests.app.openapi import OF_ANY_OPERATION, own_statuses

CONFIGURATION = Path(__file__).with_name("schemathesis.toml")
EXAMPLES = "2"
BUCKET = "files-of-the-fuzz"
QUEUE = "jobs-of-the-fuzz"
EXAMPLE_JOB = JobId("01JD9GZ2J0V5X7Q3M8K4T6B1RC")
EXAMPLE = MediaId("01JD9GZ2J0V5X7Q3M8K4T6B1RB")
CALLERS = {
    "anonymous": None,
    "viewer": "Bearer as-vera-viewer",
    "editor": "Bearer as-eva-editor",
    "admin": "Bearer as-root-admin",
}
PARTS = {
    "posts": ("posts", "previews"),
    "people": ("auth", "users", "sessions"),
    "things": ("authors", "categories", "media", "tags"),
    "the rest": ("probes", "jobs", "audit"),
}
"""Tags of operations. In one piece, a role would keep one worker busy long after the others."""
NO_SUCH_METHOD = "405"
SMOKE = "viewer", "the rest"
RUNS = [
    pytest.param(*run, marks=() if run == SMOKE else pytest.mark.slow)
    for run in product(CALLERS, PARTS)
]


@contextmanager
def serving(app: FastAPI) -> Iterator[str]:
    """The app on a free port of this machine, while the context is open."""
    server = uvicorn.Server(uvicorn.Config(app, port=0, log_config=None, lifespan="off"))
    thread = Thread(target=server.run)
    thread.start()
    try:
        deadline = monotonic() + 20
        while not server.started and monotonic() < deadline:
            sleep(0.05)  # uvicorn tells nobody that it has begun
        port = server.servers[0].sockets[0].getsockname()[1]
        yield f"http://127.0.0.1:{port}"
    finally:
        server.should_exit = True
        thread.join()


def keep_job(harness: AppHarness) -> None:
    """The job that the document has for an example, done, with a result."""
    now = datetime.now(UTC)
    job = Job(
        job_id=EXAMPLE_JOB,
        kind=JobKind.EXPORT,
        requested_by=UserId("root"),
        status=JobStatus.SUCCEEDED,
        object_name=uploads.new_object_name(),
        result="jobs/posts",
        created_at=now,
        started_at=now,
        finished_at=now,
    )
    harness.repository.write(jobs.create(job))


def keep_file(harness: AppHarness) -> None:
    """A bucket, and in it the file that the document has for an example, ready for all to see."""
    now = datetime.now(UTC)
    file = Media(
        media_id=EXAMPLE,
        owner_id=UserId("eva"),
        name="photo.png",
        content_type=ContentType.PNG,
        size=len(PNG),
        object_name=uploads.new_object_name(),
        status=MediaStatus.READY,
        created_at=now,
        ready_at=now,
    )
    s3 = s3_client(harness.settings.s3_endpoint)
    s3.create_bucket(Bucket=BUCKET)
    s3.put_object(Bucket=BUCKET, Key=uploads.kept(file), Body=PNG, ContentType=file.content_type)
    harness.repository.write(media.create(file))


def test_the_parts_are_the_whole() -> None:
    """No operation is in none of them."""
    assert sorted(chain(*PARTS.values())) == sorted(tag["name"] for tag in TAGS)


@pytest.mark.parametrize(("who", "part"), RUNS)
def test_whatever_is_sent_is_answered_as_documented(
    settings: Settings, caplog: pytest.LogCaptureFixture, who: str, part: str
) -> None:
    """No 5xx, no status, header, type or shape that the document lacks; all checks are on."""
    caplog.set_level(logging.INFO, "app.access")
    with (
        mock_aws(),
        s3_server() as endpoint,
        in_memory() as store,
        open_with_pool(
            settings,
            store,
            options={"authenticators": (ByName(),)},
            media_bucket=BUCKET,
            s3_endpoint=endpoint,
            jobs_queue_url=sqs_client(endpoint).create_queue(QueueName=QUEUE)["QueueUrl"],
            sqs_endpoint=endpoint,
        ) as harness,
    ):
        harness.account("ada", Role.ADMIN)
        keep_file(harness)
        keep_job(harness)
        harness.category("news")
        harness.published("eva")
        harness.draft("eva")
        with serving(harness.app) as url:
            done = run(url, who, part)
        known = {
            operation: own_statuses(shown) | OF_ANY_OPERATION | {NO_SUCH_METHOD}
            for tag in PARTS[part]
            for operation, shown in documented(TestClient(harness.app), tag).items()
        }
    assert done.returncode == 0, done.stdout[-20_000:] + done.stderr[-2_000:]
    for operation, statuses in seen(caplog.records, known).items():
        assert statuses <= known[operation], operation


def run(url: str, who: str, part: str) -> subprocess.CompletedProcess[str]:
    """What a schema forbids is tried one by one as the least and the most powerful: the same
    code refuses it to all, and for the two between them samples will do."""
    authorization = CALLERS[who]
    program = "from schemathesis.cli import schemathesis; schemathesis()"
    arguments = ["--config-file", str(CONFIGURATION), "run", f"{url}/openapi.json"]
    options = ["--max-examples", EXAMPLES, "--seed", "7", "--generation-database", "none"]
    phases = "examples,coverage,fuzzing" if who in {"anonymous", "admin"} else "examples,fuzzing"
    options += ["--phases", phases]
    options += chain.from_iterable(("--include-tag", tag) for tag in PARTS[part])
    header = ["--header", f"Authorization: {authorization}"] if authorization else []
    return subprocess.run(
        [sys.executable, "-c", program, *arguments, *options, *header],
        capture_output=True,
        text=True,
        check=False,
        cwd=CONFIGURATION.parent,
    )
