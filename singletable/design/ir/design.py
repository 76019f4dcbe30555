"""Access patterns, and a design as a whole, to JSON and back."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from typing import Any

from pydantic import JsonValue, TypeAdapter

from singletable.design.ir.entities import Entity, Place
from singletable.design.ir.operations import Operation, Request
from singletable.design.ir.tables import JsonObject, Table


@dataclass(frozen=True)
class Need:
    """One IAM action on an index at partition keys: texts with anything between each two.

    One text is a whole key; two empty ones are any key.
    """

    action: str
    table: str
    index: str
    key: tuple[str, ...]


@dataclass(frozen=True)
class Parameter:
    """`entity` is the name of the entity that is passed whole; `is_several`: a sequence of such."""

    name: str
    type: str
    entity: str | None = None
    is_several: bool = False


@dataclass(frozen=True)
class Example:
    """JSON data: the arguments, and the requests that they lead to at a fixed moment."""

    arguments: JsonObject
    requests: tuple[Request, ...]


@dataclass(frozen=True)
class Pattern:
    """An access pattern; `question` is the first line of its description.

    `callers`: captions of who asks it; None where that is not known.
    """

    name: str
    group: str
    question: str
    description: str
    place: Place | None
    parameters: tuple[Parameter, ...]
    operation: Operation
    returns: str
    needs: tuple[Need, ...]
    callers: tuple[str, ...] | None = None
    example: Example | None = None


@dataclass(frozen=True)
class Group:
    """The patterns of one module have its name; `description` is its docstring."""

    name: str
    description: str


@dataclass(frozen=True)
class Acceptance:
    """A finding of a check that is meant: by the rule's slug and the finding's subject."""

    rule: str
    subject: str
    because: str
    place: Place | None = None


@dataclass(frozen=True)
class Design:
    """Tables, and what is kept in them and asked of them; a pattern may be about several.

    `volumes`: figures as a file of volumes has them, by the names of entities, keys and patterns.
    `samples`: stored items that a file shows, in DynamoDB's JSON, by the names of their tables.
    `accepted`: findings that do not count.
    """

    tables: tuple[Table, ...]
    entities: tuple[Entity, ...]
    groups: tuple[Group, ...]
    patterns: tuple[Pattern, ...]
    samples: Mapping[str, tuple[JsonObject, ...]] = field(
        default_factory=dict[str, tuple[JsonObject, ...]]
    )
    volumes: JsonObject = field(default_factory=dict[str, Any])
    accepted: tuple[Acceptance, ...] = ()

    def table(self, name: str) -> Table:
        return next(each for each in self.tables if each.name == name)

    def entities_of(self, table: Table) -> tuple[Entity, ...]:
        return tuple(each for each in self.entities if each.table == table.name)


@cache
def _adapter() -> TypeAdapter[Design]:
    return TypeAdapter(Design)


def to_json(design: Design, *, is_sparse: bool = False) -> JsonObject:
    """The design as builtins that `json.dumps` takes; sparse, without what is as by default."""
    data: JsonObject = _adapter().dump_python(design, mode="json", exclude_defaults=is_sparse)
    return data


def from_json(data: Mapping[str, JsonValue]) -> Design:
    """The design that `to_json` made these builtins of; pydantic's `ValidationError` for others."""
    return _adapter().validate_python(data)
