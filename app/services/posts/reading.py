"""Finds posts for a caller, as the policy allows."""

from __future__ import annotations

from collections.abc import Iterable

from pydantic import TypeAdapter, ValidationError

from access_patterns import posts
from app.core.problems import NotFound
from app.services.policy import Resource
from model import ListedPost, Post, PostId, PostKey, Revision, Slug, SlugKey, UserId
from singletable import Page, Repository

READ = "posts.read"


def works_of(author_id: UserId) -> Resource:
    """All that someone wrote."""
    return Resource("post", owner=author_id)


_POST_ID: TypeAdapter[PostId] = TypeAdapter(PostKey)


_SLUG: TypeAdapter[Slug] = TypeAdapter(SlugKey)


def find(repository: Repository, post_id: str, *, consistent: bool) -> Post:
    """The post, whoever may see it. Raises `NotFound`."""
    post = fetch(repository, post_id, consistent=consistent)
    if post is None:
        raise NotFound(what="the post")
    return post


def by_slug(repository: Repository, slug: str, *, consistent: bool) -> Post:
    """The post that a slug leads to; `post.slug` is another one if this is a former one."""
    entry = posts.by_slug(_slug(slug))
    held = repository.fetch(entry.consistent() if consistent else entry)
    if held is None:
        raise NotFound(what="the post")
    return find(repository, held.post_id, consistent=consistent)


def fetch(repository: Repository, post_id: str, *, consistent: bool) -> Post | None:
    """Whoever may see it."""
    question = posts.by_id(identity(post_id))
    return repository.fetch(question.consistent() if consistent else question)


def whole(repository: Repository, listed: Iterable[ListedPost]) -> list[Post]:
    """The posts of a list with their bodies, as they are now, but for those that are gone."""
    found = repository.fetch(posts.each([post.post_id for post in listed]).consistent())
    return [post for post in found if post]


def identity(text: str) -> PostId:
    """The id of a post. A malformed one is reported as a missing post."""
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
