"""The transactional outbox: events, written with the change they report, published afterwards."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

from pydantic import AwareDatetime, Field

from model.ids import EventKey
from model.table import blog, primary
from singletable import TTL, Entity


class OutboxEvent(Entity, table=blog):
    """An event as it will be published: `body` is its JSON, the other fields are for filters.

    The table's stream delivers it; the item itself is never queried, and expires. Events with the
    same `group` are published in order.
    """

    event_id: EventKey
    type: Annotated[str, Field(min_length=1, max_length=100)] = Field(examples=["post.published"])
    version: Annotated[int, Field(ge=1)] = Field(default=1, examples=[1])
    group: Annotated[str, Field(min_length=1, max_length=128)] = Field(
        examples=["01JD9GZ2J0V5X7Q3M8K4T6B1RA"]
    )
    body: str = Field(examples=['{"specversion": "1.0"}'])
    traceparent: Annotated[str, Field(max_length=100)] = ""
    occurred_at: AwareDatetime
    expires_at: Annotated[datetime, TTL]

    key = primary.key("OUTBOX#{event_id}", "OUTBOX")
