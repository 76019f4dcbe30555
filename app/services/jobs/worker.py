"""Handles a queue message: begins or continues the job that it names.

Messages come twice, late, and after their worker died; only the holder of the lease acts.
"""

from __future__ import annotations

import json
import logging
from collections.abc import Callable, Mapping
from math import ceil
from typing import Any, TypeAlias

from pydantic import TypeAdapter, ValidationError

from access_patterns import categories, media, outbox, posts, users
from access_patterns import jobs as asked
from app.core.asks import asks
from app.core.context import request_context
from app.core.problems import Problem
from app.services.jobs import exports, imports
from app.services.jobs.jobs import Hopeless, Interrupted, LeaseLost, Poison
from app.services.jobs.leases import IsOver, LeasedJob, WorkerDependencies
from app.services.posts import listing
from model import Job, JobId, JobKey, JobKind, JobStatus
from singletable.errors import SingleTableError

log = logging.getLogger("app.jobs")


_AGAIN_SECONDS = 10  # after a failure, times the number of attempts


_UNDER_WAY = (JobStatus.QUEUED, JobStatus.RUNNING)


@asks(
    asked.by_id,
    asked.acquire,
    asked.renew,
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
    categories.by_id,
    categories.tree,
    categories.usage,
    categories.create,
    categories.reserve_slug,
    categories.increment_children,
    media.everything,
    media.import_media,
    users.each,
    users.import_profile,
    outbox.add,
    *listing.IMPORTED,
)
def work(shop: WorkerDependencies, job_id: JobId, is_over: IsOver, receipt: str = "") -> None:
    """`receipt` is the message's. Raises `Poison`, and whatever keeps it from being dealt with."""
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
        with held.heartbeat(receipt):
            _work_on(held)
    except LeaseLost:
        log.warning("%s was cancelled, or taken over by another worker", job_id)


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
        result = exports.execute(held)
    else:
        imports.execute(held)
        result = imports.write_report(held, "")
    held.finish(JobStatus.SUCCEEDED, "", result, held.job.done)


def _hand_over(held: LeasedJob) -> None:
    """Its time is over, and nothing is wrong."""
    held.give_back(attempts=0)
    held.shop.queue.send(held.job.job_id)


def _failed(held: LeasedJob, error: Exception) -> None:
    """Ends a job that is beyond hope or has had its attempts; leaves any other to the next."""
    held.look_again()
    job = held.job
    is_hopeless = isinstance(error, Hopeless)
    if is_hopeless:
        log.warning("%s: %s", job.job_id, error)
    else:
        log.error("%s: %s", job.job_id, type(error).__name__, exc_info=error)
    if is_hopeless or job.attempts >= held.shop.most_attempts:
        _end(held, _words(error, job))
        return
    held.give_back(job.attempts)
    held.shop.queue.send(job.job_id, delay_seconds=_AGAIN_SECONDS * job.attempts)


def _end(held: LeasedJob, reason: str) -> None:
    report = None
    if held.job.kind is JobKind.IMPORT:
        reason = f"{reason}; lines after {imports.last_line(held.job)} were not begun"
        try:
            report = imports.write_report(held, reason)
        except (SingleTableError, Problem) as error:
            reason = f"{reason}; the report could not be written: {type(error).__name__}"
    held.finish(JobStatus.FAILED, reason, report, held.job.total)


def _words(error: Exception, job: Job) -> str:
    """For an administrator: what failed, and nothing of what was in its hands."""
    if isinstance(error, Hopeless):
        return str(error)
    return f"given up after {job.attempts} attempts: {type(error).__name__}"


_JOB_ID: TypeAdapter[JobId] = TypeAdapter(JobKey)


Work: TypeAlias = Callable[[JobId, str], None]
"""Of a job, with the receipt of its message."""


def handle(event: Mapping[str, Any], work: Work) -> dict[str, Any]:
    """Lambda's partial batch answer. What comes again too often, SQS puts aside."""
    failed = [
        {"itemIdentifier": record["messageId"]}
        for record in event.get("Records", ())
        if not _dealt_with(record, work)
    ]
    return {"batchItemFailures": failed}


def _dealt_with(record: Mapping[str, Any], work: Work) -> bool:
    with request_context(_trace_of(record)):
        return _worked(record, work)


def _worked(record: Mapping[str, Any], work: Work) -> bool:
    try:
        work(_job_of(record), str(record.get("receiptHandle", "")))
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
