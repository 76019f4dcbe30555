"""A design as a model of NoSQL Workbench, format 3.0: entities as facets, templates as aliases."""

from __future__ import annotations

import copy
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from singletable.codec.wire import is_list, is_mapping
from singletable.design import ir
from singletable.design.imports import import_design
from singletable.design.ir import JsonObject
from singletable.emit.example_items import example_items
from singletable.emit.module.entities import template_text

TOOL = "workbench"
_MOST_ITEMS = 2
_DATE = "Jan 01, 2026, 00:00 AM"
_CAPACITY = {"ReadCapacityUnits": 5, "WriteCapacityUnits": 5}
_SCALING = {
    "ScalableTargetRequest": {
        "MinCapacity": 1,
        "MaxCapacity": 10,
        "ServiceRole": "AWSServiceRoleForApplicationAutoScaling_DynamoDBTable",
    },
    "ScalingPolicyConfiguration": {"TargetValue": 70},
}
_DATA_ACCESS = {"MySql": JsonObject()}


def workbench_model(
    design: ir.Design, data: JsonObject, name: str
) -> tuple[JsonObject, tuple[str, ...]]:
    """The model, and what the design has and a model cannot hold.

    `data`: the design in the interchange format; what it has kept of a model is given back. A model
    that nothing has been changed in since it was imported is the one that it was.
    """
    kept: JsonObject | None = data["kept"].get(TOOL) if data.get("kept") else None
    if kept is not None and _is_unchanged(data, kept):
        return copy.deepcopy(kept), ()
    notes = list[str]()
    tables = [_table(design, each, notes) for each in design.tables]
    made: JsonObject = {
        "ModelName": name,
        "ModelMetadata": {
            "Author": "",
            "DateCreated": _DATE,
            "DateLastModified": _DATE,
            "Description": "",
            "AWSService": "Amazon DynamoDB",
            "Version": "3.0",
        },
        "DataModel": tables,
    }
    notes += _lost(design)
    if kept is not None:
        made = _merged(made, kept, notes)
    return made, tuple(dict.fromkeys(notes))


def _is_unchanged(data: JsonObject, kept: JsonObject) -> bool:
    again = import_design(kept)
    return again is not None and _said(again.data) == _said(data)


def _said(data: JsonObject) -> JsonObject:
    """What a file says, without what it keeps, and without what is empty."""
    return {name: value for name, value in data.items() if name != "kept" and value}


def _lost(design: ir.Design) -> Iterator[str]:
    held = {
        "patterns": [each.name for each in design.patterns],
        "identities": [each.name for each in design.entities if each.identity],
        "templates of index keys": [
            key.label
            for each in design.entities
            for key in each.keys
            if key.index != ir.PRIMARY and key.templates
        ],
        "formats of fields": [
            f"{entity.name}.{name}" for entity in design.entities for name in _with_formats(entity)
        ],
        "names of fields that are stored otherwise": [
            f"{entity.name}.{each.name}"
            for entity in design.entities
            for each in entity.fields
            if each.stored != each.name
        ],
        "unique constraints": [u.label for each in design.entities for u in each.uniques],
        "type attributes": [each.name for each in design.tables if each.type_attribute],
        "TTL attributes": [each.name for each in design.tables if each.ttl_attribute],
        "delimiters": [each.name for each in design.tables if each.delimiter != "#"],
        "which fields are required": [each.name for each in design.entities if each.fields],
    }
    for what, names in held.items():
        if names:
            more = f" and {len(names) - 3} more" if len(names) > 3 else ""
            yield f"not in the model: {what} ({', '.join(names[:3])}{more})"


def _with_formats(entity: ir.Entity) -> Iterable[str]:
    parts = [part for key in entity.keys for each in key.templates for part in each.parts]
    said = [p.field for p in parts if p.format.members or p.format.shape or p.format.alphabet]
    return dict.fromkeys(said)


def _table(design: ir.Design, table: ir.Table, notes: list[str]) -> JsonObject:
    entities = design.entities_of(table)
    primary = table.primary
    made: JsonObject = {"TableName": table.name, "KeyAttributes": _keys(primary)}
    made["NonKeyAttributes"] = [
        {"AttributeName": name, "AttributeType": kind}
        for name, kind in _attributes(table, entities, notes).items()
    ]
    made["TableFacets"] = [_facet(table, each, notes) for each in entities]
    for kind, label in (("global", "Global"), ("local", "Local")):
        indexes = [each for each in table.indexes if each.kind == kind]
        several = [each.name for each in indexes if len(each.partition) > 1 or len(each.sort) > 1]
        notes += [
            f"{table.name}.{each} has several attributes on a side: left out" for each in several
        ]
        found = [_index(each) for each in indexes if each.name not in several]
        if found:
            made[f"{label}SecondaryIndexes"] = found
    notes += [
        f"{table.name}.{each.name} is a vector index: left out"
        for each in table.indexes
        if each.kind == "vector"
    ]
    units = table.deployment.units if table.deployment else None
    made["DataAccess"] = copy.deepcopy(_DATA_ACCESS)
    made["BillingMode"] = "PAY_PER_REQUEST" if units is None else "PROVISIONED"
    if units is not None:
        read, write = units
        made["ProvisionedCapacitySettings"] = {
            "ProvisionedThroughput": {
                **_CAPACITY,
                "ReadCapacityUnits": read,
                "WriteCapacityUnits": write,
            },
            "AutoScalingRead": copy.deepcopy(_SCALING),
            "AutoScalingWrite": copy.deepcopy(_SCALING),
        }
    return made


