"""What is asked of jobs over HTTP besides their work: lists, limits, outages, and who may."""

from __future__ import annotations

from typing import Any

import pytest

from tests.app import expect
from tests.app.harness import TEXT
from tests.app.v1.jobs.office import PATIENT, Office, ndjson, path

NOWHERE: dict[str, Any] = {"sqs_endpoint": "http://127.0.0.1:9", "aws_max_attempts": 1}
LINES = ndjson([TEXT])


def test_jobs_are_listed_newest_first(office: Office) -> None:
    """Page by page, in whatever state; those that nobody started are forgotten."""
    assert expect.success(office.root.get("/v1/jobs")) == {"items": [], "nextCursor": None}
    made = list[str]()
    for _ in range(2):
        made.append(office.export()["jobId"])
        made.append(office.announce(LINES)["job"]["jobId"])
        office.store.clock.tick(minutes=1)
    page = expect.success(office.root.get("/v1/jobs?limit=3"))
    rest = expect.success(office.root.get(f"/v1/jobs?limit=3&cursor={page['nextCursor']}"))
    found = [each["jobId"] for each in (*page["items"], *rest["items"])]
    assert sorted(found[:2]) == sorted(made[2:])
    assert sorted(found[2:]) == sorted(made[:2])
    office.store.clock.tick(hours=25)
    left = expect.success(office.root.get("/v1/jobs"))["items"]
    assert [each["kind"] for each in left] == ["export", "export"]


def test_without_a_queue_or_a_bucket_there_are_no_jobs(office: Office) -> None:
    """503, which says what is not set; what was there can still be read."""
    job = office.export()
    office.work()
    for settings, named in (
        ({"jobs_queue_url": ""}, "JOBS_QUEUE_URL"),
        ({"media_bucket": ""}, "MEDIA_BUCKET"),
        ({"jobs_queue_url": "", "media_bucket": ""}, "JOBS_QUEUE_URL, MEDIA_BUCKET"),
    ):
        bare = office.configured(**settings)
        for answer in (
            bare.root.post("/v1/jobs/exports"),
            bare.root.post("/v1/jobs/imports", json={"size": 1}),
            bare.start(job),
        ):
            assert f": {named} not set" in expect.failure(answer, 503, "not-configured")["message"]
        assert bare.seen(job)["status"] == "succeeded"


@pytest.mark.parametrize("kind", ["export", "import"])
def test_a_queue_that_is_away_leaves_a_job_that_waits(office: Office, kind: str) -> None:
    """503; the job says what happened, and a start queues it."""
    away = office.configured(**NOWHERE)
    if kind == "export":
        answer = away.root.post("/v1/jobs/exports")
    else:
        upload = away.announce(LINES)
        away.send(upload, LINES)
        answer = away.start(upload["job"])
    expect.failure(answer, 503, "unavailable")
    (job,) = expect.success(office.root.get("/v1/jobs"))["items"]
    assert (job["status"], job["kind"]) == ("waiting", kind)
    assert job["reason"] == "the queue did not take it; start it again"
    assert job["expiresAt"]
    expect.failure(away.start(job), 503, "unavailable")
    started = expect.success(office.start(job), 202)
    assert (started["status"], started["reason"], started["expiresAt"]) == ("queued", "", None)
    assert office.work() == []
    assert office.seen(job)["status"] == "succeeded"


def test_a_job_that_is_queued_may_be_sent_again(office: Office) -> None:
    """Its message may have been lost; twice, it is done once."""
    job = office.started(LINES)
    expect.success(office.start(job), 202)
    messages = office.messages()
    assert [each["body"] for each in messages] == [f'{{"jobId": "{job["jobId"]}"}}'] * 2


def test_what_is_worked_on_or_done_is_not_started(office: Office) -> None:
    """409; but one whose worker has been silent for longer than its lease is."""
    job = office.started(LINES)
    assert office.workshop().take(job["jobId"], PATIENT) is not None
    expect.failure(office.start(job), 409, "conflict")
    assert office.seen(job)["status"] == "running"
    office.store.clock.tick(seconds=61)
    expect.success(office.start(job), 202)
    office.work()
    assert office.seen(job)["status"] == "succeeded"
    expect.failure(office.start(job), 409, "conflict")


def test_jobs_are_the_administrators(office: Office) -> None:
    """Whoever asked for them; nobody else learns whether there is one."""
    job = office.export()
    for who in (office.ada, office.speaking("vic")):
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
    expect.failure(office.anonymous.get("/v1/jobs"), 401, "credentials-missing")
    unknown = office.root.get("/v1/jobs/01JD9GZ2J0V5X7Q3M8K4T6B1RA")
    expect.failure(unknown, 404, "not-found")


def test_results_are_forgotten_with_their_job(office: Office) -> None:
    """After the days that are set."""
    job = office.export()
    office.work()
    office.store.clock.tick(days=29)
    assert office.seen(job)["hasResult"]
    office.store.clock.tick(days=2)
    expect.failure(office.root.get(path(job)), 404, "not-found")


def test_exports_are_no_job(office: Office) -> None:
    """A word of another path stands for no identity, nor does what cannot be one."""
    answer = office.root.delete("/v1/jobs/exports")
    expect.failure(answer, 405, "method-not-allowed")
    assert answer.headers["allow"] == "GET, HEAD, POST"
    for word in ("exports", "none", "U" * 26):
        expect.failure(office.root.get(f"/v1/jobs/{word}"), 404, "not-found")
    answer = office.root.delete(path({"jobId": "01JD9GZ2J0V5X7Q3M8K4T6B1RA"}))
    assert answer.headers["allow"] == "GET, HEAD"
