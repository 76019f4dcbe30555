"""Which list answers which filters: a table, and the refusal of everything that is not in it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, fields
from datetime import datetime
from typing import Any

from access_patterns import posts
from app.auth.caller import Caller
from app.posts import visibility
from app.posts.errors import NoSuchList, QueueClosed
from model import CategoryId, Post, PostStatus, UserId
from singletable import Query


@dataclass(frozen=True)
class Filters:
    """What was asked for; None: not asked for."""

    category: CategoryId | None = None
    since: datetime | None = None
    author: UserId | None = None
    status: PostStatus | None = None

    def given(self) -> dict[str, Any]:
        known = {field.name: getattr(self, field.name) for field in fields(self)}
        return {name: value for name, value in known.items() if value is not None}


def asked(filters: Filters, caller: Caller | None) -> Query[Post]:
    """The question behind the filters, for this caller."""
    given = filters.given()
    question = LISTS.get(tuple(given))
    if question is None:
        raise NoSuchList.of(tuple(given), [names for names in LISTS if names])
    return question(caller, *given.values())


def _feed(_: Caller | None) -> Query[Post]:
    return posts.published()


def _in_category(_: Caller | None, category: CategoryId) -> Query[Post]:
    return posts.published_in_category(category)


def _in_category_since(_: Caller | None, category: CategoryId, since: datetime) -> Query[Post]:
    return posts.published_in_category_since(category, since)


def _of_author(caller: Caller | None, author: UserId) -> Query[Post]:
    if visibility.sees_all_of(author, caller):
        return posts.by_author(author)
    return posts.published_by_author(author)


def _queue(caller: Caller | None, status: PostStatus) -> Query[Post]:
    if not visibility.is_editor(caller):
        raise QueueClosed(is_known=caller is not None)
    return posts.in_status(status)


LISTS: Mapping[tuple[str, ...], Callable[..., Query[Post]]] = {
    (): _feed,
    ("category",): _in_category,
    ("category", "since"): _in_category_since,
    ("author",): _of_author,
    ("status",): _queue,
}
