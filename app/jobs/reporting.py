"""The report of an import: a row for each line, and a last one that says how it ended."""

from __future__ import annotations

import json
from collections.abc import Iterator
from itertools import chain
from tempfile import TemporaryFile
from typing import Any

from access_patterns import jobs as asked
from app.jobs import places
from app.jobs.holding import Held
from model import JobLine, LineOutcome

_ROWS_PER_LEASE = 500


def write(held: Held, reason: str) -> str:
    """The key of the report; `reason` says why lines are left, and is empty if none are."""
    key = places.fresh(held.job)
    with TemporaryFile() as file:
        for row in chain(_rows(held), [_end(held, reason)]):
            file.write(json.dumps(row, ensure_ascii=False).encode("utf-8", "replace") + b"\n")
        held.shop.objects.write(key, file, places.NDJSON)
    return key


def _rows(held: Held) -> Iterator[dict[str, Any]]:
    for line in held.shop.repository.iterate(asked.lines(held.job.job_id).consistent()):
        if line.line % _ROWS_PER_LEASE == 0:
            held.progress(held.job.done, held.job.total)
        yield _row(line)


def _row(line: JobLine) -> dict[str, Any]:
    error = _error(line) if line.outcome is LineOutcome.REFUSED else None
    return {"line": line.line, "outcome": line.outcome, "postId": line.post_id, "error": error}


def _error(line: JobLine) -> dict[str, Any]:
    details = [problem.model_dump() for problem in line.problems]
    return {"code": line.code, "message": line.message, "details": details}


def _end(held: Held, reason: str) -> dict[str, Any]:
    """`line` is the last one that was finished; none after it was begun."""
    end: dict[str, Any] = {"line": held.job.done, "outcome": "finished", "postId": None}
    if not reason:
        return {**end, "error": None}
    error = {"code": "stopped", "message": reason, "details": list[Any]()}
    return {**end, "outcome": "stopped", "error": error}
