"""Attempts at exports and imports."""

from __future__ import annotations

from typing import Any

from access_patterns import jobs
from model import JobStatus
from scripts.docs.matrix import Cell
from tests.app.api.matrix.attempt import Attempt, Making, token_of
from tests.app.api.matrix.harness import MatrixHarness


def asked(path: str, json: Any = None) -> Making:
    """About no job in particular; what there is afterwards is seen."""

    def make(harness: MatrixHarness, cell: Cell) -> Attempt:
        def seen() -> object:
            return list(harness.base.repository.iterate(jobs.newest()))

        return Attempt(path, json=json, token=token_of(harness, cell), seen=seen)

    return make


def on_job(below: str = "", status: JobStatus = JobStatus.SUCCEEDED) -> Making:
    """About a job of its own for each cell, which someone else asked for."""

    def make(harness: MatrixHarness, cell: Cell) -> Attempt:
        job = harness.job(status)
        known = jobs.by_id(job.job_id).consistent()

        def seen() -> object:
            return harness.base.repository.fetch(known), harness.objects()

        return Attempt(f"/v1/jobs/{job.job_id}{below}", token=token_of(harness, cell), seen=seen)

    return make


_JOB = "/v1/jobs/{job_id}"

JOBS: dict[tuple[str, str], Making] = {
    ("GET /v1/jobs", "jobs.list"): asked("/v1/jobs"),
    ("POST /v1/jobs/exports", "jobs.export"): asked("/v1/jobs/exports"),
    ("POST /v1/jobs/imports", "jobs.import"): asked("/v1/jobs/imports", {"size": 5}),
    (f"GET {_JOB}", "jobs.read"): on_job(),
    (f"GET {_JOB}/result", "jobs.read"): on_job("/result"),
    (f"POST {_JOB}/cancel", "jobs.cancel"): on_job("/cancel", JobStatus.QUEUED),
    (f"POST {_JOB}/start", "jobs.start"): on_job("/start", JobStatus.WAITING),
}
