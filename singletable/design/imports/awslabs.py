"""schema.json of the data-modelling server of awslabs (dynamodb-mcp-server).

Its patterns have parameters, and no key conditions: those are made as the server's own generated
code makes them, of the key templates and the parameters that they name.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import takewhile
from typing import Any

from pydantic import Field

from singletable.codec.wire import is_list, is_mapping
from singletable.design.imports.reading import (
    Form,
    Note,
    Part,
    index,
    note_unread,
    unique_names,
)
from singletable.design.ir import JsonObject

_PIECES = re.compile(r"(\{[^{}]*\})")
_READS = ("GetItem", "BatchGetItem", "Query", "Scan")
_TYPES = {
    "string": "str",
    "uuid": "str",
    "integer": "int",
    "decimal": "decimal",
    "boolean": "bool",
    "array": "list",
    "object": "map",
}
_TRANSACTIONS = {"TransactWrite": "TransactWriteItems", "TransactGet": "TransactGetItems"}
Names = str | tuple[str, ...]


class Parameter(Part):
    name: str


class FilterCondition(Part):
    field: str
    operator: str | None = None
    function: str | None = None
    param: str | None = None
    param2: str | None = None
    params: tuple[str, ...] = ()

    @property
    def parameter_names(self) -> tuple[str, ...]:
        return tuple(each for each in (self.param, self.param2, *self.params) if each)


class Filter(Part):
    conditions: tuple[FilterCondition, ...]
    logical_operator: str = "AND"


class AccessPattern(Part):
    pattern_id: int
    name: str
    operation: str
    description: str = ""
    parameters: tuple[Parameter, ...] = ()
    index_name: str | None = None
    range_condition: str | None = None
    filter_expression: Filter | None = None


class EntityField(Part):
    name: str
    type: str
    required: bool = False


class Mapped(Part):
    name: str
    pk_template: Names
    sk_template: Names | None = None


class ServerEntity(Part):
    entity_type: str = ""
    pk_template: str
    sk_template: str | None = None
    fields: tuple[EntityField, ...] = ()
    gsi_mappings: tuple[Mapped, ...] = ()
    access_patterns: tuple[AccessPattern, ...] = ()


class TableConfig(Part):
    table_name: str
    partition_key: str
    sort_key: str | None = None


class GlobalIndex(Part):
    name: str
    partition_key: Names
    sort_key: Names | None = None
    projection: str = "ALL"
    included_attributes: tuple[str, ...] = ()


class ServerTable(Part):
    table_config: TableConfig
    gsi_list: tuple[GlobalIndex, ...] = ()
    entities: dict[str, ServerEntity]


class Involved(Part):
    table: str
    entity: str


class CrossTable(Part):
    name: str
    operation: str
    description: str = ""
    parameters: tuple[Parameter, ...] = ()
    entities_involved: tuple[Involved, ...] = ()


class ServerSchema(Part):
    tables: tuple[ServerTable, ...] = Field(min_length=1)
    cross_table_access_patterns: tuple[CrossTable, ...] = ()


def _fits(data: object) -> bool:
    tables = data.get("tables") if is_mapping(data) else None
    return is_list(tables) and bool(tables) and all(map(_is_table, tables))


def _is_table(data: object) -> bool:
    return is_mapping(data) and is_mapping(data.get("table_config")) and "entities" in data


@dataclass(frozen=True)
class _Entity:
    """An entity under the name that it has in the design."""

    name: str
    table: ServerTable
    declared: ServerEntity

    def templates(self, index_name: str | None) -> list[tuple[str, str]]:
        """The attributes of a key on an index, the partition key's first, and their templates."""
        return [each for side in (0, 1) for each in self._side(index_name, side)]

    def partition(self, index_name: str | None) -> int:
        """How many attributes the partition key has."""
        return len(self._side(index_name, 0))

    def _side(self, index_name: str | None, side: int) -> list[tuple[str, str]]:
        config, known = self.table.table_config, self.declared
        names: tuple[Names | None, ...] = (config.partition_key, config.sort_key)
        texts: tuple[Names | None, ...] = (known.pk_template, known.sk_template)
        if index_name is not None:
            declared = next((each for each in self.table.gsi_list if each.name == index_name), None)
            mapped = next((e for e in known.gsi_mappings if e.name == index_name), None)
            if declared is None or mapped is None:
                return []
            names = (declared.partition_key, declared.sort_key)
            texts = (mapped.pk_template, mapped.sk_template)
        return list(zip(_several(names[side]), _several(texts[side]), strict=True))


