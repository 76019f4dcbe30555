"""A worker that is killed, before and after each of its requests, and the ones that go on."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, datetime
from time import sleep
from typing import Any

import pytest

from tests.app.v1.jobs.mortal import KILLED, LEASE, Lives, mortal
from tests.app.v1.jobs.office import Office, ndjson
from tests.app.v1.site import TEXT
from tests.backends import local_endpoint

MOST = 60
STEP = 3
LINES = 5


@pytest.fixture(scope="module")
def lives(endpoint: str) -> Iterator[Lives]:
    with mortal(local_endpoint(), endpoint) as found:
        yield found


def lived(office: Office, lives: Lives, job: dict[str, Any], dies_at: int) -> int:
    settings = office.settings
    return lives.live(
        table=office.store.table,
        bucket=settings.media_bucket,
        queue=settings.jobs_queue_url,
        job=job["jobId"],
        dies_at=dies_at,
    )


@pytest.mark.connected
def test_every_line_is_done_once_whenever_workers_are_killed(
    local_office: Office, lives: Lives
) -> None:
    """Each is killed one moment later than the one before; the last does what is left.

    A line whose worker died after the transaction is told as created, not as one that exists.
    """
    lines = [{**TEXT, "slug": f"s{n}"} for n in range(LINES)] + [{"title": "bad"}]
    job = local_office.started(ndjson(lines))
    local_office.store.clock.now = datetime.now(UTC)
    progress = [0]
    for dies_at in range(1, MOST, STEP):
        ended = lived(local_office, lives, job, dies_at)
        seen = local_office.seen(job)
        assert seen["progress"]["done"] >= progress[-1]
        progress.append(seen["progress"]["done"])
        assert local_office.site.count_in("news") == min(progress[-1], LINES)
        if ended == 0 and seen["status"] == "succeeded":
            break
        assert ended == KILLED
        sleep(LEASE)
    assert len(set(progress)) > 3  # they died between lines, not only before the first
    assert seen["status"] == "succeeded"
    report = local_office.result(job)
    assert [(row["line"], row["outcome"]) for row in report] == [
        *((n + 1, "created") for n in range(LINES)),
        (LINES + 1, "refused"),
        (LINES + 1, "finished"),
    ]
    job = local_office.export()
    assert lived(local_office, lives, job, 0) == 0
    local_office.store.clock.now = datetime.now(UTC)
    slugs = [row["slug"] for row in local_office.result(job)]
    assert sorted(slugs) == [each["slug"] for each in lines[:-1]]


@pytest.mark.connected
def test_an_export_that_is_killed_begins_anew(local_office: Office, lives: Lives) -> None:
    """What the dead one wrote is of no account."""
    local_office.store.clock.now = datetime.now(UTC)
    made = sorted(local_office.site.draft(slug=f"s{n}")["slug"] for n in range(3))
    job = local_office.export()
    for dies_at in (5, 11, 17):
        assert lived(local_office, lives, job, dies_at) == KILLED
        sleep(LEASE)
    assert lived(local_office, lives, job, 0) == 0
    local_office.store.clock.now = datetime.now(UTC)
    rows = [json.loads(line) for line in local_office.result_bytes(job).splitlines()]
    assert sorted(row["slug"] for row in rows) == made
