"""Posts, events and stream records to test with."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from app.services import events
from app.services.events import Event, item_of
from model import CategoryId, Post, PostId, PostStatus, Slug, UserId
from singletable import inspect

NOW = datetime(2026, 11, 25, 9, 26, 53, 589793, tzinfo=UTC)
BEFORE = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)
POST = PostId("01JD9GZ2J0V5X7Q3M8K4T6B1RA")


def a_post(status: PostStatus = PostStatus.PUBLISHED, **fields: Any) -> Post:
    given: dict[str, Any] = {
        "post_id": POST,
        "author_id": UserId("ada"),
        "category_id": CategoryId("news"),
        "slug": Slug("hello-world"),
        "title": "Hello, world",
        "status": status,
        "status_since": BEFORE,
        "published_at": BEFORE if status is PostStatus.PUBLISHED else None,
        "created_at": BEFORE,
        "version": 3,
    }
    return Post(**(given | fields))


def an_event(**fields: Any) -> Event:
    """A publication; each is another event."""
    return events.published(a_post(PostStatus.IN_REVIEW, **fields), NOW)


def a_record(event: Event | None = None, number: int = 1, **changes: Any) -> dict[str, Any]:
    """As the stream has it once the event was put into the outbox."""
    image = inspect.stored_item(item_of(event or an_event()))
    keys = {name: image[name] for name in ("PK", "SK")}
    facts = {"Keys": keys, "NewImage": image, "SequenceNumber": str(number)}
    return {"eventName": "INSERT", "dynamodb": facts} | changes
