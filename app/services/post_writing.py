"""Writes posts: creates, edits and renames them, moves them between states, deletes them.

What belongs to a change goes along with it: former texts, lists by tag and counts, and the event
that tells others. A step that was planned is done by a worker at its moment.
"""

from __future__ import annotations

import logging
import secrets
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from typing import TypeAlias

from ulid import ULID

from access_patterns import media, outbox, posts
from app.core.context import asks
from app.core.problems import Conflict, invalid
from app.services import events, previews, uploads
from app.services.events import Event
from app.services.policy import Caller
from app.services.tag_lists import ENTERING, step_with_lists, with_lists
from model import CategoryId, Post, PostId, PostStatus, Revision, Slug, UserId
from model.post import MAX_FORMER_SLUGS
from model.slugs import slug_of
from singletable import Repository, Transaction
from singletable.errors import RequestError, TransactionCancelled, WriteRefused
from singletable.inspect import WriteOperation

ATTEMPTS = 5
_SUFFIX = "abcdefghjkmnpqrstvwxyz0123456789"
_SUFFIX_LENGTH = 5

log = logging.getLogger("app.schedule")

Step: TypeAlias = Callable[[Repository, Post, datetime], Post]


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
    untried = iter([slug] if slug else candidates(text.title, post_id))
    attempt = next(untried)
    while True:
        draft = Post(
            post_id=post_id,
            author_id=UserId(author.subject),
            slug=attempt,
            status_since=now,
            created_at=now,
            **asdict(text),
        )
        try:
            return repository.write(posts.create(draft))
        except TransactionCancelled as error:
            following = next(untried, None)
            if following is None or not is_slug_alone_taken(error):
                raise
            attempt = following


def is_slug_alone_taken(error: RequestError) -> bool:
    """Whether a transaction failed at nothing but the post's slug."""
    return isinstance(error, TransactionCancelled) and {
        each.label for each in error.failures.values()
    } == {posts.SLUG_TAKEN}


def candidates(title: str, post_id: PostId) -> Iterator[Slug]:
    """Slugs for a title, the best first; the last is the identity, which nobody else has."""
    words = slug_of(title)
    if words:
        yield Slug(words)
        for _ in range(ATTEMPTS - 2):
            suffix = "".join(secrets.choice(_SUFFIX) for _ in range(_SUFFIX_LENGTH))
            yield Slug(f"{words}-{suffix}")
    yield Slug(post_id.lower())


def edit(repository: Repository, before: Post, text: Text, editor: Caller, now: datetime) -> Post:
    """Nothing is written when nothing differs."""
    after = before.model_copy(update=asdict(text))
    pattern = posts.edit if after.category_id == before.category_id else posts.move
    return _revise(repository, pattern, before, after, editor, now)


def restore(
    repository: Repository, before: Post, revision: Revision, editor: Caller, now: datetime
) -> Post:
    """The text of a revision again; the post stays in its category."""
    again = revision.model_dump(include={"title", "summary", "body", "tags"})
    after = before.model_copy(update=again)
    return _revise(repository, posts.restore, before, after, editor, now)


def _revise(
    repository: Repository,
    pattern: Callable[[Post, Post, Revision], Transaction[Post]],
    before: Post,
    after: Post,
    editor: Caller,
    now: datetime,
) -> Post:
    if after == before:
        return before
    revision = Revision.from_post(before, UserId(editor.subject), now)
    return _change(repository, lambda one, other: pattern(one, other, revision), before, after, now)


def refile(repository: Repository, before: Post, category_id: CategoryId, now: datetime) -> Post:
    """The post in another category; its text stays, so there is no revision."""
    after = before.model_copy(update={"category_id": category_id})
    return _change(repository, posts.refile, before, after, now)


def show_media(repository: Repository, before: Post, wanted: Post) -> Post:
    """Other pictures, as those of `wanted`: no event tells of them.

    Nothing is written when nothing differs.
    """
    if wanted == before:
        return before
    checks = [media.check_ready(each) for each in uploads.added_pictures(before, wanted)]
    return _change(
        repository, lambda one, other: posts.show_media(one, other).add(*checks), before, wanted
    )


