"""One post, for one caller. Who may not know of it is told that there is none."""

from __future__ import annotations

from pydantic import TypeAdapter, ValidationError

from access_patterns import posts
from app.auth.caller import Caller
from app.posts import visibility
from app.posts.errors import PostMissing
from model import Post, PostId, PostKey, Slug, SlugKey
from singletable import Repository

_POST_ID: TypeAdapter[PostId] = TypeAdapter(PostKey)
_SLUG: TypeAdapter[Slug] = TypeAdapter(SlugKey)


def readable(repository: Repository, post_id: str, caller: Caller | None) -> Post:
    """Known callers read what every earlier write left: they may be its writers."""
    post = stored(repository, post_id, consistent=caller is not None)
    if post is None or not visibility.may_read(post, caller):
        raise PostMissing
    return post


def with_history(repository: Repository, post_id: str, caller: Caller | None) -> Post:
    """The post, if its former texts may be read as well."""
    post = stored(repository, post_id, consistent=caller is not None)
    if post is None or not visibility.may_read_history(post, caller):
        raise PostMissing
    return post


def changeable(repository: Repository, post_id: str, caller: Caller) -> Post:
    """The post as it is now, to be changed."""
    post = stored(repository, post_id, consistent=True)
    if post is None:
        raise PostMissing
    return allowed(post, caller)


def allowed(post: Post, caller: Caller) -> Post:
    """The post, if the caller may change it."""
    if not visibility.may_change(post, caller):
        raise PostMissing
    return post


def by_slug(repository: Repository, slug: str, caller: Caller | None) -> Post:
    """The post that a slug leads to; `post.slug` is another one if this is a former one."""
    entry = posts.by_slug(_slug(slug))
    found = repository.fetch(entry.consistent() if caller else entry)
    if found is None:
        raise PostMissing
    return readable(repository, found.post_id, caller)


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
