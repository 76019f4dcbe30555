"""Previews: a post, shown to whoever has the token, until it expires or is revoked."""

from __future__ import annotations

import hashlib
import secrets
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from access_patterns import previews
from app.core.errors import DomainError
from app.services.posts import reading
from model import Post, PostId, Preview, PreviewId, UserId
from singletable import Page, Repository


class PreviewError(DomainError):
    """A question or a wish that cannot be met."""


class PreviewMissing(PreviewError):
    """Never made, expired, revoked, or its post is gone: nobody is told which."""

    message = "the preview does not exist"


@dataclass(eq=False, kw_only=True)
class TooLong(PreviewError):
    """`most` in seconds."""

    message = "no preview is good for more than {most} s"

    most: int


BYTES = 32


def new_token() -> str:
    """Random, fit for a URL's fragment; nobody can guess one."""
    return secrets.token_urlsafe(BYTES)


def identity_of(token: str) -> PreviewId:
    """Under which a token's preview is stored.

    Looking up a hash takes no time that depends on how much of a token is right: nothing that a
    guesser chooses is compared with a secret.
    """
    return PreviewId(hashlib.sha256(token.encode("utf-8", "surrogatepass")).hexdigest())


@dataclass(frozen=True)
class Lifetimes:
    """In seconds: what is given without a wish, and the most that may be wished for."""

    usual: int
    most: int


@dataclass(frozen=True)
class Issued:
    """The only moment at which the token is known."""

    preview: Preview
    token: str = field(repr=False)


def drafted(
    post: Post, by: UserId, seconds: int | None, lifetimes: Lifetimes, now: datetime
) -> Issued:
    """Not good yet. Ends at a whole second, which may be a part of one too early.

    Raises `TooLong`.
    """
    lasting = lifetimes.usual if seconds is None else seconds
    if lasting > lifetimes.most:
        raise TooLong(most=lifetimes.most)
    token = new_token()
    preview = Preview(
        preview_id=identity_of(token),
        post_id=post.post_id,
        created_by=by,
        created_at=now,
        expires_at=(now + timedelta(seconds=lasting)).replace(microsecond=0),
    )
    return Issued(preview, token)


def issue(repository: Repository, draft: Issued) -> Preview:
    """From now on its token shows the post."""
    return repository.write(previews.issue(draft.preview))


def page(repository: Repository, post: Post, limit: int, cursor: str | None) -> Page[Preview]:
    """Those that are good now, newest first."""
    return repository.fetch(previews.by_post(post.post_id).page(limit, cursor))


def revoke(repository: Repository, post: Post, preview_id: PreviewId) -> None:
    """At once, for everyone. Raises `PreviewMissing`, also for another post's."""
    found = repository.fetch(previews.by_id(preview_id).consistent())
    if found is None or found.post_id != post.post_id:
        raise PreviewMissing
    repository.write(previews.revoke(preview_id))


def shown(repository: Repository, token: str) -> Post:
    """Whatever its status. Raises `PreviewMissing` for each reason alike.

    Read consistently: what was revoked is over.
    """
    preview = repository.fetch(previews.by_id(identity_of(token)).consistent())
    if preview is None:
        raise PreviewMissing
    post = reading.stored(repository, preview.post_id, consistent=True)
    if post is None:
        raise PreviewMissing
    return post


def drop_all(repository: Repository, post_id: PostId) -> int:
    """How many there were. One that the index does not show yet shows nothing, and expires."""
    dropped = 0
    for preview in repository.iterate(previews.by_post_with_expired(post_id)):
        repository.write(previews.delete(preview.preview_id))
        dropped += 1
    return dropped
