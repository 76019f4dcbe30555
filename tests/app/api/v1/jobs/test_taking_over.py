"""A worker that is killed, before and after each of its requests, and the ones that go on."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, datetime
from itertools import chain, cycle
from time import sleep
from typing import Any

import pytest

from tests.app.api.v1.jobs.killed import LEASE
from tests.app.api.v1.jobs.steps import ndjson
from tests.app.harness import TEXT, AppHarness
from tests.app.killed_process import KILLED, KilledProcess, killed_process
from tests.backends import local_endpoint

pytestmark = pytest.mark.slow

LINES = 4
AT_FIRST = range(1, 11)
"""Read, take, and count the lines; the last two are before and after their number is written."""
AT_LINES = (7, 8, 9)
"""Before a line is written, after it, before the second."""
AT_LAST = range(7, 12)
"""While the report is made and the job is finished; after that there is nothing to take over."""


@pytest.fixture(scope="module")
def lives(endpoint: str) -> Iterator[KilledProcess]:
    with killed_process("tests.app.api.v1.jobs.killed", local_endpoint(), endpoint) as found:
        yield found


def lived(harness: AppHarness, lives: KilledProcess, job: dict[str, Any], dies_at: int) -> int:
    settings = harness.settings
    return lives.live(
        table=harness.store.table,
        bucket=settings.media_bucket,
        queue=settings.jobs_queue_url,
        job=job["jobId"],
        dies_at=dies_at,
    )


@pytest.mark.connected
def test_every_line_is_done_once_whenever_workers_are_killed(
    local_harness: AppHarness, lives: KilledProcess
) -> None:
    """Before and after each request of the first; then around lines; then while it is reported.

    A line whose worker died after the transaction is told as created, not as one that exists.
    """
    lines = [{**TEXT, "slug": f"s{n}"} for n in range(LINES)] + [{"title": "bad"}]
    job = local_harness.queue_import(ndjson(lines))
    local_harness.store.clock.now = datetime.now(UTC)
    done = 0
    for dies_at in chain(AT_FIRST, cycle(AT_LINES)):
        assert lived(local_harness, lives, job, dies_at) == KILLED
        before, done = done, local_harness.load_job(job)["progress"]["done"]
        assert before <= done <= before + 1
        assert local_harness.count_in("news") == min(done, LINES)
        if done == len(lines):
            break
        sleep(LEASE)
    for dies_at in AT_LAST:
        sleep(LEASE)
        assert lived(local_harness, lives, job, dies_at) == KILLED
    sleep(LEASE)
    assert lived(local_harness, lives, job, 0) == 0
    assert local_harness.load_job(job)["status"] == "succeeded"
    report = local_harness.load_rows(job)
    assert [(row["line"], row["outcome"]) for row in report] == [
        *((n + 1, "created") for n in range(LINES)),
        (LINES + 1, "refused"),
        (LINES + 1, "finished"),
    ]
    job = local_harness.start_export()
    assert lived(local_harness, lives, job, 0) == 0
    local_harness.store.clock.now = datetime.now(UTC)
    slugs = [row["slug"] for row in local_harness.load_rows(job) if row["kind"] == "post"]
    assert sorted(slugs) == [each["slug"] for each in lines[:-1]]


@pytest.mark.connected
def test_an_export_that_is_killed_begins_anew(
    local_harness: AppHarness, lives: KilledProcess
) -> None:
    """What the dead one wrote is of no account."""
    local_harness.store.clock.now = datetime.now(UTC)
    made = sorted(local_harness.draft(slug=f"s{n}")["slug"] for n in range(3))
    job = local_harness.start_export()
    for dies_at in (5, 11, 17):
        assert lived(local_harness, lives, job, dies_at) == KILLED
        sleep(LEASE)
    assert lived(local_harness, lives, job, 0) == 0
    local_harness.store.clock.now = datetime.now(UTC)
    rows = [json.loads(line) for line in local_harness.load_result(job).splitlines()]
    assert sorted(row["slug"] for row in rows if row["kind"] == "post") == made
