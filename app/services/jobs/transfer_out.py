"""An export: every post as a line, in a file beside the worker, then in the bucket.

Posts are read by state, a page at a time. One that changes its state meanwhile would be met
twice or never, so those that came into their state since the beginning are left for the end.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from functools import partial
from os import SEEK_END
from tempfile import TemporaryFile
from typing import IO

from access_patterns import categories, posts
from app.services.jobs import jobs, post_lines
from app.services.jobs.holding import LeasedJob
from app.services.jobs.jobs import Hopeless, Interrupted
from app.services.objects import ObjectMissing
from app.services.posts import reading
from model import Category, ListedPost, PostId, PostStatus
from singletable import Query, Repository

PAGE = 100


_STATUSES = tuple(PostStatus)


_BEHIND = timedelta(minutes=1)
"""Indexes follow the table within moments, and clocks differ."""


def execute(held: LeasedJob) -> str:
    """The key of the object with all lines. Raises `Interrupted`, `LeaseLost`, `Hopeless`."""
    with TemporaryFile() as file:
        if held.job.work_object:
            _fetch(held, held.job.work_object, file)
        if held.job.total is None:
            held.progress(held.job.done, _expected(held.shop.repository))
        _write_all(held, file)
        _write_late(held, file)
        return _kept(held, file)


def _write_all(held: LeasedJob, file: IO[bytes]) -> None:
    status, _, cursor = held.job.position.partition(" ")
    first = PostStatus(status) if status else _STATUSES[0]
    for status in _STATUSES[_STATUSES.index(first) :]:
        for place in _write(held, posts.in_status(status), cursor or None, file):
            try:
                held.pause()
            except Interrupted:
                held.keep(f"{status} {place}".strip(), _kept(held, file), held.job.done)
                raise
        cursor = ""


def _write(
    held: LeasedJob, question: Query[ListedPost], cursor: str | None, file: IO[bytes]
) -> Iterator[str]:
    """Page by page; after each but the last, the cursor of the next."""
    while True:
        page = held.shop.repository.fetch(question.page(PAGE, cursor))
        whole = reading.whole(held.shop.repository, page)
        early = [post for post in whole if post.status_since < _beginning(held)]
        file.writelines(map(post_lines.written, early))
        held.progress(held.job.done + len(early), held.job.total)
        cursor = page.cursor
        if cursor is None:
            return
        yield cursor


def _write_late(held: LeasedJob, file: IO[bytes]) -> None:
    """What came into its state since the beginning: until a look finds nothing new."""
    while late := dict(_late(held.shop.repository, _beginning(held))):
        for line in _lines(file):
            late.pop(post_lines.identity_in(line), None)
        if not late:
            return
        file.writelines(late.values())
        held.progress(held.job.done + len(late), held.job.total)


def _beginning(held: LeasedJob) -> datetime:
    """Of the first worker's work, the same for all that follow."""
    return (held.job.started_at or held.job.created_at) - _BEHIND


def _late(repository: Repository, since: datetime) -> Iterator[tuple[PostId, bytes]]:
    for status in _STATUSES:
        listed = repository.iterate(posts.in_status_since(status, since))
        for post in reading.whole(repository, listed):
            yield post.post_id, post_lines.written(post)


def _lines(file: IO[bytes]) -> Iterator[bytes]:
    """From the first on; afterwards one writes at the end again."""
    file.seek(0)
    yield from file
    file.seek(0, SEEK_END)


def _expected(repository: Repository) -> int:
    """How many posts the categories say that there are."""
    known = [repository.fetch(categories.usage(each.category_id)) for each in _shelves(repository)]
    return sum(usage.posts for usage in known if usage)


def _shelves(repository: Repository) -> Iterator[Category]:
    return repository.iterate(categories.tree())


def _kept(held: LeasedJob, file: IO[bytes]) -> str:
    key = jobs.fresh(held.job)
    held.shop.objects.write(key, file, jobs.NDJSON)
    return key


def _fetch(held: LeasedJob, key: str, file: IO[bytes]) -> None:
    """What an earlier worker left."""
    try:
        file.writelines(post_lines.pieces(partial(held.shop.objects.read, key), 0))
    except ObjectMissing as error:
        raise Hopeless("what was exported so far is gone") from error
