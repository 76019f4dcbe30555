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
from tests.app.api.v1.jobs.steps import PATIENT, DeadQueue, Notes, ndjson, path
from tests.app.api.v1.media.steps import s3_client
from tests.app.harness import TEXT, AppHarness

NOWHERE = "http://127.0.0.1:9"
LINES = ndjson({**TEXT, "slug": f"s{n}"} for n in range(5))
ONCE = ["created"] * 5 + ["finished"]


def outcomes(harness: AppHarness, job: dict[str, Any]) -> list[str]:
    return [row["outcome"] for row in harness.load_rows(job)]


def after(lines: int) -> Callable[[], bool]:
    """No time is left after so many lines."""
    left = [lines]

    def is_over() -> bool:
        left[0] -= 1
        return left[0] <= 0

    return is_over


def test_a_second_and_a_late_message_do_nothing(harness: AppHarness) -> None:
    """They are dealt with, and neither queued again nor a failure."""
    job, notes = harness.queue_import(LINES), Notes()
    shop = harness.worker(queue=notes)
    assert harness.deliver_message(job, shop)
    ended = harness.load_job(job)
    harness.store.clock.tick(hours=1)
    assert harness.deliver_message(job, shop)
    assert harness.load_job(job) == ended
    assert notes.sent == []
    assert outcomes(harness, job) == ONCE


def test_a_message_about_a_job_that_waits_does_nothing(harness: AppHarness) -> None:
    """It was queued once, and set aside before it was begun."""
    job, notes = harness.begin_import(LINES)["job"], Notes()
    assert harness.deliver_message(job, harness.worker(queue=notes))
    assert harness.load_job(job)["status"] == "waiting"
    assert notes.sent == []


@pytest.mark.connected
def test_messages_at_once_do_each_line_once(local_harness: AppHarness) -> None:
    """One worker gets the lease; the others have somebody look again once it is over, or soon
    where they had looked before there was one."""
    job, notes = local_harness.queue_import(LINES), Notes()
    shops = [local_harness.worker(queue=notes) for _ in range(4)]
    with ThreadPoolExecutor(4) as threads:
        assert all(threads.map(lambda shop: local_harness.deliver_message(job, shop), shops))
    done = local_harness.load_job(job)
    assert done["status"] == "succeeded"
    assert done["progress"]["imported"] == 5
    assert outcomes(local_harness, job) == ONCE
    assert local_harness.count_in("news") == 5
    assert set(notes.sent) <= {(job["jobId"], 1), (job["jobId"], 61)}


def test_without_time_an_import_goes_on_behind_the_last_line(harness: AppHarness) -> None:
    """It is queued again at once, as often as it takes; at least one line is done each time."""
    job, notes = harness.queue_import(LINES), Notes()
    shop = harness.worker(queue=notes, most_attempts=1)
    for done in (1, 2, 4):
        assert harness.deliver_message(job, shop, after(1 if done < 4 else 2))
        seen = harness.load_job(job)
        assert (seen["status"], seen["progress"]["done"]) == ("queued", done)
    assert notes.sent == [(job["jobId"], 0)] * 3
    assert harness.deliver_message(job, shop)
    assert outcomes(harness, job) == ONCE


def test_an_import_lets_others_go_first(harness: AppHarness) -> None:
    """After its turn it is queued behind them; an export that came later is done before it."""
    job, export = harness.queue_import(LINES), harness.start_export()
    shop = harness.worker(turn=timedelta(0), most_attempts=1)
    assert harness.work(shop) == []
    assert (harness.load_job(job)["status"], harness.load_job(job)["progress"]["done"]) == (
        "queued",
        1,
    )
    assert harness.load_job(export)["status"] == "succeeded"
    while harness.load_job(job)["status"] == "queued":
        assert harness.work(shop) == []
    assert outcomes(harness, job) == ONCE


