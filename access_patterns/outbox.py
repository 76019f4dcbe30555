"""What is written for others to be told. Nothing is asked here: the table's stream carries it."""

from __future__ import annotations

from model import OutboxEvent
from singletable import Create, access_pattern, create


@access_pattern
def announce(event: OutboxEvent) -> Create[OutboxEvent]:
    """Puts an event into the outbox, together with the write that it tells of."""
    return create(event)
