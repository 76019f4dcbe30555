"""What models ask of a part inside a field, and of what it stands in: read from Pydantic's schema.

A part may be changed alone where nothing on the way to it looks at more than that part.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from types import MethodType
from typing import Any, Final, Generic, TypeGuard

from pydantic import BaseModel

from singletable.codec.wire import is_class, is_mapping
from singletable.records import record
from singletable.schema.attribute import is_equal
from singletable.schema.core_schema import (
    Node,
    definitions_of,
    field_schemas,
    is_library,
    looks_around,
)
from singletable.schema.limits import Limits, limits_of_node

Step = str | int
_UNKNOWN: Final = "is of a type whose validation is not known"
_WRAPPERS: Final = {
    "default": "schema",
    "definitions": "schema",
    "json-or-python": "json_schema",
    "lax-or-strict": "lax_schema",
    "nullable": "schema",
}
_BUILT_IN: Final = (tuple, Generic, object)
_LISTING: Final = frozenset({"model-fields", "dataclass-args", "arguments", "named-tuple"})


@record
class Inside:
    """The schemas of what stands at a path, and of what that stands in, in each variant.

    `obstacle`: why nothing there can be changed alone; empty if it can.
    """

    ends: tuple[Node, ...]
    holders: tuple[Node, ...]
    definitions: Mapping[str, Node]
    obstacle: str = ""

    @property
    def limits(self) -> Limits:
        """The limits of what stands at the path."""
        known = [limits_of_node(node, self.definitions) for node in self.ends]
        if not known:
            return Limits()
        if any(each != known[0] for each in known):
            return Limits(unsayable="its variants have other limits")
        return known[0]

    @property
    def least_held(self) -> int:
        """How many elements or entries the part around it must have."""
        return max((node.get("min_length") or 0 for node in self.holders), default=0)

    @property
    def most_held(self) -> int | None:
        """How many elements or entries the part around it may have."""
        known = [node["max_length"] for node in self.holders if node.get("max_length") is not None]
        return min(known, default=None)


def look_inside(model: type[BaseModel], steps: Sequence[Step]) -> Inside:
    """Follows a path of Python names through the schemas of a complete model."""
    fields, _ = field_schemas(model)
    walk = _Walk({**definitions_of(model)})
    ends, holders = [fields[str(steps[0])]], list[Node]()
    for step in steps[1:]:
        holders = [node for end in ends for node in walk.holders(end)]
        ends = [end for node in holders for end in walk.into(node, step)]
    return Inside(tuple(ends), tuple(holders), walk.definitions, walk.obstacle)


class _Walk:
    """Follows schemas, and notes what looks at more than a part."""

    def __init__(self, definitions: dict[str, Node]) -> None:
        self.definitions = definitions
        self.obstacle = ""

    def holders(self, node: Node) -> Iterator[Node]:
        """The schemas below one that have parts, without what is wrapped around them."""
        kind: str = node["type"]
        if kind.startswith("function-"):
            self._pass_function(node)
        wrapped = [*self._wrapped(node)]
        if not wrapped and not kind.startswith("function-"):
            yield node
        for each in wrapped:
            yield from self.holders(each)

    def _wrapped(self, node: Node) -> Iterator[Node]:
        """The schemas that this one is wrapped around."""
        kind: str = node["type"]
        if kind == "definition-ref":
            yield self.definitions[node["schema_ref"]]
        elif kind in ("union", "tagged-union"):
            yield from _choices(node)
        elif kind.startswith("function-") or kind in _WRAPPERS:
            name = _WRAPPERS.get(kind, "schema")
            yield from [node[name]] if name in node else []

    def _pass_function(self, node: Node) -> None:
        if not is_library(node["function"]["function"]):
            self.obstacle = "has a validator of its own"

    def into(self, node: Node, step: Step) -> Iterator[Node]:
        """The schemas that a step leads to."""
        kind: str = node["type"]
        if kind == "dict":
            yield node.get("values_schema", {"type": "any"})
        elif kind == "list":
            yield node.get("items_schema", {"type": "any"})
        elif kind == "tuple":
            yield from self._into_tuple(node, step)
        elif kind in ("model", "dataclass"):
            self._check_record(node)
            yield from self._fields(node["schema"], step)
        elif kind in ("call", "named-tuple"):
            self._check_tuple(node.get("cls", node.get("function")))
            yield from self._fields(node.get("arguments_schema", node), step)
        elif kind == "any":
            yield node
        elif kind not in ("none", "str", "int", "float", "decimal", "bool", "bytes"):
            self.obstacle = self.obstacle or _UNKNOWN

    def _into_tuple(self, node: Node, step: Step) -> Iterator[Node]:
        items: list[Node] = node["items_schema"]
        if "variadic_item_index" in node:
            yield items[node["variadic_item_index"]]
        elif isinstance(step, int) and step < len(items):
            yield items[step]

    def _check_record(self, node: Node) -> None:
        kind: Any = node["cls"]
        if is_class(kind) and issubclass(kind, BaseModel):
            self.definitions = {**definitions_of(kind), **self.definitions}
            if looks_around(kind):
                self.obstacle = "has validators that may look at several of its fields"
        elif hasattr(kind, "__post_init__"):
            self.obstacle = "has a __post_init__ that may look at several of its fields"

    def _check_tuple(self, kind: object) -> None:
        """Checks that a named tuple is built as `NamedTuple` makes it, of any values."""
        own = (
            [each for each in kind.__mro__ if tuple not in each.__bases__] if is_class(kind) else []
        )
        if any(
            {"__new__", "__init__"} & vars(each).keys() for each in own if each not in _BUILT_IN
        ):
            self.obstacle = "has a constructor that may look at several of its fields"

    def _fields(self, node: Node, step: Step) -> Iterator[Node]:
        """The schema of a field, through validators over all fields."""
        while node["type"] not in _LISTING:
            if node["type"].startswith("function-"):
                self._pass_function(node)
            node = node["schema"]
        listed = node.get("fields", node.get("arguments_schema", ()))
        named = listed if is_mapping(listed) else {each["name"]: each for each in listed}
        if step in named:
            yield named[step]["schema"]


def _choices(node: Node) -> Iterator[Node]:
    choices: Any = node["choices"]
    for choice in choices.values() if is_mapping(choices) else choices:
        yield choice[0] if isinstance(choice, tuple) else choice


def are_alike(one: Inside, other: Inside) -> bool:
    """Whether the models ask the same of both, whichever way it is declared."""
    ends = [[_bare(end, each.definitions) for end in each.ends] for each in (one, other)]
    return len(ends[0]) == len(ends[1]) == 1 and _is_same(ends[0][0], ends[1][0])


def _bare(node: Node, definitions: Mapping[str, Node]) -> Node:
    """The schema without a default, and without None."""
    while node["type"] in ("default", "nullable", "definition-ref"):
        reference = node.get("schema_ref")
        node = definitions[reference] if reference else node["schema"]
    return node


def _is_same(one: Any, other: Any) -> bool:
    if is_mapping(one) and is_mapping(other):
        names = {*one, *other} - {"metadata", "ref"}
        return all(
            name in one and name in other and _is_same(one[name], other[name]) for name in names
        )
    if _is_row(one) and _is_row(other):
        return len(one) == len(other) and all(map(_is_same, one, other))
    if isinstance(one, MethodType) and isinstance(other, MethodType):
        return one.__func__ is other.__func__ and is_equal(one.__self__, other.__self__)
    return is_equal(one, other)


def _is_row(value: object) -> TypeGuard[Sequence[Any]]:
    return isinstance(value, list | tuple)
