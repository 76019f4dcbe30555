"""Puts an event into the outbox with the write that it tells of: both, or neither."""

from __future__ import annotations

from datetime import timedelta
from typing import TypeVar

from access_patterns import outbox
from app.events.envelope import Event
from model import EventId, OutboxEvent
from singletable.inspect import WriteOperation

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
