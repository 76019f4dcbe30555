"""What is left of a post's previews once the post is gone."""

from __future__ import annotations

from access_patterns import previews
from model import PostId
from singletable import Repository


def drop_all(repository: Repository, post_id: PostId) -> int:
    """How many there were. One that the index does not show yet shows nothing, and expires."""
    dropped = 0
    for preview in repository.iterate(previews.by_post_with_expired(post_id)):
        repository.write(previews.delete(preview.preview_id))
        dropped += 1
    return dropped
