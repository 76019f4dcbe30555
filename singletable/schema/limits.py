"""What a model asks of a field whose new value DynamoDB computes: read from Pydantic's own schema.

What stands there decides, however it was written: `Field(ge=0)`, `PositiveInt`, `conint`, nested
`Annotated`, an alias, a `field_validator`.
"""

from __future__ import annotations

from collections.abc import Mapping, Set
from datetime import timedelta
from decimal import Decimal
from fractions import Fraction
from functools import cached_property
from typing import Any

from pydantic import BaseModel

from singletable.codec.wire import is_list
from singletable.formats.number import Integer
from singletable.records import record
from singletable.schema.core_schema import Node, definitions_of, field_schemas

_NUMBERS = frozenset({"int", "float", "decimal", "timedelta"})
_COLLECTIONS = frozenset({"list", "deque", "tuple", "set", "frozenset"})
_ENDS = {"timedelta": ((">=", timedelta.min), ("<=", timedelta.max))}
_COMPARISONS = {"ge": ">=", "gt": ">", "le": "<=", "lt": "<"}


@record
class Limits:
    """The limits of one field.

    `comparisons`: operator and limit; `unsayable`: why no condition can keep the others, if so;
    `unsayable_of_fewer`: why none can where elements are taken out of a set.
    """

    comparisons: tuple[tuple[str, Any], ...] = ()
    multiple_of: Any = None
    decimal_places: int | None = None
    min_length: int = 0
    max_length: int | None = None
    unsayable: str = ""
    unsayable_of_fewer: str = ""

    @cached_property
    def is_free(self) -> bool:
        """Whether every value of the type will do."""
        return self == Limits()

    @property
    def step_text(self) -> str:
        """What a summand must be, so that the sum stays what the field takes."""
        if self.multiple_of is not None:
            return f"multiples of {self.multiple_of}"
        return f"numbers with at most {self.decimal_places} decimal places"

    def keeps_steps(self, summand: object) -> bool:
        """Whether a sum with this stays a multiple, and has no more decimal places than allowed."""
        if self.multiple_of is None and self.decimal_places is None:
            return True
        if not isinstance(summand, int | float | Decimal):
            return True
        number, units = Fraction(str(summand)), list[Fraction]()
        if self.decimal_places is not None:
            units.append(Fraction(1, 10**self.decimal_places))
        if self.multiple_of is not None:
            units.append(Fraction(str(self.multiple_of)))
        return all(number % unit == 0 for unit in units)


def limits_of(model: type[BaseModel], field: str) -> Limits:
    """The limits of a field of a complete model."""
    fields, _ = field_schemas(model)
    return limits_of_node(fields[field], definitions_of(model))


def limits_of_node(inner: Node, definitions: Mapping[str, Node]) -> Limits:
    """The limits that a schema says."""
    comparisons = list[tuple[str, Any]]()
    while True:
        if inner["type"] in ("default", "nullable"):
            inner = inner["schema"]
        elif inner["type"] == "definition-ref":
            inner = definitions[inner["schema_ref"]]
        elif inner["type"] == "json-or-python" and inner["json_schema"]["type"] == "list":
            inner = inner["json_schema"]  # a Sequence, which is stored as a list
        elif (integer := _integer(inner)) is not None:
            comparisons += [(">=", integer.low), ("<=", integer.high)]
            inner = inner["schema"]
        else:
            return _limits(inner, comparisons)


def _integer(schema: Node) -> Integer | None:
    """The format of whole numbers that this validator belongs to."""
    if schema["type"] != "function-after":
        return None
    owner = getattr(schema["function"]["function"], "__self__", None)
    return owner if isinstance(owner, Integer) else None


def _limits(schema: Node, comparisons: list[tuple[str, Any]]) -> Limits:
    kind = schema["type"]
    found = [(sign, schema[name]) for name, sign in _COMPARISONS.items() if name in schema]
    found += _ends_of_type(kind, {sign for sign, _ in found})
    return Limits(
        comparisons=(*comparisons, *found),
        multiple_of=schema.get("multiple_of"),
        decimal_places=schema.get("decimal_places"),
        min_length=schema.get("min_length") or 0,
        max_length=schema.get("max_length"),
        unsayable=_unsayable(kind, schema),
        unsayable_of_fewer=_unsayable_of_fewer(kind, schema),
    )


def _ends_of_type(kind: str, limited: Set[str]) -> list[tuple[str, Any]]:
    """The ends of a type that has less than DynamoDB's numbers, where no narrower limit is set."""
    ends = _ENDS.get(kind, ())
    return [(sign, end) for sign, end in ends if not limited & {sign, sign[0]}]


def _unsayable(kind: str, schema: Node) -> str:
    is_limited = schema.get("max_length") is not None or (schema.get("min_length") or 0) > 1
    is_fixed = kind == "tuple" and "variadic_item_index" not in schema
    reasons = {
        "it has a validator": kind.startswith("function-"),
        "it takes certain values alone": kind not in _NUMBERS | _COLLECTIONS,
        "the number of its digits is limited": "max_digits" in schema,
        "it is a float that must be a multiple": kind == "float" and "multiple_of" in schema,
        "each of its elements has a type of its own": is_fixed or len(_items(schema)) > 1,
        "the number of its elements is limited, and some may be there": "set" in kind
        and is_limited,
    }
    return next((reason for reason, applies in reasons.items() if applies), "")


def _unsayable_of_fewer(kind: str, schema: Node) -> str:
    if kind.startswith("function-"):
        return "it has a validator"
    return "it must have elements, and some may not be there" if schema.get("min_length") else ""


def _items(schema: Node) -> list[Any]:
    found = schema.get("items_schema", [])
    return found if is_list(found) else [found]
