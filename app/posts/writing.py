"""New posts, and new texts for old ones. What a post said before is kept as a revision."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import datetime

from ulid import ULID

from access_patterns import posts
from app.auth.caller import Caller
from app.events import about_posts
from app.events.outbox import telling
from app.posts import slugs
from model import CategoryId, Post, PostId, Revision, Slug, UserId
from singletable import Repository
from singletable.errors import TransactionCancelled


@dataclass(frozen=True)
class Text:
    """What of a post an author writes."""

    title: str
    summary: str
    body: str
    tags: list[str]
    category_id: CategoryId


def create(
    repository: Repository, text: Text, slug: Slug | None, author: Caller, now: datetime
) -> Post:
    """A draft. A slug that is given has to be free; without one, one is made from the title."""
    post_id = PostId(str(ULID.from_datetime(now)))
    *early, last = [slug] if slug else slugs.candidates(text.title, post_id)
    for each in early:
        try:
            return repository.write(posts.create(_draft(text, post_id, each, author, now)))
        except TransactionCancelled as error:
            if not _only_the_slug_failed(error):
                raise
    return repository.write(posts.create(_draft(text, post_id, last, author, now)))


def _draft(text: Text, post_id: PostId, slug: Slug, author: Caller, now: datetime) -> Post:
    return Post(
        post_id=post_id,
        author_id=UserId(author.subject),
        slug=slug,
        status_since=now,
        created_at=now,
        **asdict(text),
    )


def _only_the_slug_failed(error: TransactionCancelled) -> bool:
    return {refused.label for refused in error.failures.values()} == {posts.SLUG_TAKEN}


def edit(repository: Repository, before: Post, text: Text, editor: Caller, now: datetime) -> Post:
    """Nothing is written when nothing differs."""
    after = before.model_copy(update=asdict(text))
    if after == before:
        return before
    pattern = posts.edit if after.category_id == before.category_id else posts.move
    change = pattern(before, after, _former(before, editor, now))
    return repository.write(telling(change, about_posts.changed(before, after, now)))


def restore(
    repository: Repository, before: Post, revision: Revision, editor: Caller, now: datetime
) -> Post:
    """The text of a revision again; the post stays in its category."""
    again = revision.model_dump(include={"title", "summary", "body", "tags"})
    after = before.model_copy(update=again)
    if after == before:
        return before
    change = posts.restore(before, after, _former(before, editor, now))
    return repository.write(telling(change, about_posts.changed(before, after, now)))


def _former(before: Post, editor: Caller, now: datetime) -> Revision:
    return Revision.from_post(before, UserId(editor.subject), now)
