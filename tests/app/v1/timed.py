"""A table whose repository goes by a clock that tests set."""

from __future__ import annotations

from dataclasses import dataclass, field, fields
from datetime import UTC, datetime

from access_patterns import blog
from singletable import Repository
from singletable.transport import Transport
from tests.app.v1.stores import Store
from tests.backends import SECRET, Clock

START = datetime(2026, 3, 14, 9, 26, 53, tzinfo=UTC)


@dataclass(frozen=True)
class TimedStore(Store):
    clock: Clock = field(default_factory=lambda: Clock(START))

    def repository(self, through: Transport | None = None) -> Repository:
        way = through or self.transport
        return Repository(way, {blog: self.table}, cursor_secret=SECRET, clock=self.clock)


def timed(store: Store) -> TimedStore:
    return TimedStore(**{each.name: getattr(store, each.name) for each in fields(store)})
