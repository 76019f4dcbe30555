"""`snapshot(...)`: several items as they were at one moment, by TransactGetItems."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Generic, TypeGuard, TypeVar, cast, overload

from pydantic import BaseModel

from singletable.codec import comparable_key
from singletable.errors.request import InvalidOperation
from singletable.operations.protocol import Context, Read, Request, Steps
from singletable.operations.reads.get import Get, is_get
from singletable.records import record

R = TypeVar("R")
A = TypeVar("A", bound=BaseModel)
B = TypeVar("B", bound=BaseModel)
C = TypeVar("C", bound=BaseModel)
D = TypeVar("D", bound=BaseModel)
E = TypeVar("E", bound=BaseModel)

GETS_AT_ONCE = 100
"""How many items DynamoDB reads in one transaction."""


@record
class Snapshot(Read[R], Generic[R]):
    """Reads several items at one moment, in one table or several; each costs two reads.

    `Contended` where other transactions keep writing them.
    """

    gets: tuple[Get[Any], ...]

    def steps(self, context: Context) -> Steps[R]:
        parts = [{"Get": part} for part in self._parts(context)]
        (response,) = yield (Request("TransactGetItems", {"TransactItems": parts}),)
        answers = zip(self.gets, response["Responses"], strict=True)
        return cast(R, tuple([get.load(answer, context) for get, answer in answers]))

    def _parts(self, context: Context) -> Iterator[dict[str, object]]:
        seen = set[tuple[object, ...]]()
        for get in self.gets:
            part = get.part(context)
            key = part["Key"]
            known = (part["TableName"], *comparable_key(key, key))
            if known in seen:
                raise InvalidOperation(
                    where="snapshot",
                    declared=f"{get.key.label} {get.reader.key_text(key)} twice",
                    allowed="each item once",
                )
            seen.add(known)
            yield part


@overload
def snapshot(a: Get[A], b: Get[B], /) -> Snapshot[tuple[A | None, B | None]]: ...
@overload
def snapshot(
    a: Get[A], b: Get[B], c: Get[C], /
) -> Snapshot[tuple[A | None, B | None, C | None]]: ...
@overload
def snapshot(
    a: Get[A], b: Get[B], c: Get[C], d: Get[D], /
) -> Snapshot[tuple[A | None, B | None, C | None, D | None]]: ...
@overload
def snapshot(
    a: Get[A], b: Get[B], c: Get[C], d: Get[D], e: Get[E], /
) -> Snapshot[tuple[A | None, B | None, C | None, D | None, E | None]]: ...
@overload
def snapshot(*gets: Get[A]) -> Snapshot[tuple[A | None, ...]]: ...
def snapshot(*gets: Any) -> Any:
    """Reads the items of several `get`s as they were at one moment: all of them, or an error."""
    if not 1 <= len(gets) <= GETS_AT_ONCE or not all(map(is_get, gets)):
        kinds = ", ".join(dict.fromkeys(type(get).__name__ for get in gets))
        raise InvalidOperation(
            where="snapshot",
            declared=f"{len(gets)} arguments" + (f" of {kinds}" if kinds else ""),
            allowed=f"1 to {GETS_AT_ONCE} reads of one item, such as Book.key.get(...)",
        )
    return Snapshot[Any](gets)


def is_snapshot(operation: object) -> TypeGuard[Snapshot[Any]]:
    """Whether this is a Snapshot; for type checkers, which lose generic arguments otherwise."""
    return isinstance(operation, Snapshot)
