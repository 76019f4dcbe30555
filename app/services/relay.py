"""Publishes the outbox: from the stream to the topic, at least once, in order.

Lambda brings the stream's records elsewhere; on a local stack `Polling` reads them.
"""

from __future__ import annotations

import logging
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import nullcontext
from dataclasses import dataclass, field
from threading import Event
from typing import Any, Protocol, TypeAlias

from app.core.context import request_context
from model import OutboxEvent
from singletable import inspect
from singletable.errors import RequestError

Record: TypeAlias = Mapping[str, Any]

MOST = 10
MOST_BYTES = 256 * 1024
MOST_ATTEMPTS = 50
"""At one record; as the deployed relay has it, which puts it among the dead letters then."""
_TYPES = len("String")

log = logging.getLogger("app.events")


@dataclass(frozen=True)
class Message:
    """One event on its way: `body` is the CloudEvents JSON, `attributes` are for filters.

    `group` holds what must stay in order.
    """

    event_id: str
    group: str
    body: str
    attributes: Mapping[str, str]

    @property
    def size(self) -> int:
        """In bytes, with all that counts as a part of it."""
        texts = (self.body, *self.attributes, *self.attributes.values())
        return sum(len(text.encode()) for text in texts) + _TYPES * len(self.attributes)


class TopicError(Exception):
    """Nobody knows whether any of it was taken."""


class Topic(Protocol):
    """Whatever tells others."""

    def publish(self, messages: Sequence[Message]) -> Mapping[int, str]:
        """Why which were not taken, by position; empty: all were. Raises `TopicError`."""
        ...


def batches(messages: Iterable[Message]) -> Iterator[Sequence[Message]]:
    """A batch is taken or refused message by message, so it has one of each group at most.

    A message that is too large goes alone, to be refused by name.
    """
    batch, size = list[Message](), 0
    for message in messages:
        is_full = len(batch) == MOST or size + message.size > MOST_BYTES
        if batch and (is_full or any(message.group == each.group for each in batch)):
            yield batch
            batch, size = [], 0
        batch.append(message)
        size += message.size
    if batch:
        yield batch


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


@dataclass(frozen=True)
class Relay:
    """Tells a topic what was put into the outbox."""

    topic: Topic

    def __call__(self, records: Sequence[Record]) -> str | None:
        """The number of the first record that is to be brought again; None: all are done with."""
        announced = [record for record in records if is_announcement(record)]
        messages = _readable(announced)
        done = 0
        for batch in batches(messages):
            refused = self._refused(batch)
            if refused is not None:
                return number_of(announced[done + refused])
            done += len(batch)
        return number_of(announced[done]) if done < len(announced) else None

    def _refused(self, batch: Sequence[Message]) -> int | None:
        """The first of a batch that was not taken, or may not have been."""
        try:
            failures = self.topic.publish(batch)
        except TopicError as error:
            log.warning("the topic did not take the events: %s", error, extra=_facts(batch[0]))
            return 0
        for at, message in enumerate(batch):
            _log_outcome(message, failures.get(at))
        return min(failures, default=None)


def _log_outcome(message: Message, refused: str | None) -> None:
    """In the trace of the request that the event came of, if it came of one."""
    traceparent = message.attributes.get("traceparent", "")
    with request_context(traceparent) if traceparent else nullcontext():
        if refused is None:
            log.info("an event was sent", extra=_facts(message))
        else:
            log.warning("an event was refused: %s", refused, extra=_facts(message))


def _readable(announced: Sequence[Record]) -> list[Message]:
    """The messages up to the first record that is none."""
    messages = list[Message]()
    for record in announced:
        try:
            messages.append(message_of(record))
        except RequestError as error:
            log.error("an event cannot be read: %s", error)
            break
    return messages


def _facts(message: Message) -> dict[str, dict[str, str]]:
    return {"facts": {"eventId": message.event_id, **message.attributes}}


@dataclass
class Shard:
    """A part of the stream, in order. `last`: the number of the last record that was read."""

    identity: str
    last: str = ""
    unsettled: Sequence[dict[str, Any]] = field(default_factory=list[dict[str, Any]])


class StreamError(Exception):
    """The stream cannot be read now, or there is none."""


class Stream(Protocol):
    """Gives shards with unsettled records. Raises `StreamError`."""

    def read(self) -> Iterable[Shard]: ...


@dataclass
class Polling:
    """`pause`: seconds between two looks."""

    stream: Stream
    relay: Relay
    pause: float = 0.5
    _attempts: dict[str, int] = field(default_factory=dict[str, int])

    def until(self, stopped: Event) -> None:
        """Ends between two looks, so that what was read is told."""
        while not stopped.is_set():
            try:
                self.once()
            except StreamError as error:
                log.warning("%s", error)
            stopped.wait(self.pause)

    def once(self) -> None:
        """One look at everything there is."""
        for shard in self.stream.read():
            shard.unsettled = self._unsettled(shard.unsettled, self.relay(shard.unsettled))

    def _unsettled(
        self, records: Sequence[dict[str, Any]], number: str | None
    ) -> Sequence[dict[str, Any]]:
        """What is left to do, without what failed too often."""
        if number is None:
            return ()
        left = list(records)
        while number_of(left[0]) != number:
            del left[0]
        self._attempts[number] = self._attempts.get(number, 0) + 1
        if self._attempts[number] < MOST_ATTEMPTS:
            return left
        log.error("an event was given up", extra={"facts": {"keys": left[0]["dynamodb"]["Keys"]}})
        return left[1:]
