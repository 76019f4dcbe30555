"""The blog's table, and the way to it that the app is given."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass

import pytest

from access_patterns import blog
from singletable import Repository
from singletable.transport import Transport
from tests.backends import SECRET, local_backend, memory_backend

KINDS = ["memory", pytest.param("dynamodb-local", marks=pytest.mark.connected)]
"""What a fixture is parametrized by whose tests run on both; `open_store` opens each."""


@dataclass(frozen=True)
class Store:
    """A table that is there."""

    transport: Transport
    table: str

    def repository(self, through: Transport | None = None) -> Repository:
        return Repository(through or self.transport, {blog: self.table}, cursor_secret=SECRET)


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
