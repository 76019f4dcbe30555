"""One post, for one caller. Who may not know of it is told that there is none."""

from __future__ import annotations

from pydantic import TypeAdapter, ValidationError

from access_patterns import posts
from app.auth.permission import Permission
from app.posts.errors import PostMissing
from app.posts.permission import READ, resource_of
from model import Post, PostId, PostKey, Slug, SlugKey
from singletable import Repository

_POST_ID: TypeAdapter[PostId] = TypeAdapter(PostKey)
_SLUG: TypeAdapter[Slug] = TypeAdapter(SlugKey)


def for_action(repository: Repository, post_id: str, may: Permission, action: str) -> Post:
    """The post, if the caller may do this to it.

    Known callers read what every earlier write left: they may be its writers.
    """
    post = stored(repository, post_id, consistent=may.is_known)
    if post is None:
        raise PostMissing
    return allowed(post, may, action)


def allowed(post: Post, may: Permission, action: str) -> Post:
    """The post, if the caller may know of it and do this to it."""
    resource = resource_of(post)
    if not may.allows(READ, resource):
        raise PostMissing
    if action != READ:
        may.require(action, resource)
    return post


def by_slug(repository: Repository, slug: str, may: Permission) -> Post:
    """The post that a slug leads to; `post.slug` is another one if this is a former one."""
    entry = posts.by_slug(_slug(slug))
    found = repository.fetch(entry.consistent() if may.is_known else entry)
    if found is None:
        raise PostMissing
    return for_action(repository, found.post_id, may, READ)


def stored(repository: Repository, post_id: str, *, consistent: bool) -> Post | None:
    """Whoever may see it."""
    question = posts.by_id(identity(post_id))
    return repository.fetch(question.consistent() if consistent else question)


def identity(text: str) -> PostId:
    """What is no identity is none of any post."""
    try:
        return _POST_ID.validate_python(text)
    except ValidationError:
        raise PostMissing from None


def _slug(text: str) -> Slug:
    try:
        return _SLUG.validate_python(text)
    except ValidationError:
        raise PostMissing from None
