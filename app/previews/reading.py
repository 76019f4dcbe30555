"""The post that a token shows, as it is now."""

from __future__ import annotations

from access_patterns import previews
from app.posts import finding
from app.previews.errors import PreviewMissing
from app.previews.tokens import identity_of
from model import Post
from singletable import Repository


def shown(repository: Repository, token: str) -> Post:
    """Whatever its status. Raises `PreviewMissing` for each reason alike.

    Read consistently: what was revoked is over.
    """
    preview = repository.fetch(previews.by_id(identity_of(token)).consistent())
    if preview is None:
        raise PreviewMissing
    post = finding.stored(repository, preview.post_id, consistent=True)
    if post is None:
        raise PreviewMissing
    return post
