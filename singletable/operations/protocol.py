"""A request as data, and what is known only when it is made."""

from __future__ import annotations

from collections.abc import Callable, Generator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, Protocol, TypeVar

from singletable.operations.reads.cursor import CursorSeal

Response = Mapping[str, Any]
R = TypeVar("R")
R_co = TypeVar("R_co", covariant=True)


@dataclass(frozen=True)
class Request:
    """One call: DynamoDB's operation name and its parameters, as botocore takes them."""

    operation: str
    parameters: Mapping[str, Any]


Steps = Generator[Request, Response, R]
"""Yields requests, is sent responses (or thrown a `Fault`), returns the result."""


def utc_now() -> datetime:
    return datetime.now(UTC)


@dataclass(frozen=True)
class Context:
    """`table` is the real table's name, `now` the moment that time-outs and stamps go by."""

    table: str
    now: datetime = field(default_factory=utc_now)
    cursors: CursorSeal = field(default_factory=CursorSeal)


@dataclass(frozen=True)
class Origin:
    """The access pattern that made an operation: `posts.by_id`."""

    pattern: str


class Operation(Protocol[R_co]):
    """Something to ask of DynamoDB, described but not sent; R is what the answer becomes."""

    @property
    def origin(self) -> Origin | None: ...

    def steps(self, context: Context) -> Steps[R_co]:
        """The conversation that carries it out."""
        ...

    def requests(self, context: Context) -> tuple[Request, ...]:
        """The requests it opens with, without sending them."""
        ...


Clock = Callable[[], datetime]
