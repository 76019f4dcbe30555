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
from app.core.context import asks, request_context
from app.core.problems import Problem
from app.services import exports, imports, tag_lists
from app.services.jobs import (
    Hopeless,
    Interrupted,
    IsOver,
    LeasedJob,
    LeaseLost,
    Poison,
    WorkerDependencies,
)
from model import JobId, JobKey, JobKind, JobStatus
from singletable.errors import SingleTableError

Work: TypeAlias = Callable[[JobId, str], None]
"""Of a job, with the receipt of its message."""

_AGAIN_SECONDS = 10  # after a failure, times the number of attempts
_JOB_ID: TypeAdapter[JobId] = TypeAdapter(JobKey)

log = logging.getLogger("app.jobs")


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
    *tag_lists.IMPORTED,
)
def work(shop: WorkerDependencies, job_id: JobId, is_over: IsOver, receipt: str = "") -> None:
    """`receipt` is the message's. Raises `Poison`, and whatever keeps it from being dealt with."""
    job = shop.repository.fetch(asked.by_id(job_id).consistent())
    if job is None:
        raise Poison(f"there is no job {job_id}")
    if job.status not in (JobStatus.QUEUED, JobStatus.RUNNING):
        return
    held = shop.take(job_id, is_over)
    if held is None:  # another has it: should it die, somebody has to look once the lease is over
        left = (job.lease_until - shop.clock()).total_seconds() if job.lease_until else 0
        shop.queue.send(job_id, delay_seconds=max(1, ceil(left) + 1))
        return
    try:
        with held.heartbeat(receipt):
            _work_on(held)
    except LeaseLost:
        log.warning("%s was cancelled, or taken over by another worker", job_id)


def _work_on(held: LeasedJob) -> None:
    try:
        if held.job.attempts > held.shop.most_attempts:
            raise Hopeless(f"given up after {held.shop.most_attempts} attempts")
        execute = exports.execute if held.job.kind is JobKind.EXPORT else imports.execute
        held.finish(JobStatus.SUCCEEDED, "", execute(held), held.job.done)
    except LeaseLost:
        raise
    except Interrupted:  # nothing is wrong
        held.give_back(attempts=0)
    except Exception as error:  # noqa: BLE001 - whatever it is, the job must not stay as it is
        _fail(held, error)


def _fail(held: LeasedJob, error: Exception) -> None:
    """Ends a job that is beyond hope or has had its attempts; leaves any other to the next.

    An administrator is told what failed, and nothing of what was in its hands.
    """
    held.look_again()
    job = held.job
    if isinstance(error, Hopeless):
        log.warning("%s: %s", job.job_id, error)
        _end(held, str(error))
        return
    log.error("%s: %s", job.job_id, type(error).__name__, exc_info=error)
    if job.attempts >= held.shop.most_attempts:
        _end(held, f"given up after {job.attempts} attempts: {type(error).__name__}")
    else:
        held.give_back(job.attempts, _AGAIN_SECONDS * job.attempts)


def _end(held: LeasedJob, reason: str) -> None:
    report = None
    if held.job.kind is JobKind.IMPORT:
        reason = f"{reason}; lines after {imports.last_line(held.job)} were not begun"
        try:
            report = imports.write_report(held, reason)
        except (SingleTableError, Problem) as error:
            reason = f"{reason}; the report could not be written: {type(error).__name__}"
    held.finish(JobStatus.FAILED, reason, report, held.job.total)


def handle(event: Mapping[str, Any], work: Work) -> dict[str, Any]:
    """Lambda's partial batch answer. What comes again too often, SQS puts aside."""
    failed = [
        {"itemIdentifier": record["messageId"]}
        for record in event.get("Records", ())
        if not _is_handled(record, work)
    ]
    return {"batchItemFailures": failed}


def _is_handled(record: Mapping[str, Any], work: Work) -> bool:
    """In the trace of the request that the job came of, if the message tells."""
    attributes: Mapping[str, Any] = record.get("messageAttributes") or {}
    trace = str(attributes.get("traceparent", {}).get("stringValue", ""))
    with request_context(trace):
        try:
            work(_job_of(record), str(record.get("receiptHandle", "")))
        except Poison as error:
            log.error("message %s: %s", record.get("messageId"), error)
            return False
        except Exception as error:
            log.error("message %s", record.get("messageId"), exc_info=error)
            return False
    return True


def _job_of(record: Mapping[str, Any]) -> JobId:
    try:
        return _JOB_ID.validate_python(json.loads(record["body"])["jobId"])
    except (KeyError, TypeError, ValueError, ValidationError):
        raise Poison("it is not about a job") from None
