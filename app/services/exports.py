"""An export: a line for each item of the stage, in a file beside the worker, then in the bucket.

Categories come first, parents before children, then files, then posts by status, each a page at a
time, at last the posts' authors. A post that changes its status meanwhile would be met twice or
never, so those that came into their status since the beginning are left for the end.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from os import SEEK_END
from tempfile import TemporaryFile
from typing import IO, Any, TypeAlias

from access_patterns import categories, media, posts, users
from app.services import category_tree, jobs, post_reading
from app.services.jobs import Hopeless, Interrupted, LeasedJob
from app.services.lines import identity_in, write_line
from app.services.objects import ObjectMissing, pieces
from model import ListedPost, Media, MediaStatus, PostStatus, UserId
from singletable import Query, Repository

PAGE = 100
_OF_AUTHOR = re.compile(rb'\{"kind":"post","postId":"\w{26}","authorId":"([^"]+)"')
_BEHIND = timedelta(minutes=1)
"""Indexes follow the table within moments, and clocks differ."""

Part: TypeAlias = Callable[[str | None], Iterator[str]]
"""Writes from a cursor on and yields, between two pages, that of the next."""


def execute(held: LeasedJob) -> str:
    """The key of the object with all lines. Raises `Interrupted`, `LeaseLost`, `Hopeless`."""
    with TemporaryFile() as file:
        export = _Export(held, file)
        export.resume()
        export.write_parts()
        export.write_late()
        export.write_authors()
        return export.store()


@dataclass(frozen=True)
class _Export:
    held: LeasedJob
    file: IO[bytes]

    @property
    def repository(self) -> Repository:
        return self.held.shop.repository

    @property
    def beginning(self) -> datetime:
        """Of the first worker's work, the same for all that follow."""
        return (self.held.job.started_at or self.held.job.created_at) - _BEHIND

    def resume(self) -> None:
        """From what an earlier worker left, if one did."""
        job = self.held.job
        if job.work_object:
            try:
                read = partial(self.held.shop.objects.read, job.work_object)
                self.file.writelines(pieces(read, 0))
            except ObjectMissing as error:
                raise Hopeless("what was exported so far is gone") from error
        if job.total is None:
            self.held.progress(job.done, self._estimate())

    def _estimate(self) -> int:
        """The categories, and the posts that they say there are."""
        found = list(self.repository.iterate(categories.tree()))
        usages = [self.repository.fetch(categories.usage(each.category_id)) for each in found]
        return len(found) + sum(usage.posts for usage in usages if usage)

    def write_parts(self) -> None:
        """Part after part, from where another worker stopped."""
        parts: Mapping[str, Part] = {
            "categories": self._write_categories,
            "media": partial(self._write_pages, media.everything(), _ready),
            **{
                status: partial(self._write_pages, posts.in_status(status), self._early)
                for status in PostStatus
            },
        }
        names = list(parts)
        first, _, cursor = self.held.job.position.partition(" ")
        for name in names[names.index(first or names[0]) :]:
            for place in parts[name](cursor or None):
                try:
                    self.held.pause()
                except Interrupted:
                    self.held.keep(f"{name} {place}", self.store(), self.held.job.done)
                    raise
            cursor = ""

    def _write_categories(self, _: str | None) -> Iterator[str]:
        """All at once: whoever shows the tree reads it as a whole, too."""
        nodes = category_tree.walk(category_tree.forest(self.repository))
        self._append([write_line(node.category) for node in nodes])
        yield from ()

    def _write_pages(
        self, query: Query[Any], pick: Callable[[Iterable[Any]], Iterable[Any]], cursor: str | None
    ) -> Iterator[str]:
        while True:
            page = self.repository.fetch(query.page(PAGE, cursor))
            self._append([write_line(item) for item in pick(page)])
            cursor = page.cursor
            if cursor is None:
                return
            yield cursor

    def _early(self, page: Iterable[ListedPost]) -> Iterable[Any]:
        """The posts that came into their status before the beginning."""
        whole = post_reading.whole(self.repository, page)
        return (post for post in whole if post.status_since < self.beginning)

    def write_late(self) -> None:
        """Posts that came into their status since then: until a look finds nothing new."""
        while True:
            late = {
                post.post_id: write_line(post)
                for status in PostStatus
                for post in post_reading.whole(
                    self.repository,
                    self.repository.iterate(posts.in_status_since(status, self.beginning)),
                )
            }
            for line in self._lines():
                late.pop(identity_in(line), None)
            if not late:
                return
            self._append(list(late.values()))

    def write_authors(self) -> None:
        """What everyone may know of whoever wrote one of the posts."""
        found = {match[1].decode() for line in self._lines() if (match := _OF_AUTHOR.match(line))}
        known = self.repository.fetch(users.each([UserId(author) for author in sorted(found)]))
        self._append([write_line(user) for user in known if user])

    def _lines(self) -> Iterator[bytes]:
        """From the first on; afterwards one writes at the end again."""
        self.file.seek(0)
        yield from self.file
        self.file.seek(0, SEEK_END)

    def _append(self, found: list[bytes]) -> None:
        self.file.writelines(found)
        done = self.held.job.done + len(found)
        self.held.progress(done, max(done, self.held.job.total or 0))

    def store(self) -> str:
        key = jobs.new_key(self.held.job)
        self.held.shop.objects.write(key, self.file, jobs.NDJSON)
        return key


def _ready(page: Iterable[Media]) -> Iterable[Media]:
    """Nothing of what is not there yet, or not any more."""
    return (file for file in page if file.status is MediaStatus.READY)