def test_a_cancelled_job_stops_at_its_next_line(
    harness: AppHarness, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What was imported stays; it is neither started again nor cancelled twice."""
    job, pause = harness.queue_import(LINES), LeasedJob.pause

    def cancelling(held: LeasedJob) -> None:
        if held.job.done == 2:
            seen = expect.success(harness.admin.post(f"{path(job)}/cancel"))
            assert (seen["status"], seen["hasResult"]) == ("cancelled", False)
        pause(held)

    monkeypatch.setattr(LeasedJob, "pause", cancelling)
    notes = Notes()
    assert harness.deliver_message(job, harness.worker(queue=notes))
    assert harness.deliver_message(job, harness.worker(queue=notes))
    ended = harness.load_job(job)
    assert (ended["status"], ended["progress"]["done"]) == ("cancelled", 2)
    assert ended["finishedAt"] and ended["expiresAt"]
    assert harness.count_in("news") == 2
    assert notes.sent == []
    expect.failure(harness.start_import(job), 409, "conflict")
    expect.failure(harness.admin.post(f"{path(job)}/cancel"), 409, "conflict")


@pytest.mark.parametrize("state", ["waiting", "queued"])
def test_a_job_that_is_not_worked_on_is_cancelled_at_once(harness: AppHarness, state: str) -> None:
    """Its message finds nothing to do."""
    job = harness.begin_import(LINES)["job"] if state == "waiting" else harness.queue_import(LINES)
    assert expect.success(harness.admin.post(f"{path(job)}/cancel"))["status"] == "cancelled"
    assert harness.work() == []
    assert harness.load_job(job)["progress"]["done"] == 0


def test_a_heartbeat_keeps_lease_and_message(
    harness: AppHarness, monkeypatch: pytest.MonkeyPatch
) -> None:
    """However long a step takes: nobody else gets the job, or the message, meanwhile."""
    job, notes, beats = harness.queue_import(LINES), Notes(), list[datetime | None]()
    shop = harness.worker(queue=notes, lease=timedelta(seconds=0.3), clock=utc_now)
    know = asked.by_id(JobId(job["jobId"])).consistent()

    def slow(held: LeasedJob) -> None:
        if held.job.done == 1:
            sleep(0.8)
            stored = harness.store.repository().fetch(know)
            beats.append(stored.lease_until if stored else None)
            assert harness.worker(clock=utc_now).take(held.job.job_id, PATIENT) is None

    monkeypatch.setattr(LeasedJob, "pause", slow)
    assert harness.deliver_message(job, shop)
    assert beats[0] and beats[0] > utc_now() - timedelta(seconds=0.4)
    assert len(notes.hidden) >= 3
    assert set(notes.hidden) == {("receipt", 1)}
    assert outcomes(harness, job) == ONCE


def test_a_worker_that_hangs_loses_its_job(
    harness: AppHarness, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Without a step for long the heart stops, and the lease runs out."""
    monkeypatch.setattr(jobs, "STILL_SECONDS", 0)
    job = harness.queue_import(LINES)
    held = harness.worker(lease=timedelta(seconds=0.1), clock=utc_now).take(job["jobId"], PATIENT)
    assert held is not None
    with held.heartbeat(""):
        sleep(0.3)
        assert harness.worker(clock=utc_now).take(held.job.job_id, PATIENT) is not None


def test_who_lost_the_lease_writes_nothing_more(
    harness: AppHarness, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It stood still for longer than its lease; the one that took over does the rest."""
    job = harness.queue_import(LINES)
    pause, stood = LeasedJob.pause, list[bool]()

    def standing_still(held: LeasedJob) -> None:
        if held.job.done == 2 and not stood:
            stood.append(True)
            harness.store.clock.tick(seconds=61)
            assert harness.deliver_message(job, harness.worker())
        pause(held)

    monkeypatch.setattr(LeasedJob, "pause", standing_still)
    assert harness.deliver_message(job, harness.worker())
    done = harness.load_job(job)
    assert (done["status"], done["progress"]["imported"]) == ("succeeded", 5)
    assert outcomes(harness, job) == ONCE
    assert harness.count_in("news") == 5


def test_who_comes_while_another_works_has_somebody_look_later(harness: AppHarness) -> None:
    """Not before the lease is over, and then again if the other is still at it."""
    job, notes = harness.queue_import(LINES), Notes()
    held = harness.worker().take(job["jobId"], PATIENT)
    assert held is not None
    harness.store.clock.tick(seconds=20)
    assert harness.deliver_message(job, harness.worker(queue=notes))
    assert notes.sent == [(job["jobId"], 41)]
    harness.store.clock.tick(seconds=41)
    assert harness.deliver_message(job, harness.worker(queue=notes))
    assert outcomes(harness, job) == ONCE


def test_a_bucket_that_is_away_costs_attempts_and_then_the_job(harness: AppHarness) -> None:
    """The job says why and up to which line; a start goes on there."""
    job, notes = harness.queue_import(LINES), Notes()
    assert harness.deliver_message(job, harness.worker(queue=notes), after(2))
    dead = S3ObjectStore(s3_client(NOWHERE), "none", 1)
    shop = harness.worker(objects=dead, queue=notes)
    for _ in range(3):
        assert harness.deliver_message(job, shop)
    assert notes.sent == [(job["jobId"], 0), (job["jobId"], 10), (job["jobId"], 20)]
    failed = harness.load_job(job)
    assert (failed["status"], failed["progress"]["done"]) == ("failed", 2)
    assert failed["hasResult"] is False
    assert failed["reason"] == (
        "given up after 3 attempts: StorageUnavailable; lines after 2 were not begun;"
        " the report could not be written: StorageUnavailable"
    )
    expect.success(harness.start_import(job), 202)
    assert harness.deliver_message(job, harness.worker())
    assert (harness.load_job(job)["status"], harness.load_job(job)["reason"]) == ("succeeded", "")
    assert outcomes(harness, job) == ONCE


def test_faults_of_ours_end_the_job_when_its_attempts_are_used_up(
    harness: AppHarness, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The report has the lines before it, and says that it stopped, and why; no more than that."""
    job = harness.queue_import(LINES)

    import_line = imports.import_line

    def breaking(held: LeasedJob, line: Line) -> None:
        if line.number == 4:
            raise RuntimeError("secret words")
        import_line(held, line)

    monkeypatch.setattr(imports, "import_line", breaking)
    for status in ("queued", "queued", "failed"):
        assert harness.deliver_message(job, harness.worker(queue=Notes()))
        assert harness.load_job(job)["status"] == status
        assert harness.load_job(job)["progress"]["done"] == 3
    failed = harness.load_job(job)
    assert failed["status"] == "failed"
    assert failed["reason"] == (
        "given up after 3 attempts: RuntimeError; lines after 3 were not begun"
    )
    *rows, end = harness.load_rows(job)
    assert [row["outcome"] for row in rows] == ["created"] * 3
    assert (end["line"], end["outcome"], end["error"]["code"]) == (3, "stopped", "stopped")


def test_who_gets_on_is_not_given_up(harness: AppHarness, monkeypatch: pytest.MonkeyPatch) -> None:
    """However often it fails: between two failures there was a line that was finished."""
    job = harness.queue_import(LINES)

    def breaking(_: LeasedJob) -> None:
        raise OSError

    with monkeypatch.context() as patch:
        patch.setattr(LeasedJob, "pause", breaking)
        for done in (1, 2, 3, 4, 5):
            assert harness.deliver_message(job, harness.worker(queue=Notes(), most_attempts=2))
            seen = harness.load_job(job)
            assert (seen["status"], seen["progress"]["done"]) == ("queued", done)
    assert harness.deliver_message(job, harness.worker())
    assert outcomes(harness, job) == ONCE


def test_a_line_whose_answer_was_lost_counts_as_done(harness: AppHarness) -> None:
    """What the end says, and the last row of the report, is what the table says."""
    job, tokens = harness.queue_import(LINES), list[str]()

    def losing(operation: str, parameters: Mapping[str, Any]) -> Mapping[str, Any]:
        """Loses every answer to the second transaction."""
        answer = harness.store.transport(operation, parameters)
        if operation == "TransactWriteItems":
            tokens.append(parameters["ClientRequestToken"])
            if len(set(tokens)) == 2 and tokens[-1] != tokens[0]:
                raise TransportError("ServiceUnavailable", "the answer was lost")
        return answer

    shop = harness.worker(repository=harness.store.repository(losing), most_attempts=1)
    assert harness.deliver_message(job, shop)
    failed = harness.load_job(job)
    assert (failed["status"], failed["progress"]["done"]) == ("failed", 2)
    assert failed["reason"].endswith("; lines after 2 were not begun")
    *rows, end = harness.load_rows(job)
    assert [row["line"] for row in rows] == [1, 2]
    assert (end["line"], end["outcome"]) == (2, "stopped")


def test_workers_that_die_use_up_the_attempts(harness: AppHarness) -> None:
    """Each took the job and was never heard of again."""
    job = harness.queue_import(LINES)
    for _ in range(3):
        assert harness.worker().take(job["jobId"], PATIENT) is not None
        harness.store.clock.tick(seconds=61)
    assert harness.deliver_message(job, harness.worker())
    failed = harness.load_job(job)
    assert failed["status"] == "failed"
    assert failed["reason"] == "given up after 3 attempts; lines after 0 were not begun"
    assert outcomes(harness, job) == ["stopped"]


def test_an_upload_that_is_gone_ends_the_job_at_once(harness: AppHarness) -> None:
    """Nothing mends it."""
    job = harness.queue_import(LINES)
    bucket = harness.settings.media_bucket
    for each in harness.s3.list_objects_v2(Bucket=bucket)["Contents"]:
        harness.s3.delete_object(Bucket=bucket, Key=each["Key"])
    assert harness.deliver_message(job, harness.worker())
    assert harness.load_job(job)["reason"].startswith("the upload is gone after line 0")


def test_a_queue_that_is_away_fails_the_message(harness: AppHarness) -> None:
    """It comes again: the job is free for whoever gets it then."""
    job = harness.queue_import(LINES)
    assert not harness.deliver_message(job, harness.worker(queue=DeadQueue()), after(1))
    assert harness.load_job(job)["status"] == "queued"
    assert harness.deliver_message(job, harness.worker())
    assert outcomes(harness, job) == ONCE


def test_a_message_about_an_unknown_job_fails(
    harness: AppHarness, caplog: pytest.LogCaptureFixture
) -> None:
    """So that SQS puts it aside in the end."""
    unknown = {"jobId": "01JD9GZ2J0V5X7Q3M8K4T6B1RA"}
    with caplog.at_level(logging.ERROR, "app.jobs"):
        assert not harness.deliver_message(unknown, harness.worker())
    assert "there is no job" in caplog.text
