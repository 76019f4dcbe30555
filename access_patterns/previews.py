"""Questions about previews of posts. Expired ones are never answered, deleted or not."""

from __future__ import annotations

from model import Post, PostId, Preview, PreviewId
from singletable import Delete, Get, Query, Transaction, access_pattern, create, transaction


@access_pattern
def by_id(preview_id: PreviewId) -> Get[Preview]:
    """A preview, by the hash of its token."""
    return Preview.key.get(preview_id=preview_id).unexpired()


@access_pattern
def of_post(post_id: PostId) -> Query[Preview]:
    """Previews of a post that are good now, newest first."""
    return Preview.by_post.query(post_id=post_id).newest_first().unexpired()


@access_pattern
def remains(post_id: PostId) -> Query[Preview]:
    """Every preview of a post that is gone, expired or not."""
    return Preview.by_post.query(post_id=post_id)


@access_pattern
def issue(preview: Preview) -> Transaction[Preview]:
    """Makes a preview of a post that exists; DynamoDB deletes it after it has expired."""
    own = create(preview)
    return transaction(own, Post.key.check(post_id=preview.post_id)).answering(own)


@access_pattern
def drop(preview_id: PreviewId) -> Delete:
    """Deletes a preview of a post that is gone."""
    return Preview.key.delete(preview_id=preview_id)


@access_pattern
def revoke(preview_id: PreviewId) -> Delete:
    """Ends a preview at once."""
    return Preview.key.delete(preview_id=preview_id)
