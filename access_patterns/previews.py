"""Access patterns of previews of posts. Reads exclude expired items unless they say otherwise."""

from __future__ import annotations

from model import Post, PostId, Preview, PreviewId
from singletable import Delete, Get, Query, Transaction, access_pattern, create, transaction


@access_pattern
def by_id(preview_id: PreviewId) -> Get[Preview]:
    """A preview by its id, the hash of its token."""
    return Preview.key.get(preview_id=preview_id).excluding_expired()


@access_pattern
def by_post(post_id: PostId) -> Query[Preview]:
    """Previews of a post that have not expired, newest first."""
    return Preview.by_post.query(post_id=post_id).newest_first().excluding_expired()


@access_pattern
def by_post_with_expired(post_id: PostId) -> Query[Preview]:
    """All previews of a post, expired ones included, oldest first."""
    return Preview.by_post.query(post_id=post_id)


@access_pattern
def issue(preview: Preview) -> Transaction[Preview]:
    """Creates a preview of an existing post; its TTL deletes it after it has expired."""
    own = create(preview)
    return transaction(own, Post.key.check(post_id=preview.post_id)).returning(own)


@access_pattern
def delete(preview_id: PreviewId) -> Delete:
    """Deletes a preview of a deleted post."""
    return Preview.key.delete(preview_id=preview_id)


@access_pattern
def revoke(preview_id: PreviewId) -> Delete:
    """Revokes a preview: deletes it before it expires."""
    return Preview.key.delete(preview_id=preview_id)
