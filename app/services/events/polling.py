"""Polls a stream and relays its records, as Lambda does elsewhere."""

from __future__ import annotations

import logging
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from threading import Event
from typing import Any, Protocol

from app.services.events.relay import Relay, number_of

log = logging.getLogger("app.events")


MOST_ATTEMPTS = 50
"""At one record; as the deployed relay has it, which puts it among the dead letters then."""


class Part(Protocol):
    """A part of a stream whose records are in order."""

    unsettled: Sequence[dict[str, Any]]


class StreamError(Exception):
    """The stream cannot be read now, or there is none."""


class Stream(Protocol):
    """Gives parts with unsettled records. Raises `StreamError`."""

    def read(self) -> Iterable[Part]: ...


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
        for part in self.stream.read():
            part.unsettled = self._unsettled(part.unsettled, self.relay(part.unsettled))

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
