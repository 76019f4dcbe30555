"""Messages come twice, late, and to workers that fail: each line is done once all the same."""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from time import sleep
from typing import Any

import pytest

from access_patterns import jobs as asked
from app.aws.s3 import S3ObjectStore
from app.core.context import utc_now
from app.services import imports, jobs
from app.services.jobs import LeasedJob
from app.services.objects import Line
from model import JobId
from singletable.transport import TransportError
from tests.app import expect
from tests.app.harness import TEXT
from tests.app.v1.jobs.office import PATIENT, DeadQueue, Notes, Office, ndjson, path
from tests.app.v1.media.bucket import s3_client

NOWHERE = "http://127.0.0.1:9"
LINES = ndjson({**TEXT, "slug": f"s{n}"} for n in range(5))
ONCE = ["created"] * 5 + ["finished"]


def outcomes(office: Office, job: dict[str, Any]) -> list[str]:
    return [row["outcome"] for row in office.result(job)]


def after(lines: int) -> Callable[[], bool]:
    """No time is left after so many lines."""
    left = [lines]

    def is_over() -> bool:
        left[0] -= 1
        return left[0] <= 0

    return is_over


def test_a_second_and_a_late_message_do_nothing(office: Office) -> None:
    """They are dealt with, and neither queued again nor a failure."""
    job, notes = office.started(LINES), Notes()
    shop = office.workshop(queue=notes)
    assert office.deliver(job, shop)
    ended = office.seen(job)
    office.store.clock.tick(hours=1)
    assert office.deliver(job, shop)
    assert office.seen(job) == ended
    assert notes.sent == []
    assert outcomes(office, job) == ONCE


def test_a_message_about_a_job_that_waits_does_nothing(office: Office) -> None:
    """It was queued once, and set aside before it was begun."""
    job, notes = office.announce(LINES)["job"], Notes()
    assert office.deliver(job, office.workshop(queue=notes))
    assert office.seen(job)["status"] == "waiting"
    assert notes.sent == []


@pytest.mark.connected
def test_messages_at_once_do_each_line_once(local_office: Office) -> None:
    """One worker gets the lease; the others have somebody look again once it is over, or soon
    where they had looked before there was one."""
    job, notes = local_office.started(LINES), Notes()
    shops = [local_office.workshop(queue=notes) for _ in range(4)]
    with ThreadPoolExecutor(4) as threads:
        assert all(threads.map(lambda shop: local_office.deliver(job, shop), shops))
    done = local_office.seen(job)
    assert done["status"] == "succeeded"
    assert done["progress"]["imported"] == 5
    assert outcomes(local_office, job) == ONCE
    assert local_office.count_in("news") == 5
    assert set(notes.sent) <= {(job["jobId"], 1), (job["jobId"], 61)}


def test_without_time_an_import_goes_on_behind_the_last_line(office: Office) -> None:
    """It is queued again at once, as often as it takes; at least one line is done each time."""
    job, notes = office.started(LINES), Notes()
    shop = office.workshop(queue=notes, most_attempts=1)
    for done in (1, 2, 4):
        assert office.deliver(job, shop, after(1 if done < 4 else 2))
        seen = office.seen(job)
        assert (seen["status"], seen["progress"]["done"]) == ("queued", done)
    assert notes.sent == [(job["jobId"], 0)] * 3
    assert office.deliver(job, shop)
    assert outcomes(office, job) == ONCE


def test_an_import_lets_others_go_first(office: Office) -> None:
    """After its turn it is queued behind them; an export that came later is done before it."""
    job, export = office.started(LINES), office.export()
    shop = office.workshop(turn=timedelta(0), most_attempts=1)
    assert office.work(shop) == []
    assert (office.seen(job)["status"], office.seen(job)["progress"]["done"]) == ("queued", 1)
    assert office.seen(export)["status"] == "succeeded"
    while office.seen(job)["status"] == "queued":
        assert office.work(shop) == []
    assert outcomes(office, job) == ONCE


