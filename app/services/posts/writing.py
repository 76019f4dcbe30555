"""Creates, edits and renames posts, and moves them between states. Former texts are kept."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import TypeAlias

from ulid import ULID

from access_patterns import media, posts
from app.core.problems import Conflict
from app.services.events import post_events
from app.services.events.kinds import Event
from app.services.events.post_events import telling
from app.services.policy import Caller
from app.services.posts import pictures
from app.services.posts.listing import step, with_lists
from model import CategoryId, Post, PostId, PostStatus, Revision, Slug, UserId
from model.post import MAX_FORMER_SLUGS
from model.slugs import slug_of
from singletable import Repository, Transaction
from singletable.errors import RequestError, TransactionCancelled
from singletable.inspect import WriteOperation


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
    *early, last = [slug] if slug else candidates(text.title, post_id)
    for each in early:
        try:
            return repository.write(posts.create(_draft(text, post_id, each, author, now)))
        except TransactionCancelled as error:
            if not is_slug_alone_taken(error):
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


def is_slug_alone_taken(error: RequestError) -> bool:
    """Whether a transaction failed at nothing but the post's slug."""
    return isinstance(error, TransactionCancelled) and {
        each.label for each in error.failures.values()
    } == {posts.SLUG_TAKEN}


def edit(repository: Repository, before: Post, text: Text, editor: Caller, now: datetime) -> Post:
    """Nothing is written when nothing differs."""
    after = before.model_copy(update=asdict(text))
    if after == before:
        return before
    pattern = posts.edit if after.category_id == before.category_id else posts.move
    return _revised(repository, pattern, before, after, editor, now)


def restore(
    repository: Repository, before: Post, revision: Revision, editor: Caller, now: datetime
) -> Post:
    """The text of a revision again; the post stays in its category."""
    again = revision.model_dump(include={"title", "summary", "body", "tags"})
    after = before.model_copy(update=again)
    if after == before:
        return before
    return _revised(repository, posts.restore, before, after, editor, now)


def refile(repository: Repository, before: Post, category_id: CategoryId, now: datetime) -> Post:
    """The post in another category; its text stays, so there is no revision."""
    after = _as_listed(before.model_copy(update={"category_id": category_id}))
    event = post_events.changed(before, after, now)
    return _write(repository, posts.refile(before, after), before, after, event)


def _revised(
    repository: Repository,
    pattern: Callable[[Post, Post, Revision], Transaction[Post]],
    before: Post,
    after: Post,
    editor: Caller,
    now: datetime,
) -> Post:
    after = _as_listed(after)
    change = pattern(before, after, _former(before, editor, now))
    return _write(repository, change, before, after, post_events.changed(before, after, now))


def _as_listed(post: Post) -> Post:
    """A published post is listed from its next change on, if it was not yet."""
    return post.model_copy(update={"is_listed": post.status is PostStatus.PUBLISHED})


def _write(
    repository: Repository,
    change: WriteOperation[Post],
    before: Post,
    after: Post,
    event: Event | None,
) -> Post:
    """The change with that of its lists, and others are told."""
    return repository.write(telling(with_lists(change, before, after), event))


def _former(before: Post, editor: Caller, now: datetime) -> Revision:
    return Revision.from_post(before, UserId(editor.subject), now)


def show_media(repository: Repository, before: Post, wanted: Post) -> Post:
    """Other pictures, as those of `wanted`: no event tells of them.

    Nothing is written when nothing differs.
    """
    if wanted == before:
        return before
    after = _as_listed(wanted)
    checks = map(media.check_ready, pictures.added(before, after))
    change = posts.show_media(before, after).add(*checks)
    return _write(repository, change, before, after, None)


def rename(repository: Repository, before: Post, slug: Slug, now: datetime) -> Post:
    """A former slug of the post may be taken up again; nobody else's may."""
    if slug == before.slug:
        return before
    former = [each for each in before.former_slugs if each != slug]
    former.append(before.slug)
    if len(former) > MAX_FORMER_SLUGS:
        reason = f"it has {MAX_FORMER_SLUGS} former slugs, and may not have more"
        raise Conflict(reason=reason)
    after = _as_listed(before.model_copy(update={"slug": slug, "former_slugs": former}))
    event = post_events.changed(before, after, now)
    return _write(repository, posts.change_slug(before, after), before, after, event)


ATTEMPTS = 5


_SUFFIX = "abcdefghjkmnpqrstvwxyz0123456789"


_SUFFIX_LENGTH = 5


def candidates(title: str, post_id: PostId) -> Iterator[Slug]:
    """Slugs for a title, the best first; the last is the identity, which nobody else has."""
    words = slug_of(title)
    if words:
        yield Slug(words)
        for _ in range(ATTEMPTS - 2):
            yield Slug(f"{words}-{_suffix()}")
    yield Slug(post_id.lower())


def _suffix() -> str:
    return "".join(secrets.choice(_SUFFIX) for _ in range(_SUFFIX_LENGTH))


Step: TypeAlias = Callable[[Repository, Post, datetime], Post]


def submit(repository: Repository, post: Post, now: datetime) -> Post:
    return repository.write(posts.submit(post, now))


def publish(repository: Repository, post: Post, now: datetime) -> Post:
    return repository.write(
        telling(step(posts.publish(post, now), post), post_events.published(post, now))
    )


def unpublish(repository: Repository, post: Post, now: datetime) -> Post:
    event = post_events.withdrawn(post, now, is_archived=False)
    return repository.write(telling(step(posts.unpublish(post, now), post), event))


def archive(repository: Repository, post: Post, now: datetime) -> Post:
    event = post_events.withdrawn(post, now, is_archived=True)
    return repository.write(telling(step(posts.archive(post, now), post), event))
