"""Access patterns of the outbox: writes only, since the table's stream delivers the events."""

from __future__ import annotations

from model import OutboxEvent
from singletable import Create, access_pattern, create


@access_pattern
def add(event: OutboxEvent) -> Create[OutboxEvent]:
    """Adds an event to the outbox, in the transaction of the write that it reports."""
    return create(event)
