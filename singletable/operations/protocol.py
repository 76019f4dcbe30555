"""The protocol of operations: requests as data, the steps that yield them, the context."""

from __future__ import annotations

from collections.abc import Callable, Generator, Mapping
from dataclasses import field
from datetime import UTC, datetime
from functools import cached_property
from typing import Any, Generic, TypeAlias, TypeVar

from singletable.errors.base import Written
from singletable.errors.request import InvalidOperation
from singletable.operations.reads.cursor import CursorSeal
from singletable.records import record
from singletable.table import TableDefinition

Response: TypeAlias = Mapping[str, Any]
R = TypeVar("R")
T = TypeVar("T")
R_co = TypeVar("R_co", covariant=True)


@record
class Request:
    """One call: DynamoDB's operation name and its parameters, as botocore takes them.

    `repetition`: how often in a row a part of it was left unprocessed; it is sent after a delay.
    """

    operation: str
    parameters: Mapping[str, Any]
    repetition: int = 0


class RepeatedResponse(dict[str, Any]):
    """The response to a request of which an earlier attempt may have been carried out, too."""


Steps: TypeAlias = Generator[tuple[Request, ...], tuple[Response, ...], R]
"""Yields requests that may be sent side by side, and is sent their responses in the same order
(or is thrown a `TransportError`, where one of them failed); returns the operation's result."""


def utc_now() -> datetime:
    return datetime.now(UTC)


Clock: TypeAlias = Callable[[], datetime]


@record
class Context:
    """`tables`: the real name of each table that may be asked; None: any, by its declared name.

    `now` is the moment that time-outs and stamps go by.
    """

    tables: Mapping[TableDefinition, str] | None = None
    now: datetime = field(default_factory=utc_now)
    cursors: CursorSeal = field(default_factory=CursorSeal)

    def name_of(self, table: TableDefinition) -> str:
        """The real name of a table; `InvalidOperation` for one that is not bound."""
        if self.tables is None:
            return table.name
        name = self.tables.get(table)
        if name is None:
            raise InvalidOperation(
                where="repository",
                declared=f"an operation of {table.show_beside(self.tables)}",
                allowed="operations of " + ", ".join(map(repr, self.tables)),
            )
        return name


@record
class Origin:
    """The access pattern that made an operation: `posts.by_id`."""

    pattern: str


def evolve(instance: T, **changes: object) -> T:
    """A copy of a frozen dataclass with other fields: `replace` at a third of its cost.

    Only fields are copied: what was computed from them is computed anew.
    """
    kind = type(instance)
    copy = object.__new__(kind)
    values = vars(copy)
    values.update(vars(instance))
    computed = _COMPUTED.get(kind)
    for name in _computed_names(kind) if computed is None else computed:
        values.pop(name, None)
    values.update(changes)
    return copy


_COMPUTED: dict[type, tuple[str, ...]] = {}


def _computed_names(kind: type) -> tuple[str, ...]:
    """The names of a class's cached properties."""
    held = [item for each in kind.__mro__ for item in vars(each).items()]
    _COMPUTED[kind] = tuple(name for name, value in held if isinstance(value, cached_property))
    return _COMPUTED[kind]


@record
class Operation(Generic[R_co]):
    """A read or write as data, not sent yet; R is the type of its result.

    No ABC, whose instance checks would cost a tenth of a read.
    """

    origin: Origin | None = field(default=None, kw_only=True, compare=False)

    @property
    def written_before(self) -> Written:
        """Whether those that it goes on from have written anything."""
        return "no"

    def steps(self, context: Context) -> Steps[R_co]:
        """Yields the requests that carry the operation out; returns its result."""
        raise NotImplementedError

    def requests(self, context: Context) -> tuple[Request, ...]:
        """The first requests, without sending them."""
        steps = self.steps(context)
        try:
            return next(steps)
        except StopIteration:
            return ()
        finally:
            steps.close()


class Read(Operation[R_co]):
    """The operations that `fetch` takes."""


class WriteOperation(Operation[R_co]):
    """The operations that `write` takes: one write, or several in a transaction."""

    def with_writes(self, *writes: Any) -> WriteOperation[R_co]:
        """The operation with other writes that are carried out if and only if it is."""
        raise NotImplementedError
