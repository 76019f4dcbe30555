"""The format of design files: what a published design says, and nothing of Python's.

Tables, entities with their key templates and identity, patterns with their key conditions.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Annotated, Literal, Self

from pydantic import (
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    JsonValue,
    field_validator,
    model_validator,
)

from singletable.codec.wire import is_list
from singletable.design import ir
from singletable.languages.pattern import compile_pattern

Operation = Literal[
    "GetItem",
    "BatchGetItem",
    "TransactGetItems",
    "Query",
    "Scan",
    "PutItem",
    "UpdateItem",
    "DeleteItem",
    "TransactWriteItems",
    "BatchWriteItem",
]
FieldType = Literal[
    "str",
    "int",
    "float",
    "decimal",
    "bool",
    "datetime",
    "date",
    "bytes",
    "list",
    "map",
    "set",
    "text_set",
    "number_set",
    "bytes_set",
    "any",
]


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, populate_by_name=True)


def _as_attribute(value: object) -> object:
    return {"name": value} if isinstance(value, str) else value


class Attribute(_Part):
    """A key attribute, text unless it says otherwise; its name alone will do."""

    name: str = Field(min_length=1)
    type: ir.AttributeType = "S"


def _as_list(value: object) -> object:
    return value if is_list(value) else [value]


_Named = Annotated[
    Attribute, BeforeValidator(_as_attribute, json_schema_input_type=str | Attribute)
]
Attributes = Annotated[
    tuple[_Named, ...],
    BeforeValidator(
        _as_list,
        json_schema_input_type=str | Attribute | tuple[str | Attribute, ...],
    ),
]
"""The attributes of one side of a key; one may stand alone."""


Item = Mapping[str, Annotated[Mapping[str, JsonValue], Field(min_length=1, max_length=1)]]
"""The attributes of an item, each behind its type: `{"PK": {"S": "CUSTOMER#7"}}`."""


class Index(_Part):
    """`projection`: ALL, KEYS_ONLY, or the attributes that are held beside the keys."""

    name: str = Field(min_length=1)
    kind: Literal["global", "local"] = "global"
    partition: Attributes
    sort: Attributes = ()
    projection: Literal["ALL", "KEYS_ONLY"] | tuple[str, ...] = "ALL"


class Table(_Part):
    """`type_attribute` says which entity an item is. `items`: samples, in DynamoDB's JSON."""

    name: str = Field(min_length=1)
    partition: Attributes
    sort: Attributes = ()
    indexes: tuple[Index, ...] = ()
    delimiter: str = Field(default="#", min_length=1)
    type_attribute: str | None = None
    ttl_attribute: str | None = None
    items: tuple[Item, ...] = ()


class Format(_Part):
    """The texts that a field has in keys; of what is not said, all are possible.

    `pattern`: a regular expression of the whole text. `members`: all texts there are. `ordered`:
    texts sort as their values do. `chronological`: what is made later sorts later.
    """

    alphabet: str | None = None
    min_bytes: int = Field(default=1, ge=0)
    max_bytes: int | None = Field(default=None, ge=1)
    pattern: str | None = None
    members: tuple[str, ...] = ()
    ordered: bool = False
    chronological: bool = False

    @field_validator("pattern")
    @classmethod
    def check_pattern(cls, pattern: str | None) -> str | None:
        """Refuses what is no regular expression, in Python's or in the strict sense."""
        if pattern is not None:
            compile_pattern(pattern)
        return pattern

    @model_validator(mode="after")
    def check_lengths(self) -> Self:
        if self.max_bytes is not None and self.max_bytes < self.min_bytes:
            raise ValueError("max_bytes is less than min_bytes")
        return self


class EntityField(_Part):
    """A field; `set` is a set of any of the three types. `stored`: the attribute's name, if it is
    another one. `in_key`: no attribute has it, but key text alone."""

    type: FieldType = "str"
    format: Format | None = None
    optional: bool = False
    stored: str | None = Field(default=None, min_length=1)
    in_key: bool = False


