"""Imports posts: each line becomes a post, or a row of the report that says why not.

A line is one transaction: the post with its slugs, the line's row, and the job's position behind
the line, where the next worker goes on.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from functools import partial
from itertools import chain
from tempfile import TemporaryFile
from typing import Any

from access_patterns import jobs as asked
from access_patterns import outbox, posts
from app.core.problems import Problem
from app.services.events import post_events
from app.services.events.post_events import item_of
from app.services.jobs import jobs, post_lines
from app.services.jobs.holding import LeasedJob
from app.services.jobs.jobs import Hopeless
from app.services.jobs.post_lines import Line
from app.services.objects import ObjectMissing
from app.services.posts import listing
from app.services.problems import problem_for
from model import JobLine, LineOutcome, LineProblem, Post
from model.job_line import MAX_LINES
from singletable import Transaction
from singletable.errors import ItemExists, RequestError, TransactionCancelled
from singletable.inspect import Write

_OURS = 500  # statuses from here on are no line's fault


def execute(held: LeasedJob) -> None:
    """Every line that is left. Raises `Interrupted`, `LeaseLost`, `Hopeless`."""
    read = partial(held.shop.objects.read, held.job.work_object or "")
    try:
        if held.job.total is None:
            held.progress(held.job.done, _counted(held, read))
        start = int(held.job.position or 0)
        for line in post_lines.lines(read, start, held.job.done):
            finish(held, line)
            held.pause()
    except ObjectMissing as error:
        raise Hopeless(f"the upload is gone after line {held.job.done}") from error
    except OverflowError as error:
        raise Hopeless(str(error)) from error


def _counted(held: LeasedJob, read: post_lines.Read) -> int:
    """How many lines there are. A large upload takes its time, so the lease is renewed."""
    ends, last = 0, b"\n"
    for piece in post_lines.pieces(read, 0):
        ends, last = ends + piece.count(b"\n"), piece[-1:]
        held.progress(held.job.done, None)
    total = ends + (last != b"\n")
    if total > MAX_LINES:
        raise OverflowError(f"it has {total} lines; an import takes {MAX_LINES}")
    return total


def finish(held: LeasedJob, line: Line) -> None:
    """One line: once, whatever happens meanwhile."""
    try:
        read = post_lines.read(line.text, line.number)
        tried = list(post_lines.posts_of(read, line.number, held.job))
    except Problem as refusal:
        _settle(held, line, _refused(held, line, refusal))
        return
    for post in tried:
        row = _row(held, line, LineOutcome.CREATED, post)
        try:
            _settle(held, line, row, *_bringing_in(held, post))
            return
        except RequestError as error:
            if _exists(error):
                _settle(held, line, _row(held, line, LineOutcome.EXISTS, post))
                return
            if post is tried[-1] or not _only_the_slug_failed(error):
                _settle(held, line, _of_error(held, line, error))
                return


def _settle(held: LeasedJob, line: Line, row: JobLine, *writes: Write[Any]) -> None:
    existing, failed = (
        int(row.outcome is each) for each in (LineOutcome.EXISTS, LineOutcome.REFUSED)
    )
    step: Transaction[None] = asked.complete_line(
        row, held.lease, held.until, str(line.end), existing, failed
    )
    held.write(step.add(*writes))
    held.job = held.job.model_copy(
        update={
            "done": held.job.done + 1,
            "existing": held.job.existing + existing,
            "failed": held.job.failed + failed,
            "attempts": 1,
            "position": str(line.end),
        }
    )


def _bringing_in(held: LeasedJob, post: Post) -> Iterator[Write[Any]]:
    """The post with all that belongs to it; and others are told, if readers can see it."""
    yield posts.import_post(post)
    for slug in (post.slug, *post.former_slugs):
        yield posts.reserve_slug(slug, post.post_id)
    yield posts.count_in_category(post.category_id)
    yield from listing.imported(post)
    if event := post_events.brought_in(post, held.shop.clock()):
        yield outbox.add(item_of(event))


def _row(held: LeasedJob, line: Line, outcome: LineOutcome, post: Post) -> JobLine:
    return JobLine(
        job_id=held.job.job_id,
        line=line.number,
        outcome=outcome,
        post_id=post.post_id,
        expires_at=held.forgotten,
    )


def _of_error(held: LeasedJob, line: Line, error: RequestError) -> JobLine:
    """What the API would have said; what is not the line's fault goes on upwards."""
    refusal = problem_for(error)
    if refusal.status >= _OURS:
        raise error
    return _refused(held, line, refusal)


def _refused(held: LeasedJob, line: Line, refusal: Problem) -> JobLine:
    problems = [
        LineProblem(
            location=_in_line(each.location),
            code=each.code,
            message=each.message,
        )
        for each in refusal.details()
    ]
    return JobLine(
        job_id=held.job.job_id,
        line=line.number,
        outcome=LineOutcome.REFUSED,
        code=refusal.code,
        message=refusal.words,
        problems=problems,
        expires_at=held.forgotten,
    )


def _in_line(location: str) -> str:
    """What stands in the body of a request stands in the line here."""
    part, dot, rest = location.partition(".")
    return f"line{dot}{rest}" if part == "body" else location


def _exists(error: RequestError) -> bool:
    """Whether the table has this very post."""
    return isinstance(error, TransactionCancelled) and any(
        isinstance(each, ItemExists) and each.entity == Post.__name__
        for each in error.failures.values()
    )


def _only_the_slug_failed(error: RequestError) -> bool:
    return isinstance(error, TransactionCancelled) and {
        each.label for each in error.failures.values()
    } == {posts.SLUG_TAKEN}


_ROWS_PER_LEASE = 500


def write(held: LeasedJob, reason: str) -> str:
    """The key of the report; `reason` says why lines are left, and is empty if none are."""
    key = jobs.fresh(held.job)
    with TemporaryFile() as file:
        for row in chain(_rows(held), [_end(held, reason)]):
            file.write(json.dumps(row, ensure_ascii=False).encode("utf-8", "replace") + b"\n")
        held.shop.objects.write(key, file, jobs.NDJSON)
    return key


def _rows(held: LeasedJob) -> Iterator[dict[str, Any]]:
    for line in held.shop.repository.iterate(asked.lines(held.job.job_id).consistent()):
        if line.line % _ROWS_PER_LEASE == 0:
            held.progress(held.job.done, held.job.total)
        yield _report_row(line)


def _report_row(line: JobLine) -> dict[str, Any]:
    error = _error(line) if line.outcome is LineOutcome.REFUSED else None
    return {"line": line.line, "outcome": line.outcome, "postId": line.post_id, "error": error}


def _error(line: JobLine) -> dict[str, Any]:
    details = [problem.model_dump() for problem in line.problems]
    return {"code": line.code, "message": line.message, "details": details}


def _end(held: LeasedJob, reason: str) -> dict[str, Any]:
    """`line` is the last one that was finished; none after it was begun."""
    end: dict[str, Any] = {"line": held.job.done, "outcome": "finished", "postId": None}
    if not reason:
        return {**end, "error": None}
    error = {"code": "stopped", "message": reason, "details": list[Any]()}
    return {**end, "outcome": "stopped", "error": error}
