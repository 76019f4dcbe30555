"""Previews of a post: made, listed, revoked."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta

from access_patterns import previews
from app.previews.errors import PreviewMissing, TooLong
from app.previews.tokens import identity_of, new_token
from model import Post, Preview, PreviewId, UserId
from singletable import Page, Repository


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
