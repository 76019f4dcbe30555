"""Finds and lists posts for a caller, as the policy allows."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, fields
from datetime import datetime
from typing import Any

from pydantic import TypeAdapter, ValidationError

from access_patterns import posts
from app.core.problems import NotFound, Unprocessable, invalid
from app.services.policy import Permission, Resource
from model import CategoryId, Post, PostId, PostKey, PostStatus, Revision, Slug, SlugKey, UserId
from singletable import Page, Query, Repository

READ = "posts.read"


def works_of(author_id: UserId) -> Resource:
    """All that someone wrote."""
    return Resource("post", owner=author_id)


_POST_ID: TypeAdapter[PostId] = TypeAdapter(PostKey)


_SLUG: TypeAdapter[Slug] = TypeAdapter(SlugKey)


def found(repository: Repository, post_id: str, *, consistent: bool) -> Post:
    """The post, whoever may see it. Raises `NotFound`."""
    post = stored(repository, post_id, consistent=consistent)
    if post is None:
        raise NotFound(what="the post")
    return post


def by_slug(repository: Repository, slug: str, *, consistent: bool) -> Post:
    """The post that a slug leads to; `post.slug` is another one if this is a former one."""
    entry = posts.by_slug(_slug(slug))
    held = repository.fetch(entry.consistent() if consistent else entry)
    if held is None:
        raise NotFound(what="the post")
    return found(repository, held.post_id, consistent=consistent)


def stored(repository: Repository, post_id: str, *, consistent: bool) -> Post | None:
    """Whoever may see it."""
    question = posts.by_id(identity(post_id))
    return repository.fetch(question.consistent() if consistent else question)


def identity(text: str) -> PostId:
    """What is no identity is none of any post."""
    try:
        return _POST_ID.validate_python(text)
    except ValidationError:
        raise NotFound(what="the post") from None


def _slug(text: str) -> Slug:
    try:
        return _SLUG.validate_python(text)
    except ValidationError:
        raise NotFound(what="the post") from None


def page(repository: Repository, post: Post, limit: int, cursor: str | None) -> Page[Revision]:
    """Newest first."""
    return repository.fetch(posts.revisions(post.post_id).consistent().page(limit, cursor))


def revision(repository: Repository, post: Post, number: int) -> Revision:
    """The text that the post had with this version; only versions it had are asked for."""
    if not 1 <= number < post.version:
        raise NotFound(what="the revision")
    found = repository.fetch(posts.revision(post.post_id, number).consistent())
    if found is None:
        raise NotFound(what="the revision")
    return found


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
    may.require(LIST, Resource("none"))
    given = filters.given()
    question = LISTS.get(tuple(given))
    if question is None:
        raise _no_such_list(given)
    return question(may, *given.values())


def _no_such_list(given: Iterable[str]) -> Unprocessable:
    known = ", ".join(" + ".join(names) for names in LISTS if names)
    message = f"there is no list by {' + '.join(given)}; there are lists by {known}, and the one"
    return invalid("query", "no-such-list", f"{message} without filter")


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
            raise may.refusal(LIST)


def _queue(may: Permission, status: PostStatus) -> Query[Post]:
    may.require(QUEUE, Resource("none"))
    return posts.in_status(status)


LISTS: Mapping[tuple[str, ...], Callable[..., Query[Post]]] = {
    (): _feed,
    ("category",): _in_category,
    ("category", "since"): _in_category_since,
    ("author",): _of_author,
    ("status",): _queue,
}
