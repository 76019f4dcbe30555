"""The intermediate representation of a design: everything that it declares, as plain data.

Frozen dataclasses of builtins, to JSON and back; no live class, no sentence. Documents,
infrastructure, policies and checks are made from this alone.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any, Literal

from pydantic import JsonValue, TypeAdapter

PRIMARY = "primary"
"""The name of a table's own index; no other index has it."""

JsonObject = dict[str, Any]
AttributeType = Literal["S", "N", "B"]


@dataclass(frozen=True)
class KeyAttribute:
    """A key attribute's stored name, and whether it is text, a number or bytes."""

    name: str
    type: AttributeType = "S"


@dataclass(frozen=True)
class Projection:
    """What an index holds of each item besides its keys; `names` only for INCLUDE."""

    kind: Literal["ALL", "KEYS_ONLY", "INCLUDE"] = "ALL"
    names: tuple[str, ...] = ()


@dataclass(frozen=True)
class Index:
    """An index, the table's own included, with the attributes of both sides of its key."""

    name: str
    kind: Literal["primary", "global", "local"]
    partition: tuple[KeyAttribute, ...]
    sort: tuple[KeyAttribute, ...] = ()
    projection: Projection = Projection()

    @property
    def attributes(self) -> tuple[KeyAttribute, ...]:
        return (*self.partition, *self.sort)

    @property
    def attribute_names(self) -> tuple[str, ...]:
        return tuple(attribute.name for attribute in self.attributes)


@dataclass(frozen=True)
class Table:
    """One DynamoDB table as it is created. The table's own index comes first.

    `type_attribute` says of every item which entity it is; `ttl_attribute` when it expires.
    """

    name: str
    indexes: tuple[Index, ...]
    delimiter: str = "#"
    type_attribute: str | None = None
    ttl_attribute: str | None = None

    @property
    def primary(self) -> Index:
        return self.indexes[0]

    def index(self, name: str | None) -> Index:
        """The index of this name; None, as requests have it, for the table's own."""
        return next(each for each in self.indexes if each.name == (name or PRIMARY))

    @property
    def key_attributes(self) -> dict[str, KeyAttribute]:
        """Every attribute that is a key somewhere, by name."""
        return {a.name: a for index in self.indexes for a in index.attributes}


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
    """One logical partition spread over `count` partition keys, by a hash of field `by`."""

    by: str
    count: int


@dataclass(frozen=True)
class Key:
    """An entity's key on one index: `label` is `Post.by_category`.

    `fields`: what it is made of, in key order. `sparse`: those whose absence leaves the item out.
    """

    label: str
    index: str
    partition: tuple[Template, ...]
    sort: tuple[Template, ...]
    fields: tuple[str, ...]
    sparse: tuple[str, ...] = ()
    shards: Shards | None = None

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


Role = Literal["version", "ttl", "created", "updated"]


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
    """`items`: example items, each followed by its unique items, in DynamoDB's JSON."""

    name: str
    table: str
    module: str
    place: Place | None
    description: str
    fields: tuple[Field, ...]
    keys: tuple[Key, ...]
    uniques: tuple[Unique, ...]
    items: tuple[JsonObject, ...] = ()

    @property
    def primary(self) -> Key:
        return next(key for key in self.keys if key.index == PRIMARY)


@dataclass(frozen=True)
class Segment:
    """A piece of a value: its own text, an argument's name, `now` or the greatest character."""

    kind: Literal["text", "argument", "now", "greatest"]
    text: str = ""


@dataclass(frozen=True)
class Operand:
    """A key attribute's value, as far as it is known before the arguments are."""

    type: AttributeType
    segments: tuple[Segment, ...]


@dataclass(frozen=True)
class KeyCondition:
    """`PK = POST#{post_id}` as data; BETWEEN has two operands, all others one."""

    attribute: str
    operator: Literal["=", "<", "<=", ">", ">=", "begins_with", "BETWEEN"]
    operands: tuple[Operand, ...]


@dataclass(frozen=True)
class Expression:
    """An expression with its placeholders replaced, and the stored attributes that it names."""

    text: str
    attributes: tuple[str, ...]


@dataclass(frozen=True)
class Read:
    """`key` is the label of the key that is asked; `ordered_by` the fields that order the answer.

    `requests` are those of one page: more than one only where a partition is sharded.
    """

    key: str
    index: str
    conditions: tuple[KeyCondition, ...]
    descending: bool = False
    chronological: bool = False
    ordered_by: tuple[str, ...] = ()
    filter: Expression | None = None
    consistent: bool = False
    excludes_expired: bool = False
    items_in_all: int | None = None
    items_per_request: int | None = None
    requests_at_most: int | None = None
    requests: int = 1


@dataclass(frozen=True)
class Change:
    """A field that an update writes where it differs; `value` where the pattern sets its own."""

    field: str
    kind: Literal["replaced", "set", "removed"]
    value: str = ""


@dataclass(frozen=True)
class Refusal:
    """An error class, and for a condition of the caller's the label and message that it has."""

    error: str
    label: str = ""
    message: str = ""


@dataclass(frozen=True)
class Action:
    """One action on one item. `unique`: the constraint whose item it is, not the entity's own.

    `verb` is what the pattern calls it, `kind` what DynamoDB does; `conditional`: only where the
    unique value changes.
    """

    verb: str
    kind: Literal["Put", "Update", "Delete", "ConditionCheck"]
    table: str
    entity: str
    unique: str | None
    conditional: bool
    key: tuple[KeyCondition, ...]
    update: Expression | None
    changes: tuple[Change, ...]
    condition: Expression | None
    refusals: tuple[Refusal, ...]


@dataclass(frozen=True)
class Request:
    """One call of DynamoDB: bytes are in base64, as in its own protocol."""

    operation: str
    parameters: JsonObject


@dataclass(frozen=True)
class Operation:
    """What is asked: `read` for reads, `writes` with their unique items for writes."""

    kind: str
    tables: tuple[str, ...]
    entities: tuple[str, ...]
    index: str
    read: Read | None
    writes: tuple[Action, ...]


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
    """`entity` is the name of the entity that is passed whole."""

    name: str
    type: str
    entity: str | None = None


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
class Design:
    """Tables, and what is kept in them and asked of them; a pattern may be about several."""

    tables: tuple[Table, ...]
    entities: tuple[Entity, ...]
    groups: tuple[Group, ...]
    patterns: tuple[Pattern, ...]

    def table(self, name: str) -> Table:
        return next(each for each in self.tables if each.name == name)

    def entities_of(self, table: Table) -> tuple[Entity, ...]:
        return tuple(each for each in self.entities if each.table == table.name)


@cache
def _adapter() -> TypeAdapter[Design]:
    return TypeAdapter(Design)


def to_json(design: Design) -> JsonObject:
    """The design as builtins that `json.dumps` takes."""
    data: JsonObject = _adapter().dump_python(design, mode="json")
    return data


def from_json(data: Mapping[str, JsonValue]) -> Design:
    """The design that `to_json` made these builtins of; pydantic's `ValidationError` for others."""
    return _adapter().validate_python(data)
