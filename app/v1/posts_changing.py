"""What every change of one post has in common over HTTP: the state it is made from, and to."""

from __future__ import annotations

from collections.abc import Callable

from app.http.conditional import Writing
from app.http.envelope import Envelope, ok
from app.v1.posts_out import PostOut, post_out, tag_of
from model import Post


def changed(before: Post, condition: Writing, change: Callable[[Post], Post]) -> Envelope[PostOut]:
    """The post after `change`, which happens only to the state that the client expects."""
    condition.expects(tag_of(before))
    after = change(before)
    condition.tagged(tag_of(after))
    return ok(post_out(after))
