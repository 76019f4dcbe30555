"""Previews: a post, shown to whoever has the token, until it expires or is revoked."""

from __future__ import annotations

import hashlib
import secrets
from datetime import datetime, timedelta

from access_patterns import previews
from app.core.problems import NotFound, invalid, require_found
from app.services import post_reading
from model import Post, PostId, Preview, PreviewId, UserId
from singletable import Repository

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


def draft(post: Post, token: str, by: UserId, seconds: int, most: int, now: datetime) -> Preview:
    """Not good yet. Ends at a whole second, which may be a part of one too early.

    Raises `Unprocessable`.
    """
    if seconds > most:
        words = f"no preview is good for more than {most} s"
        raise invalid("body.seconds", "too-large", words, max=most)
    return Preview(
        preview_id=identity_of(token),
        post_id=post.post_id,
        created_by=by,
        created_at=now,
        expires_at=(now + timedelta(seconds=seconds)).replace(microsecond=0),
    )


def revoke(repository: Repository, post: Post, preview_id: PreviewId) -> None:
    """At once, for everyone. Raises `NotFound`, also for another post's."""
    found = repository.fetch(previews.by_id(preview_id).consistent())
    if found is None or found.post_id != post.post_id:
        raise NotFound(what="the preview")
    repository.write(previews.revoke(preview_id))


def find_post(repository: Repository, token: str) -> Post:
    """The post, whatever its status. Read consistently: what was revoked is over.

    Raises one `NotFound` for what was never made, expired, was revoked, or lost its post.
    """
    preview = repository.fetch(previews.by_id(identity_of(token)).consistent())
    post = post_reading.fetch(repository, preview.post_id, consistent=True) if preview else None
    return require_found(post, "the preview")


def drop_all(repository: Repository, post_id: PostId) -> int:
    """How many there were. One that the index does not show yet shows nothing, and expires."""
    dropped = 0
    for preview in repository.iterate(previews.by_post_with_expired(post_id)):
        repository.write(previews.delete(preview.preview_id))
        dropped += 1
    return dropped