def rename(repository: Repository, before: Post, slug: Slug, now: datetime) -> Post:
    """A former slug of the post may be taken up again; nobody else's may."""
    if slug == before.slug:
        return before
    former = [each for each in before.former_slugs if each != slug]
    former.append(before.slug)
    if len(former) > MAX_FORMER_SLUGS:
        reason = f"it has {MAX_FORMER_SLUGS} former slugs, and may not have more"
        raise Conflict(slug="too-many-slugs", reason=reason)
    after = before.model_copy(update={"slug": slug, "former_slugs": former})
    return _change(repository, posts.change_slug, before, after, now)


def _change(
    repository: Repository,
    pattern: Callable[[Post, Post], WriteOperation[Post]],
    before: Post,
    after: Post,
    now: datetime | None = None,
) -> Post:
    """A published post is listed from its next change on, if it was not yet. Without `now`,
    nobody is told."""
    after = after.model_copy(update={"is_listed": after.status is PostStatus.PUBLISHED})
    event = events.changed(before, after, now) if now else None
    change = with_lists(pattern(before, after), before, after)
    return repository.write(events.telling(change, event))


def submit(repository: Repository, post: Post, now: datetime) -> Post:
    return repository.write(posts.submit(post, now))


def publish(repository: Repository, post: Post, now: datetime) -> Post:
    return _step(repository, posts.publish(post, now), post, events.published(post, now))


def unpublish(repository: Repository, post: Post, now: datetime) -> Post:
    event = events.withdrawn(post, now, is_archived=False)
    return _step(repository, posts.unpublish(post, now), post, event)


def archive(repository: Repository, post: Post, now: datetime) -> Post:
    event = events.withdrawn(post, now, is_archived=True)
    return _step(repository, posts.archive(post, now), post, event)


def _step(
    repository: Repository, step: WriteOperation[Post], before: Post, event: Event | None
) -> Post:
    """To another status."""
    return repository.write(events.telling(step_with_lists(step, before), event))


def plan(repository: Repository, post: Post, at: datetime, now: datetime) -> Post:
    """The post with another moment of publication. Raises `Unprocessable`."""
    if at <= now:
        raise invalid("body.at", "in-the-past")
    return repository.write(posts.schedule(post, at.astimezone(UTC)))


@asks(posts.due, posts.publish, outbox.add, *ENTERING)
def publish_due(repository: Repository, now: datetime) -> int:
    """Publishes all posts that are due, and says how many; another worker may do it as well.

    What was changed or withdrawn meanwhile is left: the index that says what is due follows the
    table within moments.
    """
    published = 0
    for post in repository.iterate(posts.due(now)):
        try:
            publish(repository, post, now)
            published += 1
        except (WriteRefused, TransactionCancelled) as refused:
            log.warning("%s is not published as planned: %s", post.post_id, refused)
    return published


def delete(repository: Repository, post: Post, now: datetime) -> None:
    """The post, every slug that leads to it and its place in the category's count: all or none.

    Then piece by piece what nobody reaches any more; deleting again resumes it.
    """
    former = [posts.release_slug(slug, post.post_id) for slug in post.former_slugs]
    gone = with_lists(posts.delete(post).add(*former), post, None)
    repository.write(events.telling(gone, events.deleted(post, now)))
    purge(repository, post.post_id)


def purge(repository: Repository, post_id: PostId) -> int:
    """Deletes previews, revisions and counters, a page in memory at a time; how many there were.

    What an interrupted deletion left goes, too.
    """
    revisions = repository.iterate(posts.revisions(post_id).consistent())
    counters = repository.iterate(posts.views(post_id).consistent())
    dropped = previews.drop_all(repository, post_id)
    for revision in revisions:
        repository.write(posts.delete_revision(post_id, revision.number))
        dropped += 1
    for counter in counters:
        repository.write(posts.delete_view_count(post_id, counter.slot))
        dropped += 1
    return dropped
