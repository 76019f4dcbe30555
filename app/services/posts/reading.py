"""Finds posts for a caller, as the policy allows."""

from __future__ import annotations

from collections.abc import Iterable

from pydantic import TypeAdapter, ValidationError

from access_patterns import posts
from app.core.problems import NotFound
from app.services.policy import Permission, Resource
from model import ListedPost, Post, PostId, PostKey, Revision, Slug, SlugKey, UserId
from singletable import Page, Repository

READ = "posts.read"


def resource_of(post: Post) -> Resource:
    return Resource("post", owner=post.author_id, status=post.status, category=post.category_id)


def works_of(author_id: UserId) -> Resource:
    """All that someone wrote."""
    return Resource("post", owner=author_id)


_POST_ID: TypeAdapter[PostId] = TypeAdapter(PostKey)


_SLUG: TypeAdapter[Slug] = TypeAdapter(SlugKey)


def for_action(repository: Repository, post_id: str, may: Permission, action: str) -> Post:
    """The post, if the caller may do this to it.

    Known callers read what every earlier write left: they may be its writers.
    """
    post = stored(repository, post_id, consistent=may.is_known)
    if post is None:
        raise NotFound(what="the post")
    return allowed(post, may, action)


def allowed(post: Post, may: Permission, action: str) -> Post:
    """The post, if the caller may know of it and do this to it."""
    resource = resource_of(post)
    if not may.allows(READ, resource):
        raise NotFound(what="the post")
    if action != READ:
        may.require(action, resource)
    return post


def by_slug(repository: Repository, slug: str, may: Permission) -> Post:
    """The post that a slug leads to; `post.slug` is another one if this is a former one."""
    entry = posts.by_slug(_slug(slug))
    found = repository.fetch(entry.consistent() if may.is_known else entry)
    if found is None:
        raise NotFound(what="the post")
    return for_action(repository, found.post_id, may, READ)


def stored(repository: Repository, post_id: str, *, consistent: bool) -> Post | None:
    """Whoever may see it."""
    question = posts.by_id(identity(post_id))
    return repository.fetch(question.consistent() if consistent else question)


def whole(repository: Repository, listed: Iterable[ListedPost]) -> list[Post]:
    """The posts of a list with their bodies, as they are now, but for those that are gone."""
    found = repository.fetch(posts.each([post.post_id for post in listed]).consistent())
    return [post for post in found if post]


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