def _keys(index: ir.Index) -> JsonObject:
    sides = {"PartitionKey": index.partition[0]}
    sides |= {"SortKey": index.sort[0]} if index.sort else {}
    return {
        side: {"AttributeName": each.name, "AttributeType": each.type}
        for side, each in sides.items()
    }


def _index(index: ir.Index) -> JsonObject:
    projection: JsonObject = {"ProjectionType": index.projection.kind}
    if index.projection.kind == "INCLUDE":
        projection["NonKeyAttributes"] = list(index.projection.names)
    return {"IndexName": index.name, "KeyAttributes": _keys(index), "Projection": projection}


def _attributes(table: ir.Table, entities: Sequence[ir.Entity], notes: list[str]) -> dict[str, str]:
    """The types of all attributes but those of the primary key; one has one type."""
    found: dict[str, str] = {}
    several = set[str]()
    for entity in entities:
        for name, kind in _stored(table, entity).items():
            if found.setdefault(name, kind) != kind:
                several.add(name)
    notes += [
        f"{table.name}: {each} is of several types, of which the model has one"
        for each in sorted(several)
    ]
    return found


def _stored(table: ir.Table, entity: ir.Entity) -> dict[str, str]:
    """The attributes of an entity's items beside the primary key, and their types."""
    found = {table.type_attribute: "S"} if table.type_attribute else {}
    for each in entity.fields:
        if "in_key" not in each.roles:
            found[each.stored] = each.attribute_types[0] if len(each.attribute_types) == 1 else "S"
    kinds = table.key_attributes
    for key in entity.keys:
        found |= {each.attribute: kinds[each.attribute].type for each in key.templates}
    own = table.primary.attribute_names
    return {name: kind for name, kind in found.items() if name not in own}


def _facet(table: ir.Table, entity: ir.Entity, notes: list[str]) -> JsonObject:
    return {
        "FacetName": entity.name,
        "KeyAttributeAlias": _alias(table, entity, notes),
        "TableData": example_items(table, entity)[:_MOST_ITEMS],
        "NonKeyAttributes": [*_stored(table, entity)],
        "DataAccess": copy.deepcopy(_DATA_ACCESS),
    }


def _alias(table: ir.Table, entity: ir.Entity, notes: list[str]) -> JsonObject:
    """The templates of the primary key; the names of its attributes where nothing says them."""
    names = table.primary.attribute_names
    if not entity.keys:
        texts = list(names)
    else:
        fields = {each.name: each.name for each in entity.fields}
        texts = [template_text(each, fields) for each in entity.primary.templates]
        is_read_back = any(each.parts for each in entity.primary.templates)
        is_read_back = is_read_back and not any(map(str.__eq__, texts, names))
        if not is_read_back:
            notes.append(f"{entity.name}: its key has no field, and is a caption in the model")
    sides = ("PartitionKeyAlias", "SortKeyAlias")
    return dict(zip(sides, texts, strict=False))


# What a model had before


def _merged(made: JsonObject, kept: JsonObject, notes: list[str]) -> JsonObject:
    """The model that there was, with what the design says otherwise: unknown names, sample items
    and captions stay."""
    tables = {each["TableName"]: each for each in kept["DataModel"]}
    found = [
        _merged_table(each, tables[each["TableName"]], "ModelSchema" in kept, notes)
        if each["TableName"] in tables
        else each
        for each in made["DataModel"]
    ]
    return {**made, **copy.deepcopy(kept), "DataModel": found}


def _merged_table(
    made: JsonObject, kept: JsonObject, has_schema: bool, notes: list[str]
) -> JsonObject:
    whole = copy.deepcopy(kept)
    for name in ("KeyAttributes", "GlobalSecondaryIndexes", "LocalSecondaryIndexes"):
        whole.pop(name, None)
        if name in made:
            whole[name] = _merged_indexes(made[name], kept.get(name))
    if "ModelSchema" in kept or has_schema:
        notes.append(f"{made['TableName']}: its ModelSchema is as it was, without changes")
        return whole
    declared = list(kept.get("NonKeyAttributes", ()))
    names = {each["AttributeName"] for each in declared}
    declared += [each for each in made["NonKeyAttributes"] if each["AttributeName"] not in names]
    known = {each["FacetName"]: each for each in kept.get("TableFacets", ())}
    facets = [_merged_facet(each, known.get(each["FacetName"])) for each in made["TableFacets"]]
    whole |= {"NonKeyAttributes": declared} if declared else {}
    return whole | ({"TableFacets": facets} if facets else {})


def _merged_indexes(made: Any, kept: Any) -> Any:
    """Indexes with the names that others of theirs had."""
    if not is_list(made) or not is_list(kept):
        return made
    known = {str(each.get("IndexName")): dict(each) for each in kept if is_mapping(each)}
    return [
        {**known.get(str(each.get("IndexName")), {}), **each} for each in made if is_mapping(each)
    ]


def _merged_facet(made: JsonObject, kept: Mapping[str, Any] | None) -> JsonObject:
    if kept is None:
        return made
    own = set(made["KeyAttributeAlias"].values())
    is_said = any("{" in text for text in own)
    ours = {"KeyAttributeAlias"} if is_said else set[str]()
    return {**made, **{name: value for name, value in kept.items() if name not in ours}}
