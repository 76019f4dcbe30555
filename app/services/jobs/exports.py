"""An export: a line for each item of the stage, in a file beside the worker, then in the bucket.

Categories come first, parents before children, then files, then posts by status, each a page at a
time, at last the posts' authors. A post that changes its status meanwhile would be met twice or
never, so those that came into their status since the beginning are left for the end.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import datetime, timedelta
from functools import partial
from os import SEEK_END
from tempfile import TemporaryFile
from typing import IO, Any

from access_patterns import categories, media, posts, users
from app.services import category_tree
from app.services.category_tree import Node
from app.services.jobs import jobs, lines, post_lines
from app.services.jobs.jobs import Hopeless, Interrupted
from app.services.jobs.leases import LeasedJob
from app.services.jobs.stage_lines import write_author, write_category, write_media
from app.services.objects import ObjectMissing
from app.services.posts import reading
from model import Category, ListedPost, Media, MediaStatus, PostId, PostStatus, UserId
from singletable import Query, Repository

PAGE = 100
_OF_AUTHOR = re.compile(rb'\{"kind":"post","postId":"\w{26}","authorId":"([^"]+)"')
_BEHIND = timedelta(minutes=1)
"""Indexes follow the table within moments, and clocks differ."""


def execute(held: LeasedJob) -> str:
    """The key of the object with all lines. Raises `Interrupted`, `LeaseLost`, `Hopeless`."""
    with TemporaryFile() as file:
        if held.job.work_object:
            _fetch(held, held.job.work_object, file)
        if held.job.total is None:
            held.progress(held.job.done, _estimate(held.shop.repository))
        _write_all(held, file)
        _write_late(held, file)
        _write_authors(held, file)
        return _store(held, file)


def _write_all(held: LeasedJob, file: IO[bytes]) -> None:
    """Part after part, from where another worker stopped."""
    parts = _parts(held)
    names = list(parts)
    first, _, cursor = held.job.position.partition(" ")
    for name in names[names.index(first or names[0]) :]:
        for place in parts[name](cursor or None, file):
            try:
                held.pause()
            except Interrupted:
                held.keep(f"{name} {place}", _store(held, file), held.job.done)
                raise
        cursor = ""


Part = Callable[[str | None, IO[bytes]], Iterator[str]]


def _parts(held: LeasedJob) -> Mapping[str, Part]:
    """Each writes from a cursor on and yields, between two pages, that of the next."""
    files = partial(_write_pages, held, media.everything(), _media_lines)
    return {
        "categories": partial(_write_categories, held),
        "media": files,
        **{
            status: partial(_write_pages, held, posts.in_status(status), partial(_post_lines, held))
            for status in PostStatus
        },
    }


def _write_categories(held: LeasedJob, _: str | None, file: IO[bytes]) -> Iterator[str]:
    """All at once: whoever shows the tree reads it as a whole, too."""
    found = [
        write_category(each) for each in _downwards(category_tree.forest(held.shop.repository))
    ]
    _append(held, file, found)
    yield from ()


def _downwards(nodes: tuple[Node, ...]) -> Iterator[Category]:
    for node in nodes:
        yield node.category
        yield from _downwards(node.children)


def _write_pages(
    held: LeasedJob,
    question: Query[Any],
    lines_of: Callable[[Iterable[Any]], list[bytes]],
    cursor: str | None,
    file: IO[bytes],
) -> Iterator[str]:
    while True:
        page = held.shop.repository.fetch(question.page(PAGE, cursor))
        _append(held, file, lines_of(page))
        cursor = page.cursor
        if cursor is None:
            return
        yield cursor


def _append(held: LeasedJob, file: IO[bytes], found: list[bytes]) -> None:
    file.writelines(found)
    done = held.job.done + len(found)
    held.progress(done, max(done, held.job.total or 0))


def _media_lines(page: Iterable[Media]) -> list[bytes]:
    """Nothing of what is not there yet, or not any more."""
    return [write_media(file) for file in page if file.status is MediaStatus.READY]


def _post_lines(held: LeasedJob, page: Iterable[ListedPost]) -> list[bytes]:
    """Of those that came into their status before the beginning."""
    whole = reading.whole(held.shop.repository, page)
    early = [post for post in whole if post.status_since < _beginning(held)]
    return list(map(post_lines.write_post, early))


def _write_late(held: LeasedJob, file: IO[bytes]) -> None:
    """Posts that came into their status since the beginning: until a look finds nothing new."""
    while late := dict(_late(held.shop.repository, _beginning(held))):
        for line in _lines(file):
            late.pop(post_lines.identity_in(line), None)
        if not late:
            return
        _append(held, file, list(late.values()))


def _write_authors(held: LeasedJob, file: IO[bytes]) -> None:
    """What everyone may know of whoever wrote one of the posts."""
    found = {match[1].decode() for line in _lines(file) if (match := _OF_AUTHOR.match(line))}
    ids = [UserId(author) for author in sorted(found)]
    known = held.shop.repository.fetch(users.each(ids))
    _append(held, file, [write_author(user) for user in known if user])


def _beginning(held: LeasedJob) -> datetime:
    """Of the first worker's work, the same for all that follow."""
    return (held.job.started_at or held.job.created_at) - _BEHIND


def _late(repository: Repository, since: datetime) -> Iterator[tuple[PostId, bytes]]:
    for status in PostStatus:
        listed = repository.iterate(posts.in_status_since(status, since))
        for post in reading.whole(repository, listed):
            yield post.post_id, post_lines.write_post(post)


def _lines(file: IO[bytes]) -> Iterator[bytes]:
    """From the first on; afterwards one writes at the end again."""
    file.seek(0)
    yield from file
    file.seek(0, SEEK_END)


def _estimate(repository: Repository) -> int:
    """The categories, and the posts that they say there are."""
    found = list(repository.iterate(categories.tree()))
    usages = [repository.fetch(categories.usage(each.category_id)) for each in found]
    return len(found) + sum(usage.posts for usage in usages if usage)


def _store(held: LeasedJob, file: IO[bytes]) -> str:
    key = jobs.fresh(held.job)
    held.shop.objects.write(key, file, jobs.NDJSON)
    return key


def _fetch(held: LeasedJob, key: str, file: IO[bytes]) -> None:
    """What an earlier worker left."""
    try:
        file.writelines(lines.pieces(partial(held.shop.objects.read, key), 0))
    except ObjectMissing as error:
        raise Hopeless("what was exported so far is gone") from error