def _several(names: Names | None) -> tuple[str, ...]:
    return (names,) if isinstance(names, str) else names or ()


def _convert(data: Any, note: Note) -> JsonObject:
    schema = ServerSchema.model_validate(data)
    told = ("return_type", "pattern_id", "type", "entity_type", "item_type", "default")
    note_unread(note, schema, told=told)
    note("the server's schema does not say what identifies an item")
    note("key conditions are made of key templates and parameters of the same names")
    listed = [
        (table, name, entity) for table in schema.tables for name, entity in table.entities.items()
    ]
    names = unique_names([(table.table_config.table_name, name) for table, name, _ in listed])
    entities = {
        (table.table_config.table_name, name): _Entity(unique, table, entity)
        for (table, name, entity), unique in zip(listed, names, strict=True)
    }
    patterns = [
        (entity, pattern)
        for entity in entities.values()
        for pattern in entity.declared.access_patterns
    ]
    given = unique_names([(entity.name, pattern.name) for entity, pattern in patterns])
    return {
        "singletable": 1,
        "tables": [_table(table) for table in schema.tables],
        "entities": [_entity(each, note) for each in entities.values()],
        "patterns": [
            *(
                _pattern(entity, pattern, note) | {"name": name}
                for (entity, pattern), name in zip(patterns, given, strict=True)
            ),
            *(_across(each, entities) for each in schema.cross_table_access_patterns),
        ],
    }


def _table(table: ServerTable) -> JsonObject:
    config, kinds = table.table_config, dict[str, str]()
    for entity in table.entities.values():
        numbers = {each.name for each in entity.fields if each.type in ("integer", "decimal")}
        known = _Entity("", table, entity)
        for asked in (None, *(each.name for each in table.gsi_list)):
            for name, text in known.templates(asked):
                if text[1:-1] in numbers and text == f"{{{text[1:-1]}}}":
                    kinds[name] = "N"

    def key(names: Names | None) -> list[JsonObject]:
        return [{"name": each, "type": kinds.get(each, "S")} for each in _several(names)]

    return {
        "name": config.table_name,
        "partition": key(config.partition_key),
        "sort": key(config.sort_key),
        "indexes": [
            index(
                each.name,
                key(each.partition_key),
                key(each.sort_key),
                list(each.included_attributes) if each.projection == "INCLUDE" else each.projection,
            )
            for each in table.gsi_list
        ],
    }


def _entity(entity: _Entity, note: Note) -> JsonObject:
    keys = dict(entity.templates(None))
    for each in entity.declared.gsi_mappings:
        made = dict(entity.templates(each.name))
        clash = next((name for name in made if keys.get(name, made[name]) != made[name]), None)
        if not made:
            note(f"{entity.name}: there is no index {each.name}, on which it has a key")
        elif clash:
            note(f"{entity.name}: {clash} has two templates; {keys[clash]} is read")
        keys = made | keys
    needed = {name for text in entity.templates(None) for name in _fields(text[1])}
    fields = {
        each.name: {"type": _TYPES.get(each.type, "any")}
        | ({} if each.required or each.name in needed else {"optional": True})
        for each in entity.declared.fields
        if each.name not in keys
    }
    table = entity.table.table_config.table_name
    return {"name": entity.name, "table": table, "keys": keys, "fields": fields}


def _fields(template: str) -> list[str]:
    return [each[1:-1] for each in _split(template) if each[:1] == "{"]


def _split(template: str) -> list[str]:
    """Its texts and its fields, these in braces."""
    return [each for each in _PIECES.split(template) if each]


