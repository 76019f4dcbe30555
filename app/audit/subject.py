"""Which item a write is about, and which of its fields it changes: read from the write itself.

Names alone; a value never gets from here into an entry.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeGuard

from singletable.design.kinds import is_update
from singletable.operations import Create, Delete, Put, Write
from singletable.operations.writes.partial_update import Change

_WORD = re.compile(r"(?<!^)(?=[A-Z])")


@dataclass(frozen=True)
class Subject:
    """`kind` is the entity in lower case: `post`; `fields` are those that a change changes."""

    kind: str
    identity: str
    fields: tuple[str, ...]


def subject_of(write: Write[Any]) -> Subject:
    """The item that a write is about; of a transaction it is the first write's."""
    values = _values(write)
    identity = [str(values[name]) for name in write.schema.primary.fields]
    return Subject(kind_of(write.schema.name), ".".join(identity), tuple(_changed(write)))


def kind_of(entity: str) -> str:
    """`ViewCount` is a `view-count`."""
    return _WORD.sub("-", entity).lower()


def _values(write: Write[Any]) -> Mapping[str, Any]:
    if is_update(write):
        return write.schema.values(write.after)
    if _is_whole(write):
        return write.schema.values(write.entity)
    if isinstance(write, Delete) or _is_change(write):
        return write.identity
    raise TypeError(f"a {type(write).__name__} writes no item")


def _changed(write: Write[Any]) -> Sequence[str]:
    """Without what the engine keeps: every change changes it."""
    if _is_change(write):
        return write.changes.touched
    if not is_update(write):
        return ()
    had, has = write.schema.values(write.before), write.schema.values(write.after)
    kept = {write.schema.roles.get("version"), write.schema.roles.get("updated")}
    return [name for name in had if had[name] != has[name] and name not in kept]


def _is_whole(write: object) -> TypeGuard[Create[Any] | Put[Any]]:
    return isinstance(write, (Create, Put))


def _is_change(write: object) -> TypeGuard[Change[Any]]:
    return isinstance(write, Change)
