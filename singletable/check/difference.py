"""Compares the description of a live table with its declaration. Sends nothing."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from singletable.design.ir import Table
from singletable.emit.infra.create_table import create_table, time_to_live

Description = Mapping[str, Any]


def table_differences(
    table: Table, description: Description, ttl: Description | None = None
) -> list[str]:
    """Lists each difference as a sentence; empty when the live table is as declared.

    `description` is DescribeTable's `Table`, `ttl` DescribeTimeToLive's
    `TimeToLiveDescription`; TTL is only compared when that is given.
    """
    declared = create_table(table)
    return [
        *_keys("the table", declared, description),
        *_types(declared, description),
        *_indexes("global", "GlobalSecondaryIndexes", declared, description),
        *_indexes("local", "LocalSecondaryIndexes", declared, description),
        *_indexes("vector", "VectorIndexes", declared, description),
        *([] if ttl is None else _expiry(table, ttl)),
    ]


def _keys(what: str, declared: Description, live: Description) -> Iterator[str]:
    wanted, found = _key_names(declared), _key_names(live)
    if wanted != found:
        yield f"{what} has the keys {found}, declared are {wanted}"


def _key_names(description: Description) -> str:
    ranked = sorted(description["KeySchema"], key=lambda key: key["KeyType"])
    return " + ".join(str(key["AttributeName"]) for key in ranked)


def _types(declared: Description, live: Description) -> Iterator[str]:
    found = {a["AttributeName"]: a["AttributeType"] for a in live["AttributeDefinitions"]}
    for attribute in declared["AttributeDefinitions"]:
        name, wanted = attribute["AttributeName"], attribute["AttributeType"]
        if found.get(name, wanted) != wanted:
            yield f"{name} has the type {found[name]}, declared is {wanted}"


def _indexes(kind: str, label: str, declared: Description, live: Description) -> Iterator[str]:
    wanted = {index["IndexName"]: index for index in declared.get(label, ())}
    found = {index["IndexName"]: index for index in live.get(label) or ()}
    for name in sorted(wanted.keys() - found.keys()):
        yield f"the {kind} index {name} is missing"
    for name in sorted(found.keys() - wanted.keys()):
        yield f"the {kind} index {name} is not declared"
    for name in sorted(wanted.keys() & found.keys()):
        compare = _vector if kind == "vector" else _keys
        yield from compare(f"the {kind} index {name}", wanted[name], found[name])
        yield from _projection(f"the {kind} index {name}", wanted[name], found[name])


def _vector(what: str, declared: Description, live: Description) -> Iterator[str]:
    wanted, found = _vector_text(declared), _vector_text(live)
    if wanted != found:
        yield f"{what} has {found}, declared is {wanted}"
    wanted, found = _schema_text(declared), _schema_text(live)
    if wanted != found:
        yield f"{what} is searched by {found}, declared is {wanted}"


def _vector_text(index: Description) -> str:
    name, dimensions = index["VectorAttribute"]["AttributeName"], index["Dimensions"]
    return f"{name} of {dimensions} dimensions by {index['DistanceFunction']}"


def _schema_text(index: Description) -> str:
    schema = index.get("SearchSchema") or ()
    parts = sorted((each["SearchSchemaElementType"], each["AttributeName"]) for each in schema)
    return ", ".join(f"{name} ({kind})" for kind, name in parts) or "the vector alone"


def _projection(what: str, declared: Description, live: Description) -> Iterator[str]:
    wanted, found = _projection_text(declared), _projection_text(live)
    if wanted != found:
        yield f"{what} projects {found}, declared is {wanted}"


def _projection_text(index: Description) -> str:
    projection = index["Projection"]
    names = ", ".join(sorted(projection.get("NonKeyAttributes") or ()))
    return f"{projection['ProjectionType']} ({names})" if names else projection["ProjectionType"]


def _expiry(table: Table, live: Description) -> Iterator[str]:
    declared = time_to_live(table)
    wanted = declared["TimeToLiveSpecification"]["AttributeName"] if declared else None
    enabled = live.get("TimeToLiveStatus") in ("ENABLED", "ENABLING")
    found = live.get("AttributeName") if enabled else None
    if wanted != found:
        yield f"TTL is on {found or 'no attribute'}, declared is {wanted or 'none'}"