class Entity(_Part):
    """`keys`: the template of each key attribute, with fields in braces; empty where nobody says
    them. `identity`: the fields by which two items are told apart. `table` may be left out where
    there is one."""

    name: str = Field(min_length=1)
    keys: Mapping[str, str] = Field(default_factory=dict[str, str])
    identity: tuple[str, ...] | None = None
    table: str | None = None
    fields: Mapping[str, EntityField] = Field(default_factory=dict[str, EntityField])
    description: str = ""


class Condition(_Part):
    """One of them; `between` has two templates."""

    equals: str | None = Field(default=None, alias="=")
    begins_with: str | None = None
    between: tuple[str, str] | None = None
    less: str | None = Field(default=None, alias="<")
    at_most: str | None = Field(default=None, alias="<=")
    greater: str | None = Field(default=None, alias=">")
    at_least: str | None = Field(default=None, alias=">=")

    def operators(self) -> Iterator[tuple[str, tuple[str, ...]]]:
        """The operators that are given, as DynamoDB writes them, with their operands."""
        for name, info in Condition.model_fields.items():
            value = getattr(self, name)
            operator = {"between": "BETWEEN"}.get(name, info.alias or name)
            if value is not None:
                yield operator, value if isinstance(value, tuple) else (value,)


_Stated = Annotated[
    Condition,
    BeforeValidator(
        lambda value: {"=": value} if isinstance(value, str) else value,
        json_schema_input_type=str | Condition,
    ),
]
"""The condition of one attribute; a template alone is what it has to equal."""


class Get(_Part):
    """One of several items that TransactGetItems reads: the condition of each key attribute."""

    entity: str
    key: Mapping[str, _Stated]


class Pattern(_Part):
    """An access pattern. `operation`: that of DynamoDB, or null where it has none for this. `key`:
    the condition of each key attribute. `returns`: the entities that it is about. `order_by`: the
    fields by which the answer is said to be ordered. `attributes`: those that are asked for, if not
    all are. `changes`: the fields that UpdateItem changes. `gets`: what TransactGetItems reads,
    instead of `table` and `key`."""

    name: str = Field(min_length=1)
    operation: Operation | None
    question: str = ""
    table: str | None = None
    index: str = ir.PRIMARY
    key: Mapping[str, _Stated] = Field(default_factory=dict[str, Condition])
    filter: str | None = None
    order_by: tuple[str, ...] = ()
    descending: bool = False
    limit: int | None = Field(default=None, ge=1)
    requests: int = Field(default=1, ge=1)
    returns: tuple[str, ...] = ()
    attributes: tuple[str, ...] = ()
    changes: tuple[str, ...] = ()
    gets: tuple[Get, ...] = ()


class Accepted(_Part):
    """A finding of `singletable check` that is meant: the rule, the subject as it is printed, and
    the reason."""

    rule: str
    subject: str
    because: str = Field(json_schema_extra={"pattern": r"\S"})

    @field_validator("because")
    @classmethod
    def check_reason(cls, because: str) -> str:
        """Refuses what is no reason."""
        if not because.strip():
            raise ValueError("a reason is due, in words")
        return because


class Design(_Part):
    """A whole design; `singletable` is the version of the format. `volumes`: figures as a file of
    volumes has them, by the names of entities, keys and patterns. `accepted`: findings that do not
    count. `kept`: what a file of another tool was, by the tool, for the way back."""

    singletable: Literal[1]
    tables: tuple[Table, ...] = Field(min_length=1)
    entities: tuple[Entity, ...] = ()
    patterns: tuple[Pattern, ...] = ()
    volumes: Mapping[str, Mapping[str, Mapping[str, JsonValue]]] = Field(
        default_factory=dict[str, Mapping[str, Mapping[str, JsonValue]]]
    )
    accepted: tuple[Accepted, ...] = ()
    kept: Mapping[Literal["workbench"], dict[str, JsonValue]] = Field(
        default_factory=dict[Literal["workbench"], dict[str, JsonValue]]
    )


def json_schema() -> ir.JsonObject:
    """The JSON Schema of the files."""
    schema: ir.JsonObject = Design.model_json_schema(by_alias=True)
    return schema
