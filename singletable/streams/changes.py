"""Changes of entities, as a stream tells of them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any, Generic, TypeGuard

from pydantic import BaseModel
from typing_extensions import TypeVar

from singletable.errors.request import InvalidStoredItem
from singletable.records import record
from singletable.streams.records import Kind

E_co = TypeVar("E_co", bound=BaseModel, covariant=True, default=BaseModel)
X = TypeVar("X", bound=BaseModel)


@record(sealed=True, kw_only=True)
class Change(Generic[E_co]):
    """A change of one item; "expired" is a removal by DynamoDB, as its TTL has passed.

    `old` and `new` are None where there is none, where the stream's view leaves it out, and where
    `problems` says why it cannot be read. `identity` has the fields of the primary key, `key` is
    its text. A record that is brought again has the same `event_id`.
    """

    kind: Kind
    entity: type[E_co]
    identity: Mapping[str, object]
    key: str
    old: E_co | None
    new: E_co | None
    at: datetime | None
    event_id: str
    sequence_number: str
    problems: tuple[InvalidStoredItem, ...] = ()


@record(sealed=True)
class Changes:
    """The changes of an event in its order, those with an image that cannot be read apart.

    `skipped` counts the records of other items: unique items, and those of other programs.
    """

    items: tuple[Change, ...]
    unreadable: tuple[Change, ...] = ()
    skipped: int = 0

    def __iter__(self) -> Iterator[Change]:
        return iter(self.items)

    def __len__(self) -> int:
        return len(self.items)

    def of(self, kind: type[X]) -> tuple[Change[X], ...]:
        """The changes of one entity, in order."""
        return tuple(each for each in self.items if _is_of(each, kind))


def _is_of(change: Change[Any], kind: type[X]) -> TypeGuard[Change[X]]:
    return issubclass(change.entity, kind)
