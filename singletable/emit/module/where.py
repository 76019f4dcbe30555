"""The filter of a pattern as calls of `where`."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from singletable.emit.module.conditions import NotAsked
from singletable.emit.module.entities import EntityNames
from singletable.emit.module.fields import FieldType
from singletable.emit.module.filters import (
    Joined,
    Node,
    Test,
    Value,
    condition_text,
    parse_filter,
    test_call,
    tests_of,
)
from singletable.emit.module.functions import Function
from singletable.emit.module.layout import call

Call = tuple[str, Sequence[str]]


def where_calls(
    text: str, meant: Sequence[EntityNames], function: Function, named: list[str]
) -> Iterator[Call]:
    """The conditions of a filter; a type that is told by the entity itself is none."""
    ttl = meant[0].table.ttl_attribute
    if ttl is not None and text == f"NOT {ttl} <= now":
        yield "excluding_expired", ()
        return
    try:
        node = parse_filter(text)
    except ValueError as error:
        raise NotAsked(f"its filter {text!r} is no expression: {error}") from None
    parts = node.parts if isinstance(node, Joined) and node.sign == "&" else (node,)
    for part in parts:
        if isinstance(part, Test) and _says_type(part, meant):
            continue
        shown = condition_text(part, lambda test: _test(test, meant[0], function))
        if len(shown) > 60 and not isinstance(part, Test):
            shown = _named_condition(part, meant[0], function, named)
        yield "where", [shown]


def _named_condition(node: Node, entity: EntityNames, function: Function, named: list[str]) -> str:
    """A long condition, each test of which has a line of its own."""
    variables = dict[int, str]()
    for test in tests_of(node):
        name = function.used.give("condition")
        variables[id(test)] = name
        head, values = _test_call(test, entity, function)
        named += call(f"{name} = {head}", values, indent="    ")
    return condition_text(node, lambda test: variables[id(test)])


def _test(test: Test, entity: EntityNames, function: Function) -> str:
    head, values = _test_call(test, entity, function)
    return f"{head}({', '.join(values)})"


def _test_call(test: Test, entity: EntityNames, function: Function) -> Call:
    name = entity.field_by_attribute(test.attribute) or test.attribute
    if name not in entity.fields:
        raise NotAsked(f"its filter is on {test.attribute}, which is no field")
    values = [_operand(each, test, name, entity, function) for each in test.values]
    return test_call(test, entity.fields[name]), values


def _operand(value: Value, test: Test, name: str, entity: EntityNames, function: Function) -> str:
    known = entity.types[name]
    is_element = test.method == "contains" and known.bare != "str"
    type_ = "int" if test.of_size else "object" if is_element else known.bare
    if is_element and known.bare.startswith("frozenset["):
        type_ = known.bare.removeprefix("frozenset[")[:-1]
    if value.is_argument:
        return function.parameter(("argument", value.text), value.text, type_)
    if is_element:
        known = FieldType("str" if type_ == "object" else type_)
    shown = value.text if test.of_size else known.value(value.text)
    if shown is None:
        raise NotAsked(f"{value.text!r} is no value of {name}, which is {known.bare}")
    return shown


def _says_type(test: Test, meant: Sequence[EntityNames]) -> bool:
    own = [each.entity.name for each in meant]
    is_type = test.attribute == meant[0].table.type_attribute
    return is_type and test.method == "equals" and [each.text for each in test.values] == own
