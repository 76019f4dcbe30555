"""What is asked of jobs over HTTP besides their work: lists, limits, outages, and who may."""

from __future__ import annotations

from typing import Any

import pytest

from tests.app import expect
from tests.app.api.v1.jobs.steps import PATIENT, ndjson, path
from tests.app.harness import TEXT, AppHarness

NOWHERE: dict[str, Any] = {"sqs_endpoint": "http://127.0.0.1:9", "aws_max_attempts": 1}
LINES = ndjson([TEXT])


def test_jobs_are_listed_newest_first(harness: AppHarness) -> None:
    """Page by page, in whatever state; those that nobody started are forgotten."""
    assert expect.success(harness.admin.get("/v1/jobs")) == {"items": [], "nextCursor": None}
    made = list[str]()
    for _ in range(2):
        made.append(harness.start_export()["jobId"])
        made.append(harness.begin_import(LINES)["job"]["jobId"])
        harness.store.clock.tick(minutes=1)
    page = expect.success(harness.admin.get("/v1/jobs?limit=3"))
    rest = expect.success(harness.admin.get(f"/v1/jobs?limit=3&cursor={page['nextCursor']}"))
    found = [each["jobId"] for each in (*page["items"], *rest["items"])]
    assert sorted(found[:2]) == sorted(made[2:])
    assert sorted(found[2:]) == sorted(made[:2])
    harness.store.clock.tick(hours=25)
    left = expect.success(harness.admin.get("/v1/jobs"))["items"]
    assert [each["kind"] for each in left] == ["export", "export"]


def test_without_a_queue_or_a_bucket_there_are_no_jobs(harness: AppHarness) -> None:
    """503, which says what is not set; what was there can still be read."""
    job = harness.start_export()
    harness.work()
    for settings, named in (
        ({"jobs_queue_url": ""}, "JOBS_QUEUE_URL"),
        ({"media_bucket": ""}, "MEDIA_BUCKET"),
        ({"jobs_queue_url": "", "media_bucket": ""}, "JOBS_QUEUE_URL, MEDIA_BUCKET"),
    ):
        bare = harness.with_settings(**settings)
        for answer in (
            bare.admin.post("/v1/jobs/exports"),
            bare.admin.post("/v1/jobs/imports", json={"size": 1}),
            bare.start_import(job),
        ):
            assert f": {named} not set" in expect.failure(answer, 503, "not-configured")["message"]
        assert bare.load_job(job)["status"] == "succeeded"


@pytest.mark.parametrize("kind", ["export", "import"])
def test_a_queue_that_is_away_leaves_a_job_that_waits(harness: AppHarness, kind: str) -> None:
    """503; the job says what happened, and a start queues it."""
    away = harness.with_settings(**NOWHERE)
    if kind == "export":
        answer = away.admin.post("/v1/jobs/exports")
    else:
        upload = away.begin_import(LINES)
        away.send_lines(upload, LINES)
        answer = away.start_import(upload["job"])
    expect.failure(answer, 503, "unavailable")
    (job,) = expect.success(harness.admin.get("/v1/jobs"))["items"]
    assert (job["status"], job["kind"]) == ("waiting", kind)
    assert job["reason"] == "the queue did not take it; start it again"
    assert job["expiresAt"]
    expect.failure(away.start_import(job), 503, "unavailable")
    started = expect.success(harness.start_import(job), 202)
    assert (started["status"], started["reason"], started["expiresAt"]) == ("queued", "", None)
    assert harness.work() == []
    assert harness.load_job(job)["status"] == "succeeded"


def test_a_job_that_is_queued_may_be_sent_again(harness: AppHarness) -> None:
    """Its message may have been lost; twice, it is done once."""
    job = harness.queue_import(LINES)
    expect.success(harness.start_import(job), 202)
    messages = harness.receive_messages()
    assert [each["body"] for each in messages] == [f'{{"jobId": "{job["jobId"]}"}}'] * 2


def test_what_is_worked_on_or_done_is_not_started(harness: AppHarness) -> None:
    """409; but one whose worker has been silent for longer than its lease is."""
    job = harness.queue_import(LINES)
    assert harness.worker().take(job["jobId"], PATIENT) is not None
    expect.failure(harness.start_import(job), 409, "conflict")
    assert harness.load_job(job)["status"] == "running"
    harness.store.clock.tick(seconds=61)
    expect.success(harness.start_import(job), 202)
    harness.work()
    assert harness.load_job(job)["status"] == "succeeded"
    expect.failure(harness.start_import(job), 409, "conflict")


def test_jobs_are_the_administrators(harness: AppHarness) -> None:
    """Whoever asked for them; nobody else learns whether there is one."""
    job = harness.start_export()
    for who in (harness.ada, harness.client_as("vic")):
        for method, where in (
            ("GET", "/v1/jobs"),
            ("GET", path(job)),
            ("GET", f"{path(job)}/result"),
            ("GET", "/v1/jobs/01JD9GZ2J0V5X7Q3M8K4T6B1RA"),
            ("POST", "/v1/jobs/exports"),
            ("POST", "/v1/jobs/imports"),
            ("POST", f"{path(job)}/start"),
        ):
            body = {"size": 5} if where.endswith("imports") else None
            expect.failure(who.request(method, where, json=body), 403, "forbidden")
    expect.failure(harness.anonymous.get("/v1/jobs"), 401, "credentials-missing")
    unknown = harness.admin.get("/v1/jobs/01JD9GZ2J0V5X7Q3M8K4T6B1RA")
    expect.failure(unknown, 404, "not-found")


def test_results_are_forgotten_with_their_job(harness: AppHarness) -> None:
    """After the days that are set."""
    job = harness.start_export()
    harness.work()
    harness.store.clock.tick(days=29)
    assert harness.load_job(job)["hasResult"]
    harness.store.clock.tick(days=2)
    expect.failure(harness.admin.get(path(job)), 404, "not-found")


def test_exports_are_no_job(harness: AppHarness) -> None:
    """A word of another path stands for no identity, nor does what cannot be one."""
    for method in ("GET", "DELETE"):
        answer = harness.admin.request(method, "/v1/jobs/exports")
        expect.failure(answer, 405, "method-not-allowed")
        assert answer.headers["allow"] == "POST"
    for word in ("none", "U" * 26, "exports/result"):
        expect.failure(harness.admin.get(f"/v1/jobs/{word}"), 404, "not-found")
    answer = harness.admin.delete(path({"jobId": "01JD9GZ2J0V5X7Q3M8K4T6B1RA"}))
    assert answer.headers["allow"] == "GET, HEAD"
