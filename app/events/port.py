"""What the relay sends, and what it sends it to. Knows no AWS."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from app.worded import WordedError


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


_TYPES = len("String")


@dataclass(eq=False, kw_only=True)
class TopicError(WordedError):
    """Nobody knows whether any of it was taken."""

    message = "the topic did not take the events: {reason}"

    reason: str


class Topic(Protocol):
    """Whatever tells others."""

    def publish(self, messages: Sequence[Message]) -> Mapping[int, str]:
        """Why which were not taken, by position; empty: all were. Raises `TopicError`."""
        ...
