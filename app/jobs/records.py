"""A batch of SQS messages: each is dealt with by itself, and those that fail come again.

Knows nothing of what a job is.
"""

from __future__ import annotations

import json
import logging
from collections.abc import Callable, Mapping
from typing import Any

from pydantic import TypeAdapter, ValidationError

from app.jobs.errors import Poison
from model import JobId, JobKey

log = logging.getLogger(__name__)

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
    try:
        work(_job_of(record))
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
