"""Which list answers which filters: a table, and the refusal of everything that is not in it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, fields
from datetime import datetime
from typing import Any

from access_patterns import posts
from app.auth.permission import NotAllowed, Permission
from app.policy.question import Resource
from app.posts.errors import NoSuchList
from app.posts.permission import works_of
from model import CategoryId, Post, PostStatus, UserId
from singletable import Query

LIST = "posts.list"
QUEUE = "posts.queue"
_EVERY_STATUS = frozenset(PostStatus)
_PUBLIC = frozenset({PostStatus.PUBLISHED})


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


def asked(filters: Filters, may: Permission) -> Query[Post]:
    """The question behind the filters, for this caller: what it must not answer it does not ask."""
    may.require(LIST, Resource("post"))
    given = filters.given()
    question = LISTS.get(tuple(given))
    if question is None:
        raise NoSuchList.of(tuple(given), [names for names in LISTS if names])
    return question(may, *given.values())


def _feed(_: Permission) -> Query[Post]:
    return posts.published()


def _in_category(_: Permission, category: CategoryId) -> Query[Post]:
    return posts.published_in_category(category)


def _in_category_since(_: Permission, category: CategoryId, since: datetime) -> Query[Post]:
    return posts.published_in_category_since(category, since)


def _of_author(may: Permission, author: UserId) -> Query[Post]:
    match may.visible_statuses(works_of(author)):
        case everything if everything == _EVERY_STATUS:
            return posts.by_author(author)
        case public if public == _PUBLIC:
            return posts.published_by_author(author)
        case _:
            raise NotAllowed(LIST, may.is_known)


def _queue(may: Permission, status: PostStatus) -> Query[Post]:
    may.require(QUEUE, Resource("post", status=status))
    return posts.in_status(status)


LISTS: Mapping[tuple[str, ...], Callable[..., Query[Post]]] = {
    (): _feed,
    ("category",): _in_category,
    ("category", "since"): _in_category_since,
    ("author",): _of_author,
    ("status",): _queue,
}
