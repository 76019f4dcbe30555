"""Which item a write is about, and which of its fields it changes: read from the write itself.

Names alone; a value never gets from here into an entry.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

from singletable import inspect
from singletable.inspect import Write

_WORD = re.compile(r"(?<!^)(?=[A-Z])")


@dataclass(frozen=True)
class Subject:
    """`kind` is the entity in lower case: `post`; `fields` are those that a change changes."""

    kind: str
    identity: str
    fields: tuple[str, ...]


def subject_of(write: Write[Any]) -> Subject:
    """The item that a write is about; of a transaction it is the first write's."""
    identity = [str(value) for value in inspect.identity(write).values()]
    kind = kind_of(inspect.entity_name(write))
    return Subject(kind, ".".join(identity), inspect.changed_fields(write))


def kind_of(entity: str) -> str:
    """`ViewCount` is a `view-count`."""
    return _WORD.sub("-", entity).lower()
