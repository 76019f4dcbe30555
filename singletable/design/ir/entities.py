"""Entities: fields, keys with their templates and formats, unique constraints."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from pydantic import JsonValue

from singletable.design.ir.operations import Expression
from singletable.design.ir.tables import PRIMARY, JsonObject


@dataclass(frozen=True)
class Place:
    """Where something is declared; `file` is relative to the folder that it is imported from."""

    file: str
    line: int


@dataclass(frozen=True)
class Format:
    """How a value becomes key text. Lengths are in UTF-8 bytes.

    `alphabet`: every character that the text may contain; None if any may occur.
    `members`: all texts of a closed set. `shape`: a regular expression of the whole text.
    """

    name: str
    alphabet: str | None
    min_bytes: int
    max_bytes: int | None
    fixed_width: bool
    ordered: bool
    chronological: bool
    takes_beginnings: bool
    members: tuple[str, ...] = ()
    shape: str | None = None


@dataclass(frozen=True)
class Part:
    """One placeholder of a template and the literal text that follows it."""

    field: str
    format: Format
    after: str


@dataclass(frozen=True)
class Template:
    """What one key attribute is made of. `natural`: it is the field itself, as it is stored."""

    attribute: str
    source: str
    literal: str
    parts: tuple[Part, ...]
    natural: bool = False


@dataclass(frozen=True)
class Shards:
    """One logical partition spread over `count` partition keys, by a hash of the fields `by`."""

    by: tuple[str, ...]
    count: int


@dataclass(frozen=True)
class Key:
    """An entity's key on one index: `label` is `Post.by_category`.

    `fields`: what it is made of, in key order. `sparse`: those whose absence leaves the item out.
    `when`: the condition of being in the index, on stored attributes.
    """

    label: str
    index: str
    partition: tuple[Template, ...]
    sort: tuple[Template, ...]
    fields: tuple[str, ...]
    sparse: tuple[str, ...] = ()
    shards: Shards | None = None
    when: Expression | None = None

    @property
    def is_sparse(self) -> bool:
        """Whether the index may lack items of the entity."""
        return bool(self.sparse) or self.when is not None

    @property
    def templates(self) -> tuple[Template, ...]:
        return (*self.partition, *self.sort)


@dataclass(frozen=True)
class Unique:
    """A unique constraint: `label` is `User.email`, `template` that of its item's partition key."""

    label: str
    field: str
    within: tuple[str, ...]
    template: Template


Role = Literal["version", "ttl", "created", "updated", "in_key"]


@dataclass(frozen=True)
class Field:
    """`stored` is the attribute's name; `attribute_types` are the wire types that it may have.

    `default` is known where `optional` and not made by a factory.
    """

    name: str
    stored: str
    type: str
    attribute_types: tuple[str, ...]
    optional: bool
    default: JsonValue
    format: Format | None
    roles: tuple[Role, ...]
    description: str


@dataclass(frozen=True)
class Entity:
    """`items`: example items, each followed by its unique items, in DynamoDB's JSON.

    `identity`: the fields by which two items are told apart; None where nobody says it.
    `unindexed`: attributes that are meant for keys, and make none.
    """

    name: str
    table: str
    module: str
    place: Place | None
    description: str
    fields: tuple[Field, ...]
    keys: tuple[Key, ...]
    uniques: tuple[Unique, ...]
    items: tuple[JsonObject, ...] = ()
    identity: tuple[str, ...] | None = None
    unindexed: tuple[str, ...] = ()

    @property
    def primary(self) -> Key:
        return next(key for key in self.keys if key.index == PRIMARY)
