"""Models of NoSQL Workbench: format versions 1.0, 2.0 and 3.0, with facets or without."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from pydantic import ConfigDict, JsonValue
from pydantic.alias_generators import to_pascal

from singletable.codec.wire import is_mapping
from singletable.design.imports import onetable
from singletable.design.imports.reading import (
    Form,
    Note,
    Part,
    index,
    note_unread,
    unique_names,
)
from singletable.design.infer_fields import fields_in
from singletable.design.ir import JsonObject

_FIELD = re.compile(r"\{[^{}]+\}")
_TYPES = {
    "S": "str",
    "N": "decimal",
    "B": "bytes",
    "BOOL": "bool",
    "M": "map",
    "L": "list",
    "SS": "set",
    "NS": "set",
    "BS": "set",
}


class Named(Part):
    """A part whose names are written as `AttributeName`."""

    model_config = ConfigDict(alias_generator=to_pascal)


class Attribute(Named):
    attribute_name: str
    attribute_type: str = "S"


class KeyAttributes(Named):
    partition_key: Attribute
    sort_key: Attribute | None = None


class Projection(Named):
    projection_type: str = "ALL"
    non_key_attributes: tuple[str, ...] = ()


class SecondaryIndex(Named):
    index_name: str
    key_attributes: KeyAttributes
    projection: Projection = Projection()


class Alias(Named):
    partition_key_alias: str | None = None
    sort_key_alias: str | None = None


Item = Mapping[str, Mapping[str, JsonValue]]
"""In DynamoDB's JSON; what is in lists and maps has no types."""


class Facet(Named):
    facet_name: str
    key_attribute_alias: Alias = Alias()
    non_key_attributes: tuple[str, ...] = ()
    table_data: tuple[Item, ...] = ()


class Table(Named):
    table_name: str
    key_attributes: KeyAttributes
    non_key_attributes: tuple[Attribute, ...] = ()
    global_secondary_indexes: tuple[SecondaryIndex, ...] = ()
    local_secondary_indexes: tuple[SecondaryIndex, ...] = ()
    table_facets: tuple[Facet, ...] = ()
    table_data: tuple[Item, ...] = ()
    model_schema: onetable.OneSchema | None = None


class Model(Named):
    data_model: tuple[Table, ...]
    model_schema: onetable.OneSchema | None = None


def _fits(data: object) -> bool:
    return is_mapping(data) and "ModelName" in data and isinstance(data.get("DataModel"), list)


def _convert(data: Any, note: Note) -> JsonObject:
    model = Model.model_validate(data)
    note_unread(note, model, told=("ModelName",))
    note("Workbench says no access patterns, and not what identifies an item")
    entities = [
        each | {"table": table.table_name}
        for table in model.data_model
        for each in _entities(table, table.model_schema or model.model_schema, note)
    ]
    names = unique_names([(each["table"], each["name"]) for each in entities])
    return {
        "singletable": 1,
        "tables": [_table(table, note) for table in model.data_model],
        "entities": [each | {"name": name} for each, name in zip(entities, names, strict=True)],
        "kept": {"workbench": data},
    }


def _table(table: Table, note: Note) -> JsonObject:
    declared = [each.attribute_name for each in table.non_key_attributes]
    several = sorted({each for each in declared if declared.count(each) > 1})
    if several:
        note(f"{table.table_name}: declared more than once: {', '.join(several)}")
    keys = table.key_attributes
    made = [
        index(
            each.index_name,
            _key(each.key_attributes.partition_key),
            _key(each.key_attributes.sort_key),
            _projection(each.projection),
        )
        | {"kind": kind}
        for kind, several in (
            ("global", table.global_secondary_indexes),
            ("local", table.local_secondary_indexes),
        )
        for each in several
    ]
    sort = {} if keys.sort_key is None else {"sort": _key(keys.sort_key)}
    return {
        "name": table.table_name,
        "partition": _key(keys.partition_key),
        **sort,
        "indexes": made,
        "items": _items(table),
    }


def _items(table: Table) -> list[JsonObject]:
    """Those of the table and of its facets; an item that several show is one."""
    shown = [*table.table_data, *(item for each in table.table_facets for item in each.table_data)]
    found = list[JsonObject]()
    for each in shown:
        item = {name: dict(value) for name, value in each.items()}
        if item not in found:
            found.append(item)
    return found


def _key(attribute: Attribute | None) -> object:
    if attribute is None:
        return None
    return {"name": attribute.attribute_name, "type": attribute.attribute_type}


def _projection(projection: Projection) -> object:
    if projection.projection_type == "INCLUDE":
        return list(projection.non_key_attributes)
    return projection.projection_type


def _entities(table: Table, schema: onetable.OneSchema | None, note: Note) -> Iterator[JsonObject]:
    """The facets; where there is none, the models of the schema. What a key is made of is there in
    each item; of other attributes a model does not say it."""
    if table.table_facets:
        kinds = {each.attribute_name: each.attribute_type for each in table.non_key_attributes}
        for facet in table.table_facets:
            keys = _facet_keys(table, facet, note)
            in_keys = {name for text in keys.values() for name in fields_in(text)}
            fields = {
                name: {"type": _TYPES.get(kinds.get(name, ""), "any")}
                | ({} if name in in_keys else {"optional": True})
                for name in facet.non_key_attributes
            }
            yield {"name": facet.facet_name, "keys": keys, "fields": fields}
    elif schema is not None:
        yield from onetable.entities_of(schema, _attributes(table, schema, note), note)
    else:
        note(f"{table.table_name} has no facets, and so no entities")


def _facet_keys(table: Table, facet: Facet, note: Note) -> JsonObject:
    """The aliases, where they are templates: with fields in braces. Else they are captions."""
    keys, alias = table.key_attributes, facet.key_attribute_alias
    sides = [(keys.partition_key, alias.partition_key_alias)]
    sides += [] if keys.sort_key is None else [(keys.sort_key, alias.sort_key_alias)]
    texts = {each.attribute_name: text for each, text in sides}
    said = {name: text for name, text in texts.items() if text and text != name}
    if len(said) == len(texts) and any(map(_FIELD.search, said.values())):
        return said
    if said:
        shown = ", ".join(said.values())
        note(f"{facet.facet_name}: its key is not said, as an alias is a caption: {shown}")
    for name, text in said.items():
        beginning = text[: text.rfind("#") + 1]
        found = [item[name]["S"] for item in facet.table_data if "S" in item.get(name, {})]
        if beginning and found and not any(str(each).startswith(beginning) for each in found):
            note(f"{facet.facet_name}: its alias begins with {beginning}, and no item does")
    return {}


def _attributes(table: Table, schema: onetable.OneSchema, note: Note) -> onetable.Attributes:
    """The key attributes of the table's indexes; where the schema says others, that is noted."""
    found = {"primary": _names(table.key_attributes)}
    for each in (*table.global_secondary_indexes, *table.local_secondary_indexes):
        found[each.index_name] = _names(each.key_attributes)
    for name, names in found.items():
        known = schema.indexes.get(name)
        said = [each for each in (known.hash, known.sort) if each] if known else list(names)
        if said != list(names):
            shown, meant = " / ".join(said), " / ".join(names)
            note(
                f"{name}: its key is {shown} in ModelSchema, and {meant} in the table, which holds"
            )
    return found


def _names(keys: KeyAttributes) -> Sequence[str]:
    return [each.attribute_name for each in (keys.partition_key, keys.sort_key) if each is not None]


FORM = Form("a NoSQL Workbench model", _fits, _convert)
