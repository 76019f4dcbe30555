"""The blog's table, and the way to it that the app is given."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from threading import Lock
from typing import Any

from access_patterns import blog
from singletable import Repository, boto3_transport
from singletable.transport import Transport
from tests.backends import SECRET, local_backend, moto_backend


@dataclass(frozen=True)
class Store:
    """A table that is there."""

    transport: Transport
    table: str

    def repository(self, through: Transport | None = None) -> Repository:
        return Repository(through or self.transport, {blog: self.table}, cursor_secret=SECRET)


@contextmanager
def in_moto() -> Iterator[Store]:
    with moto_backend(blog) as backend:
        yield Store(_one_at_a_time(boto3_transport(backend.client)), backend.name)


@contextmanager
def in_dynamodb_local() -> Iterator[Store]:
    with local_backend(blog) as backend:
        yield Store(boto3_transport(backend.client), backend.name)


def _one_at_a_time(transport: Transport) -> Transport:
    """Moto undoes a cancelled transaction by restoring a copy: other writers have to wait."""
    lock = Lock()

    def send(operation: str, parameters: Mapping[str, Any]) -> Mapping[str, Any]:
        with lock:
            return transport(operation, parameters)

    return send
