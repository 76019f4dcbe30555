"""Imports a stage, or some of it: a line becomes an item, or a row of the report says why not.

A line is one transaction: the item with all that belongs to it, the line's row, and the job's
position behind the line, where the next worker goes on.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from functools import partial
from itertools import chain
from tempfile import TemporaryFile
from typing import Any

from access_patterns import jobs as asked
from app.core.problems import Problem
from app.services.jobs import jobs
from app.services.jobs.jobs import Hopeless
from app.services.jobs.leases import LeasedJob
from app.services.jobs.lines import Line, Read, lines
from app.services.jobs.stage_lines import Arrival, arrivals
from app.services.objects import ObjectMissing
from app.services.posts.writing import is_slug_alone_taken
from app.services.problems import problem_for
from model import Job, JobLine, LineOutcome, LineProblem
from model.job_line import MAX_LINES
from singletable import Transaction
from singletable.errors import ItemExists, RequestError, TransactionCancelled
from singletable.inspect import Write

MOST_REFUSED = 1000
"""A file of which so many lines are refused is not what was meant; a start tries as many more."""
_OURS = 500  # statuses from here on are no line's fault


def execute(held: LeasedJob) -> None:
    """Every line that is left. Raises `Interrupted`, `LeaseLost`, `Hopeless`."""
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
        row = _row(held, line, LineOutcome.CREATED, arrival)
        try:
            _settle(held, line, row, *arrival.writes)
            return
        except RequestError as error:
            if _exists(error, arrival):
                _settle(held, line, _row(held, line, LineOutcome.EXISTS, arrival))
                return
            if arrival is tried[-1] or not is_slug_alone_taken(error):
                _refuse(held, line, error)
                return


def _settle(held: LeasedJob, line: Line, row: JobLine, *writes: Write[Any]) -> None:
    existing, failed = (
        int(row.outcome is each) for each in (LineOutcome.EXISTS, LineOutcome.REFUSED)
    )
    position = f"{line.end} {line.number}"
    step: Transaction[None] = asked.complete_line(
        row, held.lease, held.until, position, existing, failed
    )
    held.write(step.add(*writes))
    held.job = held.job.model_copy(
        update={
            "done": held.job.done + 1,
            "existing": held.job.existing + existing,
            "failed": held.job.failed + failed,
            "attempts": 1,
            "position": position,
        }
    )


def _row(held: LeasedJob, line: Line, outcome: LineOutcome, arrival: Arrival) -> JobLine:
    return JobLine(
        job_id=held.job.job_id,
        line=line.number,
        outcome=outcome,
        kind=arrival.kind,
        item_id=arrival.identity,
        expires_at=held.forgotten,
    )


def _refuse(held: LeasedJob, line: Line, error: Exception) -> None:
    """In the words of the API; what is not the line's fault goes on upwards."""
    problem = problem_for(error)
    if problem.status >= _OURS:
        raise error
    _settle(held, line, _refused(held, line, problem))
    if held.job.failed % MOST_REFUSED == 0:
        raise Hopeless(f"too many lines were refused: {held.job.failed}")


def _refused(held: LeasedJob, line: Line, problem: Problem) -> JobLine:
    problems = [
        LineProblem(
            location=_in_line(each.location),
            code=each.code,
            message=each.message,
        )
        for each in problem.details()
    ]
    return JobLine(
        job_id=held.job.job_id,
        line=line.number,
        outcome=LineOutcome.REFUSED,
        code=problem.code,
        message=problem.words,
        problems=problems,
        expires_at=held.forgotten,
    )


def _in_line(location: str) -> str:
    """What stands in the body of a request stands in the line here."""
    part, dot, rest = location.partition(".")
    return f"line{dot}{rest}" if part == "body" else location


def _exists(error: RequestError, arrival: Arrival) -> bool:
    """Whether the table has this very item."""
    return isinstance(error, TransactionCancelled) and any(
        isinstance(each, ItemExists) and each.entity == arrival.entity
        for each in error.failures.values()
    )


def write_report(held: LeasedJob, reason: str) -> str:
    """The key of the report; `reason` says why lines are left, and is empty if none are."""
    key = jobs.fresh(held.job)
    with TemporaryFile() as file:
        for row in chain(_rows(held), [_end(held, reason)]):
            file.write(json.dumps(row, ensure_ascii=False).encode("utf-8", "replace") + b"\n")
        held.shop.objects.write(key, file, jobs.NDJSON)
    return key


def _rows(held: LeasedJob) -> Iterator[dict[str, Any]]:
    for line in held.shop.repository.iterate(asked.lines(held.job.job_id).consistent()):
        error = _error(line) if line.outcome is LineOutcome.REFUSED else None
        yield _report_row(line.line, line.outcome, line.kind, line.item_id, error)


def _report_row(
    line: int, outcome: str, kind: str | None, identity: str | None, error: object
) -> dict[str, Any]:
    return {"line": line, "outcome": outcome, "kind": kind, "id": identity, "error": error}


def _error(line: JobLine) -> dict[str, Any]:
    details = [problem.model_dump() for problem in line.problems]
    return {"code": line.code, "message": line.message, "details": details}


def _end(held: LeasedJob, reason: str) -> dict[str, Any]:
    """`line` is the last one that was finished; none after it was begun."""
    last = last_line(held.job)
    if not reason:
        return _report_row(last, "finished", None, None, None)
    error = {"code": "stopped", "message": reason, "details": list[Any]()}
    return _report_row(last, "stopped", None, None, error)