def _pattern(entity: _Entity, pattern: AccessPattern, note: Note) -> JsonObject:
    made: JsonObject = {
        "operation": pattern.operation,
        "question": pattern.description,
        "table": entity.table.table_config.table_name,
        "returns": [entity.name],
    }
    if pattern.operation not in _READS:
        return made
    made["index"] = pattern.index_name or "primary"
    if pattern.filter_expression is not None:
        made["filter"] = _filter(pattern.filter_expression)
    if pattern.operation != "Scan":
        conditions = dict(_conditions(entity, pattern, note))
        is_get = pattern.operation != "Query"
        made["key"] = {name: each for name, each in conditions.items() if "=" in each or not is_get}
    return made


def _conditions(
    entity: _Entity, pattern: AccessPattern, note: Note
) -> Iterator[tuple[str, JsonObject]]:
    """The last parameters are those of a range condition; the others stand in templates."""
    filters = pattern.filter_expression.conditions if pattern.filter_expression else ()
    filtered = {name for each in filters for name in each.parameter_names}
    names = [each.name for each in pattern.parameters if each.name not in filtered]
    count = {None: 0, "between": 2}.get(pattern.range_condition, 1)
    known, ends = names[: len(names) - count], names[len(names) - count :]
    for at, (attribute, text) in enumerate(entity.templates(pattern.index_name)):
        is_whole = not set(_fields(text)) - set(known)
        if is_whole:
            yield attribute, {"=": text}
        elif at >= entity.partition(pattern.index_name):
            pieces = takewhile(lambda each: each[:1] != "{" or each[1:-1] in known, _split(text))
            made = _sort_condition("".join(pieces), text, pattern.range_condition, ends)
            if made:
                yield attribute, made
            if ends and not text.startswith("{"):
                note(f"{pattern.name}: {', '.join(ends)} is taken to follow the text of {text}")
            return


def _sort_condition(beginning: str, text: str, operator: str | None, ends: list[str]) -> JsonObject:
    """The condition of a sort key with this beginning; empty if nothing is said of it."""
    goes_on = text[len(beginning) :].partition("}")[2]
    if operator is None or (operator == "begins_with" and goes_on):
        return {"begins_with": beginning} if beginning else {}
    said = [f"{beginning}{{{each}}}" for each in ends]
    return {operator: said if operator == "between" else said[0]} if said else {}


def _filter(expression: Filter) -> str:
    return f" {expression.logical_operator} ".join(map(_condition, expression.conditions))


def _condition(condition: FilterCondition) -> str:
    path, values = condition.field, [f":{each}" for each in condition.parameter_names]
    if condition.function == "size":
        path = f"size({path})"
    elif condition.function is not None:
        return f"{condition.function}({', '.join([path, *values])})"
    if condition.operator == "between":
        return f"{path} BETWEEN {' AND '.join(values)}"
    if condition.operator == "in":
        return f"{path} IN ({', '.join(values)})"
    return f"{path} {condition.operator} {', '.join(values)}"


def _across(pattern: CrossTable, entities: Mapping[tuple[str, str], _Entity]) -> JsonObject:
    """A transaction; its gets have the keys of the entities that it is about."""
    involved = [entities[each.table, each.entity] for each in pattern.entities_involved]
    operation = _TRANSACTIONS.get(pattern.operation, pattern.operation)
    made: JsonObject = {
        "name": pattern.name,
        "operation": operation,
        "question": pattern.description,
        "table": pattern.entities_involved[0].table,
        "returns": [each.name for each in involved],
    }
    if operation != "TransactGetItems":
        return made
    names = {each.name for each in pattern.parameters}
    gets = [
        {
            "entity": each.name,
            "key": {
                attribute: text
                for attribute, text in each.templates(None)
                if names.issuperset(_fields(text))
            },
        }
        for each in involved
    ]
    return made | {"gets": gets}


FORM = Form("a schema.json of awslabs' dynamodb-mcp-server", _fits, _convert)
