"""Imports a stage, or some of it: a line becomes an item, or a row of the report says why not.

A line is one transaction: the item with all that belongs to it, the line's row, and the job's
position behind the line, where the next worker goes on.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from functools import partial
from tempfile import TemporaryFile
from typing import Any

from access_patterns import jobs as asked
from app.core.problems import Problem
from app.services import jobs
from app.services.jobs import Hopeless, LeasedJob
from app.services.lines import Arrival, arrivals
from app.services.objects import Line, ObjectMissing, Read, lines
from app.services.post_writing import is_slug_alone_taken
from app.services.problems import problem_for
from model import Job, JobLine, LineOutcome, LineProblem
from model.job_line import MAX_LINES
from singletable.errors import ItemExists, RequestError, TransactionCancelled
from singletable.inspect import Write

MOST_REFUSED = 1000
"""A file of which so many lines are refused is not what was meant; a start tries as many more."""
_OURS = 500  # statuses from here on are no line's fault


def execute(held: LeasedJob) -> str:
    """The key of the report, after every line that is left.

    Raises `Interrupted`, `LeaseLost`, `Hopeless`.
    """
    read = partial(held.shop.objects.read, held.job.work_object or "")
    try:
        if held.job.total is None:
            held.progress(held.job.done, _count(read))
        start, before = _position(held.job)
        for line in lines(read, start, before):
            import_line(held, line)
            held.end_turn()
    except ObjectMissing as error:
        raise Hopeless(f"the upload is gone after line {last_line(held.job)}") from error
    return write_report(held, "")


def last_line(job: Job) -> int:
    """The number of the last line that is done; blank ones count."""
    return _position(job)[1]


def _position(job: Job) -> tuple[int, int]:
    """Where the next line begins, and how many are before it."""
    end, _, number = (job.position or "0 0").partition(" ")
    return int(end), int(number)


def _count(read: Read) -> int:
    """How many lines are not blank."""
    total = 0
    for line in lines(read, 0, 0):
        if line.number > MAX_LINES:
            raise Hopeless(f"it has more than {MAX_LINES} lines")
        total += 1
    return total


def import_line(held: LeasedJob, line: Line) -> None:
    """One line: once, whatever happens meanwhile."""
    try:
        tried = list(arrivals(line, held))
    except (Problem, RequestError) as error:
        _refuse(held, line, error)
        return
    for arrival in tried:
        item = {"kind": arrival.kind, "item_id": arrival.identity}
        try:
            _settle(held, line, LineOutcome.CREATED, item, *arrival.writes)
            return
        except RequestError as error:
            if _exists(error, arrival):
                _settle(held, line, LineOutcome.EXISTS, item)
                return
            if arrival is tried[-1] or not is_slug_alone_taken(error):
                _refuse(held, line, error)
                return


def _settle(
    held: LeasedJob,
    line: Line,
    outcome: LineOutcome,
    facts: Mapping[str, Any],
    *writes: Write[Any],
) -> None:
    """Writes the line's row, with `facts`, in the transaction of the item's `writes`."""
    job, position = held.job, f"{line.end} {line.number}"
    existing, failed = int(outcome is LineOutcome.EXISTS), int(outcome is LineOutcome.REFUSED)
    row = JobLine(
        job_id=job.job_id,
        line=line.number,
        outcome=outcome,
        expires_at=held.forgotten,
        **facts,
    )
    step = asked.complete_line(row, held.lease, held.until, position, existing, failed)
    held.write(step.add(*writes))
    held.job = job.model_copy(
        update={
            "done": job.done + 1,
            "existing": job.existing + existing,
            "failed": job.failed + failed,
            "attempts": 1,
            "position": position,
        }
    )


def _refuse(held: LeasedJob, line: Line, error: Exception) -> None:
    """In the words of the API; what is not the line's fault goes on upwards."""
    problem = problem_for(error)
    if problem.status >= _OURS:
        raise error
    # What stands in the body of a request stands in the line here.
    problems = [
        LineProblem(
            location=re.sub(r"^body(?=\.|$)", "line", each.location),
            code=each.code,
            message=each.message,
        )
        for each in problem.details()
    ]
    facts = {"code": problem.code, "message": problem.words, "problems": problems}
    _settle(held, line, LineOutcome.REFUSED, facts)
    if held.job.failed % MOST_REFUSED == 0:
        raise Hopeless(f"too many lines were refused: {held.job.failed}")


def _exists(error: RequestError, arrival: Arrival) -> bool:
    """Whether the table has this very item."""
    return isinstance(error, TransactionCancelled) and any(
        isinstance(each, ItemExists) and each.entity == arrival.entity
        for each in error.failures.values()
    )


def write_report(held: LeasedJob, reason: str) -> str:
    """The key of the report; `reason` says why lines are left, and is empty if none are."""
    key = jobs.new_key(held.job)
    with TemporaryFile() as file:
        for row in _rows(held, reason):
            file.write(json.dumps(row, ensure_ascii=False).encode("utf-8", "replace") + b"\n")
        held.shop.objects.write(key, file, jobs.NDJSON)
    return key


def _rows(held: LeasedJob, reason: str) -> Iterator[dict[str, Any]]:
    """The last one has the line that was finished last; none after it was begun."""
    for line in held.shop.repository.iterate(asked.lines(held.job.job_id).consistent()):
        row = _row(line.line, line.outcome) | {"kind": line.kind, "id": line.item_id}
        if line.outcome is LineOutcome.REFUSED:
            details = [problem.model_dump() for problem in line.problems]
            row["error"] = {"code": line.code, "message": line.message, "details": details}
        yield row
    last = _row(last_line(held.job), "stopped" if reason else "finished")
    if reason:
        last["error"] = {"code": "stopped", "message": reason, "details": []}
    yield last


def _row(line: int, outcome: str) -> dict[str, Any]:
    return {"line": line, "outcome": outcome, "kind": None, "id": None, "error": None}
