"""From records of the table's stream to messages. Which records count, the declarations say."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeAlias

from app.events.port import Message
from model import OutboxEvent
from singletable import inspect

Record: TypeAlias = Mapping[str, Any]


def is_announcement(record: Record) -> bool:
    """Whether an event was put into the outbox. That it expires later is no news.

    By the key, as an item that lost its type is still one of ours.
    """
    if record.get("eventName") != "INSERT":
        return False
    return inspect.may_be_item_of(OutboxEvent, record["dynamodb"]["Keys"])


def message_of(record: Record) -> Message:
    """`InvalidStoredItem` for one that is not as it was declared."""
    event = inspect.load_item(OutboxEvent, record["dynamodb"]["NewImage"])
    attributes = {"eventType": event.type, "eventVersion": str(event.version)}
    if event.traceparent:
        attributes["traceparent"] = event.traceparent
    return Message(event.event_id, event.group, event.body, attributes)


def number_of(record: Record) -> str:
    """The record's place in its shard."""
    return str(record["dynamodb"]["SequenceNumber"])
