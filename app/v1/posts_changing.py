"""What every change of one post has in common over HTTP: the state it is made from, and to."""

from __future__ import annotations

from collections.abc import Callable

from app.http.conditional import Writing
from app.http.envelope import Envelope, ok
from app.idempotency.once import Once
from app.v1.posts_out import PostOut, post_out, tag_of
from model import Post
from singletable import Repository


def changed(before: Post, condition: Writing, change: Callable[[Post], Post]) -> Envelope[PostOut]:
    """The post after `change`, which happens only to the state that the client expects."""
    condition.expects(tag_of(before))
    return _tagged(change(before), condition)


def changed_once(
    before: Post, condition: Writing, once: Once, change: Callable[[Repository, Post], Post]
) -> Envelope[PostOut]:
    """The same for a change that may be repeated: one write, if any."""
    condition.expects(tag_of(before))
    return once(lambda stored: change(stored, before), lambda after: _tagged(after, condition))


def _tagged(after: Post, condition: Writing) -> Envelope[PostOut]:
    condition.tagged(tag_of(after))
    return ok(post_out(after))
