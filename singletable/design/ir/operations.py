"""What is asked: reads by their key conditions, writes by their actions, requests."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from singletable.design.ir.tables import AttributeType, JsonObject


@dataclass(frozen=True)
class Segment:
    """A piece of a value: its own text, an argument's name, `now`, the greatest or the least
    character."""

    kind: Literal["text", "argument", "now", "greatest", "least"]
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
class View:
    """Some fields of an entity, read alone.

    `attributes`: those that are asked for; none for all that the index holds.
    """

    name: str
    fields: tuple[str, ...]
    attributes: tuple[str, ...] = ()


@dataclass(frozen=True)
class Hydration:
    """Reads of the items of a query from the table, by the primary keys that an index has."""

    consistent: bool = False


@dataclass(frozen=True)
class Read:
    """`keys` are the labels of the keys that are asked: several of a collection, none of a scan.

    `ordered_by`: the fields that order the answer. `requests` are those of one page: more than
    one only where a partition is sharded, or a scan reads several segments. `because`: why all of
    the index is read; None unless it is scanned. `distance`: by which the nearest are found; None
    unless vectors are searched.
    """

    table: str
    index: str
    keys: tuple[str, ...]
    conditions: tuple[KeyCondition, ...]
    descending: bool = False
    chronological: bool = False
    ordered_by: tuple[str, ...] = ()
    filter: Expression | None = None
    consistent: bool = False
    excludes_expired: bool = False
    tolerates_unreadable: bool = False
    view: View | None = None
    hydration: Hydration | None = None
    items_in_all: int | None = None
    items_per_request: int | None = None
    requests_at_most: int | None = None
    requests: int = 1
    because: str | None = None
    distance: str | None = None

    @property
    def is_scan(self) -> bool:
        return self.because is not None


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
    unique: str | None = None
    conditional: bool = False
    key: tuple[KeyCondition, ...] = ()
    update: Expression | None = None
    changes: tuple[Change, ...] = ()
    condition: Expression | None = None
    refusals: tuple[Refusal, ...] = ()


@dataclass(frozen=True)
class Request:
    """One call of DynamoDB: bytes are in base64, as in its own protocol."""

    operation: str
    parameters: JsonObject


_GETS = frozenset({"GetItem", "BatchGetItem", "TransactGetItems", "Get", "BatchGet", "Snapshot"})


@dataclass(frozen=True)
class Operation:
    """What is asked: `reads`, several of a snapshot, or `writes` with their unique items."""

    kind: str
    tables: tuple[str, ...]
    entities: tuple[str, ...]
    index: str
    reads: tuple[Read, ...]
    writes: tuple[Action, ...]

    @property
    def gets_items(self) -> bool:
        """Whether it reads items by their whole primary keys, each priced by itself."""
        return self.kind in _GETS
