"""The event of a change of a post, and the outbox item that is written with it.

Nothing that readers could not see gets into an event.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any, TypeVar

from ulid import ULID

from access_patterns import outbox
from app.core.context import current_traceparent
from app.services.events.kinds import (
    Changed,
    ChangedPost,
    DeletedPost,
    Event,
    PostChanged,
    PostDeleted,
    PostPublished,
    PostUnpublished,
    PublicPost,
    WithdrawnPost,
    sequence_of,
)
from model import EventId, OutboxEvent, Post, PostStatus
from singletable.inspect import WriteOperation

SOURCE = "/v1/posts"


_SHOWN: dict[str, Changed] = {
    "title": "title",
    "summary": "summary",
    "body": "body",
    "tags": "tags",
    "slug": "slug",
    "category_id": "category",
}


def published(reviewed: Post, now: datetime) -> Event:
    """`reviewed` is about to be published, at `now`."""
    facts: dict[str, Any] = {**_facts(reviewed), "published_at": now}
    return PostPublished(**_envelope(reviewed, now), data=PublicPost(**facts))


def brought_in(post: Post, now: datetime) -> Event | None:
    """A post is about to be there that was not, if readers can see it."""
    if not _is_public(post):
        return None
    event = PostPublished(**_envelope(post, now), data=PublicPost(**_facts(post)))
    return event.model_copy(update={"sequence": sequence_of(post.version, post.imported_at)})


def withdrawn(post: Post, now: datetime, *, is_archived: bool) -> Event | None:
    """A post is about to be taken out of publication, if it is in it."""
    if not _is_public(post):
        return None
    data = WithdrawnPost(**_facts(post), is_archived=is_archived)
    return PostUnpublished(**_envelope(post, now), data=data)


def changed(before: Post, after: Post, now: datetime) -> Event | None:
    """Another text, slug or category; drafts change unheard."""
    names: list[Changed] = [
        shown for name, shown in _SHOWN.items() if getattr(before, name) != getattr(after, name)
    ]
    if not names or not _is_public(before):
        return None
    data = ChangedPost(
        **_facts(after),
        changed=names,
        former_slug=before.slug if "slug" in names else None,
        former_category_id=before.category_id if "category" in names else None,
    )
    return PostChanged(**_envelope(before, now), data=data)


def deleted(post: Post, now: datetime) -> Event:
    """A post is about to go."""
    public = _is_public(post)
    data = DeletedPost(
        was_published=public,
        slug=post.slug if public else None,
        category_id=post.category_id if public else None,
    )
    return PostDeleted(**_envelope(post, now), data=data)


def _is_public(post: Post) -> bool:
    return post.status is PostStatus.PUBLISHED


def _facts(post: Post) -> dict[str, Any]:
    facts: dict[str, Any] = {name: getattr(post, name) for name in PublicPost.model_fields}
    return facts | {"published_at": post.published_at or post.status_since}


def _envelope(before: Post, now: datetime) -> dict[str, Any]:
    """Every write of a post makes its next version, its deletion included."""
    return {
        "id": str(ULID.from_datetime(now)),
        "source": SOURCE,
        "subject": before.post_id,
        "time": now,
        "sequence": sequence_of(before.version + 1, before.imported_at),
        "traceparent": current_traceparent() or None,
    }


R = TypeVar("R")


KEPT = timedelta(days=7)
"""Longer than a stream holds its records: what was not sent by then can be seen in the table."""


def telling(operation: WriteOperation[R], event: Event | None) -> WriteOperation[R]:
    """The write, with the same result and the same errors; without an event, as it is."""
    if event is None:
        return operation
    return operation.with_writes(outbox.add(item_of(event)))


def item_of(event: Event) -> OutboxEvent:
    """The event as it waits to be sent."""
    return OutboxEvent(
        event_id=EventId(event.id),
        type=event.kind,
        version=event.number,
        group=event.subject,
        body=event.text(),
        traceparent=event.traceparent or "",
        occurred_at=event.time,
        expires_at=(event.time + KEPT).replace(microsecond=0),
    )
