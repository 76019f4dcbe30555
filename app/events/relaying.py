"""From the stream to the topic: everything at least once, in order, and nothing dropped silently.

What comes after a failure is not sent: whoever calls brings it again, from the failure on.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass

from app.events.batches import batches
from app.events.port import Message, Topic, TopicError
from app.events.records import Record, is_announcement, message_of, number_of
from app.http.trace import traced
from singletable.errors import RequestError

log = logging.getLogger("app.events")


@dataclass(frozen=True)
class Relay:
    """Tells a topic what was put into the outbox."""

    topic: Topic

    def __call__(self, records: Sequence[Record]) -> str | None:
        """The number of the first record that is to be brought again; None: all are done with."""
        announced = [record for record in records if is_announcement(record)]
        messages, unreadable = _readable(announced)
        for start, batch in _placed(messages):
            refused = self._refused(batch)
            if refused is not None:
                return number_of(announced[start + refused])
        return None if unreadable is None else number_of(unreadable)

    def _refused(self, batch: Sequence[Message]) -> int | None:
        """The first of a batch that was not taken, or may not have been."""
        try:
            failures = self.topic.publish(batch)
        except TopicError as error:
            log.warning("%s", error, extra=_facts(batch[0]))
            return 0
        for at, message in enumerate(batch):
            with _trace_of(message):
                _say(message, failures.get(at))
        return min(failures, default=None)


def _say(message: Message, refused: str | None) -> None:
    if refused is None:
        log.info("an event was sent", extra=_facts(message))
    else:
        log.warning("an event was refused: %s", refused, extra=_facts(message))


def _trace_of(message: Message) -> AbstractContextManager[object]:
    """The trace of the request that the event came of, if it came of one."""
    traceparent = message.attributes.get("traceparent", "")
    return traced(traceparent) if traceparent else nullcontext()


def _readable(announced: Sequence[Record]) -> tuple[list[Message], Record | None]:
    """The messages up to the first record that is none, and that."""
    messages = list[Message]()
    for record in announced:
        try:
            messages.append(message_of(record))
        except RequestError as error:
            log.error("an event cannot be read: %s", error)
            return messages, record
    return messages, None


def _placed(messages: Sequence[Message]) -> Iterator[tuple[int, Sequence[Message]]]:
    """Each batch with the position of its first message."""
    start = 0
    for batch in batches(messages):
        yield start, batch
        start += len(batch)


def _facts(message: Message) -> dict[str, dict[str, str]]:
    return {"facts": {"eventId": message.event_id, **message.attributes}}
