"""The blog's table, and the way to it that the app is given."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any

import pytest

from access_patterns import blog
from app.core.context import utc_now
from singletable import Repository
from singletable.inspect import Observed
from singletable.transport import Transport
from tests.backends import ON_LOCAL, SECRET, Clock, local_backend, memory_backend

START = datetime(2026, 3, 14, 9, 26, 53, tzinfo=UTC)
KINDS = ["memory", pytest.param("dynamodb-local", marks=ON_LOCAL.marks)]
"""What a fixture is parametrized by whose tests run on both; `open_store` opens each."""


@dataclass(frozen=True)
class Store:
    """A table that is there, and the clock of its repositories and of the app."""

    transport: Transport
    table: str
    clock: Any = utc_now

    def repository(
        self, through: Transport | None = None, observe: Callable[[Observed], None] | None = None
    ) -> Repository:
        """`observe` is told what each operation costs, too."""
        way, told = through or self.transport, dict[str, Any]()
        if observe:
            told = {"observe": observe, "count_capacity": True}
        return Repository(way, {blog: self.table}, cursor_secret=SECRET, clock=self.clock, **told)


def timed(store: Store) -> Store:
    """The same table, by a clock that tests set."""
    return replace(store, clock=Clock(START))


@contextmanager
def in_memory() -> Iterator[Store]:
    with memory_backend(blog) as backend:
        yield Store(backend.transport, backend.name)


@contextmanager
def in_dynamodb_local() -> Iterator[Store]:
    with local_backend(blog) as backend:
        yield Store(backend.transport, backend.name)


def open_store(kind: str) -> AbstractContextManager[Store]:
    """Opens one of `KINDS`."""
    return in_memory() if kind == "memory" else in_dynamodb_local()