def test_a_cancelled_job_stops_at_its_next_line(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What was imported stays; it is neither started again nor cancelled twice."""
    job, pause = office.started(LINES), LeasedJob.pause

    def cancelling(held: LeasedJob) -> None:
        if held.job.done == 2:
            seen = expect.success(office.root.post(f"{path(job)}/cancel"))
            assert (seen["status"], seen["hasResult"]) == ("cancelled", False)
        pause(held)

    monkeypatch.setattr(LeasedJob, "pause", cancelling)
    notes = Notes()
    assert office.deliver(job, office.workshop(queue=notes))
    assert office.deliver(job, office.workshop(queue=notes))
    ended = office.seen(job)
    assert (ended["status"], ended["progress"]["done"]) == ("cancelled", 2)
    assert ended["finishedAt"] and ended["expiresAt"]
    assert office.count_in("news") == 2
    assert notes.sent == []
    expect.failure(office.start(job), 409, "conflict")
    expect.failure(office.root.post(f"{path(job)}/cancel"), 409, "conflict")


@pytest.mark.parametrize("state", ["waiting", "queued"])
def test_a_job_that_is_not_worked_on_is_cancelled_at_once(office: Office, state: str) -> None:
    """Its message finds nothing to do."""
    job = office.announce(LINES)["job"] if state == "waiting" else office.started(LINES)
    assert expect.success(office.root.post(f"{path(job)}/cancel"))["status"] == "cancelled"
    assert office.work() == []
    assert office.seen(job)["progress"]["done"] == 0


def test_a_heartbeat_keeps_lease_and_message(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    """However long a step takes: nobody else gets the job, or the message, meanwhile."""
    job, notes, beats = office.started(LINES), Notes(), list[datetime | None]()
    shop = office.workshop(queue=notes, lease=timedelta(seconds=0.3), clock=utc_now)
    know = asked.by_id(JobId(job["jobId"])).consistent()

    def slow(held: LeasedJob) -> None:
        if held.job.done == 1:
            sleep(0.8)
            stored = office.store.repository().fetch(know)
            beats.append(stored.lease_until if stored else None)
            assert office.workshop(clock=utc_now).take(held.job.job_id, PATIENT) is None

    monkeypatch.setattr(LeasedJob, "pause", slow)
    assert office.deliver(job, shop)
    assert beats[0] and beats[0] > utc_now() - timedelta(seconds=0.4)
    assert len(notes.hidden) >= 3
    assert set(notes.hidden) == {("receipt", 1)}
    assert outcomes(office, job) == ONCE


def test_a_worker_that_hangs_loses_its_job(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    """Without a step for long the heart stops, and the lease runs out."""
    monkeypatch.setattr(jobs, "STILL_SECONDS", 0)
    job = office.started(LINES)
    held = office.workshop(lease=timedelta(seconds=0.1), clock=utc_now).take(job["jobId"], PATIENT)
    assert held is not None
    with held.heartbeat(""):
        sleep(0.3)
        assert office.workshop(clock=utc_now).take(held.job.job_id, PATIENT) is not None


def test_who_lost_the_lease_writes_nothing_more(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It stood still for longer than its lease; the one that took over does the rest."""
    job = office.started(LINES)
    pause, stood = LeasedJob.pause, list[bool]()

    def standing_still(held: LeasedJob) -> None:
        if held.job.done == 2 and not stood:
            stood.append(True)
            office.store.clock.tick(seconds=61)
            assert office.deliver(job, office.workshop())
        pause(held)

    monkeypatch.setattr(LeasedJob, "pause", standing_still)
    assert office.deliver(job, office.workshop())
    done = office.seen(job)
    assert (done["status"], done["progress"]["imported"]) == ("succeeded", 5)
    assert outcomes(office, job) == ONCE
    assert office.count_in("news") == 5


def test_who_comes_while_another_works_has_somebody_look_later(office: Office) -> None:
    """Not before the lease is over, and then again if the other is still at it."""
    job, notes = office.started(LINES), Notes()
    held = office.workshop().take(job["jobId"], PATIENT)
    assert held is not None
    office.store.clock.tick(seconds=20)
    assert office.deliver(job, office.workshop(queue=notes))
    assert notes.sent == [(job["jobId"], 41)]
    office.store.clock.tick(seconds=41)
    assert office.deliver(job, office.workshop(queue=notes))
    assert outcomes(office, job) == ONCE


def test_a_bucket_that_is_away_costs_attempts_and_then_the_job(office: Office) -> None:
    """The job says why and up to which line; a start goes on there."""
    job, notes = office.started(LINES), Notes()
    assert office.deliver(job, office.workshop(queue=notes), after(2))
    dead = S3ObjectStore(s3_client(NOWHERE), "none", 1)
    shop = office.workshop(objects=dead, queue=notes)
    for _ in range(3):
        assert office.deliver(job, shop)
    assert notes.sent == [(job["jobId"], 0), (job["jobId"], 10), (job["jobId"], 20)]
    failed = office.seen(job)
    assert (failed["status"], failed["progress"]["done"]) == ("failed", 2)
    assert failed["hasResult"] is False
    assert failed["reason"] == (
        "given up after 3 attempts: StorageUnavailable; lines after 2 were not begun;"
        " the report could not be written: StorageUnavailable"
    )
    expect.success(office.start(job), 202)
    assert office.deliver(job, office.workshop())
    assert (office.seen(job)["status"], office.seen(job)["reason"]) == ("succeeded", "")
    assert outcomes(office, job) == ONCE


def test_faults_of_ours_end_the_job_when_its_attempts_are_used_up(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The report has the lines before it, and says that it stopped, and why; no more than that."""
    job = office.started(LINES)

    import_line = imports.import_line

    def breaking(held: LeasedJob, line: Line) -> None:
        if line.number == 4:
            raise RuntimeError("secret words")
        import_line(held, line)

    monkeypatch.setattr(imports, "import_line", breaking)
    for status in ("queued", "queued", "failed"):
        assert office.deliver(job, office.workshop(queue=Notes()))
        assert office.seen(job)["status"] == status
        assert office.seen(job)["progress"]["done"] == 3
    failed = office.seen(job)
    assert failed["status"] == "failed"
    assert failed["reason"] == (
        "given up after 3 attempts: RuntimeError; lines after 3 were not begun"
    )
    *rows, end = office.result(job)
    assert [row["outcome"] for row in rows] == ["created"] * 3
    assert (end["line"], end["outcome"], end["error"]["code"]) == (3, "stopped", "stopped")


def test_who_gets_on_is_not_given_up(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    """However often it fails: between two failures there was a line that was finished."""
    job = office.started(LINES)

    def breaking(_: LeasedJob) -> None:
        raise OSError

    with monkeypatch.context() as patch:
        patch.setattr(LeasedJob, "pause", breaking)
        for done in (1, 2, 3, 4, 5):
            assert office.deliver(job, office.workshop(queue=Notes(), most_attempts=2))
            seen = office.seen(job)
            assert (seen["status"], seen["progress"]["done"]) == ("queued", done)
    assert office.deliver(job, office.workshop())
    assert outcomes(office, job) == ONCE


def test_a_line_whose_answer_was_lost_counts_as_done(office: Office) -> None:
    """What the end says, and the last row of the report, is what the table says."""
    job, tokens = office.started(LINES), list[str]()

    def losing(operation: str, parameters: Mapping[str, Any]) -> Mapping[str, Any]:
        """Loses every answer to the second transaction."""
        answer = office.store.transport(operation, parameters)
        if operation == "TransactWriteItems":
            tokens.append(parameters["ClientRequestToken"])
            if len(set(tokens)) == 2 and tokens[-1] != tokens[0]:
                raise TransportError("ServiceUnavailable", "the answer was lost")
        return answer

    shop = office.workshop(repository=office.store.repository(losing), most_attempts=1)
    assert office.deliver(job, shop)
    failed = office.seen(job)
    assert (failed["status"], failed["progress"]["done"]) == ("failed", 2)
    assert failed["reason"].endswith("; lines after 2 were not begun")
    *rows, end = office.result(job)
    assert [row["line"] for row in rows] == [1, 2]
    assert (end["line"], end["outcome"]) == (2, "stopped")


def test_workers_that_die_use_up_the_attempts(office: Office) -> None:
    """Each took the job and was never heard of again."""
    job = office.started(LINES)
    for _ in range(3):
        assert office.workshop().take(job["jobId"], PATIENT) is not None
        office.store.clock.tick(seconds=61)
    assert office.deliver(job, office.workshop())
    failed = office.seen(job)
    assert failed["status"] == "failed"
    assert failed["reason"] == "given up after 3 attempts; lines after 0 were not begun"
    assert outcomes(office, job) == ["stopped"]


def test_an_upload_that_is_gone_ends_the_job_at_once(office: Office) -> None:
    """Nothing mends it."""
    job = office.started(LINES)
    bucket = office.settings.media_bucket
    for each in office.s3.list_objects_v2(Bucket=bucket)["Contents"]:
        office.s3.delete_object(Bucket=bucket, Key=each["Key"])
    assert office.deliver(job, office.workshop())
    assert office.seen(job)["reason"].startswith("the upload is gone after line 0")


def test_a_queue_that_is_away_fails_the_message(office: Office) -> None:
    """It comes again: the job is free for whoever gets it then."""
    job = office.started(LINES)
    assert not office.deliver(job, office.workshop(queue=DeadQueue()), after(1))
    assert office.seen(job)["status"] == "queued"
    assert office.deliver(job, office.workshop())
    assert outcomes(office, job) == ONCE


def test_a_message_about_an_unknown_job_fails(
    office: Office, caplog: pytest.LogCaptureFixture
) -> None:
    """So that SQS puts it aside in the end."""
    unknown = {"jobId": "01JD9GZ2J0V5X7Q3M8K4T6B1RA"}
    with caplog.at_level(logging.ERROR, "app.jobs"):
        assert not office.deliver(unknown, office.workshop())
    assert "there is no job" in caplog.text
