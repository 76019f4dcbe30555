"""Handles a queue message: begins or continues the job that it names.

Messages come twice, late, and after their worker died; only the holder of the lease acts.
"""

from __future__ import annotations

import json
import logging
from collections.abc import Callable, Mapping
from math import ceil
from typing import Any

from pydantic import TypeAdapter, ValidationError

from access_patterns import categories, outbox, posts
from access_patterns import jobs as asked
from app.core.asks import asks
from app.core.context import request_context
from app.core.problems import Problem
from app.services.jobs import transfer_in, transfer_out
from app.services.jobs.holding import IsOver, LeasedJob, WorkerDependencies
from app.services.jobs.jobs import Hopeless, Interrupted, LeaseLost, Poison
from app.services.posts import listing
from model import Job, JobId, JobKey, JobKind, JobStatus
from singletable.errors import SingleTableError

log = logging.getLogger("app.jobs")


_AGAIN_SECONDS = 10  # after a failure, times the number of attempts


_UNDER_WAY = (JobStatus.QUEUED, JobStatus.RUNNING)


@asks(
    asked.by_id,
    asked.acquire,
    asked.record_progress,
    asked.checkpoint,
    asked.complete_line,
    asked.lines,
    asked.release,
    asked.finish,
    posts.in_status,
    posts.in_status_since,
    posts.each,
    posts.import_post,
    posts.reserve_slug,
    posts.count_in_category,
    categories.tree,
    categories.usage,
    outbox.add,
    *listing.IMPORTED,
)
def work(shop: WorkerDependencies, job_id: JobId, is_over: IsOver) -> None:
    """Raises `Poison`, and whatever keeps the message from being dealt with."""
    job = shop.repository.fetch(asked.by_id(job_id).consistent())
    if job is None:
        raise Poison(f"there is no job {job_id}")
    if job.status not in _UNDER_WAY:
        return
    held = shop.take(job_id, is_over)
    if held is None:
        _come_again(shop, job)
        return
    try:
        _work_on(held)
    except LeaseLost:
        log.warning("%s was taken over by another worker", job_id)


def _work_on(held: LeasedJob) -> None:
    try:
        _execute(held)
    except LeaseLost:
        raise
    except Interrupted:
        _hand_over(held)
    except Exception as error:  # noqa: BLE001 - whatever it is, the job must not stay as it is
        _failed(held, error)


def _come_again(shop: WorkerDependencies, job: Job) -> None:
    """Another has the lease: should it die, somebody has to look once the lease is over."""
    left = (job.lease_until - shop.clock()).total_seconds() if job.lease_until else 0
    shop.queue.send(job.job_id, delay_seconds=max(1, ceil(left) + 1))


def _execute(held: LeasedJob) -> None:
    if held.job.attempts > held.shop.most_attempts:
        raise Hopeless(f"given up after {held.shop.most_attempts} attempts")
    if held.job.kind is JobKind.EXPORT:
        result = transfer_out.execute(held)
    else:
        transfer_in.execute(held)
        result = transfer_in.write(held, "")
    held.finish(JobStatus.SUCCEEDED, "", result, held.job.done)


def _hand_over(held: LeasedJob) -> None:
    """Its time is over, and nothing is wrong."""
    held.give_back(attempts=0)
    held.shop.queue.send(held.job.job_id)


def _failed(held: LeasedJob, error: Exception) -> None:
    """Ends a job that is beyond hope or has had its attempts; leaves any other to the next."""
    held.look_again()
    job = held.job
    log.error("%s: %s", job.job_id, type(error).__name__, exc_info=error)
    last = job.attempts >= held.shop.most_attempts
    if last or isinstance(error, Hopeless):
        _end(held, _words(error, job))
        return
    held.give_back(job.attempts)
    held.shop.queue.send(job.job_id, delay_seconds=_AGAIN_SECONDS * job.attempts)


def _end(held: LeasedJob, reason: str) -> None:
    report = None
    if held.job.kind is JobKind.IMPORT:
        reason = f"{reason}; lines after {held.job.done} were not begun"
        try:
            report = transfer_in.write(held, reason)
        except (SingleTableError, Problem) as error:
            reason = f"{reason}; the report could not be written: {type(error).__name__}"
    held.finish(JobStatus.FAILED, reason, report, held.job.total)


def _words(error: Exception, job: Job) -> str:
    """For an administrator: what failed, and nothing of what was in its hands."""
    if isinstance(error, Hopeless):
        return str(error)
    return f"given up after {job.attempts} attempts: {type(error).__name__}"


_JOB_ID: TypeAdapter[JobId] = TypeAdapter(JobKey)


def handle(event: Mapping[str, Any], work: Callable[[JobId], None]) -> dict[str, Any]:
    """Lambda's partial batch answer. What comes again too often, SQS puts aside."""
    failed = [
        {"itemIdentifier": record["messageId"]}
        for record in event.get("Records", ())
        if not _dealt_with(record, work)
    ]
    return {"batchItemFailures": failed}


def _dealt_with(record: Mapping[str, Any], work: Callable[[JobId], None]) -> bool:
    with request_context(_trace_of(record)):
        return _worked(record, work)


def _worked(record: Mapping[str, Any], work: Callable[[JobId], None]) -> bool:
    try:
        work(_job_of(record))
    except Poison as error:
        log.error("message %s: %s", record.get("messageId"), error)
        return False
    except Exception as error:
        log.error("message %s", record.get("messageId"), exc_info=error)
        return False
    return True


def _trace_of(record: Mapping[str, Any]) -> str:
    """The trace of the request that the job came of; empty if the message does not tell."""
    attributes: Mapping[str, Any] = record.get("messageAttributes") or {}
    return str(attributes.get("traceparent", {}).get("stringValue", ""))


def _job_of(record: Mapping[str, Any]) -> JobId:
    try:
        return _JOB_ID.validate_python(json.loads(record["body"])["jobId"])
    except (KeyError, TypeError, ValueError, ValidationError):
        raise Poison("it is not about a job") from None
