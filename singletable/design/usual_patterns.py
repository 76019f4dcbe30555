"""Patterns that every design can have: an item by its key, and what is beside it in each index."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from singletable.codec.wire import is_list
from singletable.design.ir import PRIMARY, JsonObject


def usual_patterns(design: JsonObject) -> list[JsonObject]:
    """A get by the primary key of each entity of a design file, a query of its partition, and one
    of each index that it is in; in the format of such files."""
    tables = {each["name"]: each for each in design["tables"]}
    only = next(iter(tables))
    return [
        pattern
        for entity in design["entities"]
        for pattern in _patterns(entity, tables[entity.get("table") or only])
    ]


def _patterns(entity: JsonObject, table: JsonObject) -> Iterator[JsonObject]:
    name, keys = entity["name"], entity["keys"]
    partition, sort = (_names(table.get(side)) for side in ("partition", "sort"))
    made = {"table": table["name"], "returns": [name]}
    yield made | {
        "name": f"get_{name}",
        "operation": "GetItem",
        "question": f"One {name}.",
        "key": {each: {"=": keys[each]} for each in (*partition, *sort)},
    }
    if sort:
        yield made | _query(f"query_{name}", PRIMARY, partition, keys)
    for index in table.get("indexes", ()):
        sides = [*_names(index["partition"]), *_names(index.get("sort"))]
        if all(each in keys for each in sides):
            label = f"query_{name}_by_{index['name']}"
            yield made | _query(label, index["name"], _names(index["partition"]), keys)


def _query(name: str, index: str, partition: list[str], keys: Mapping[str, str]) -> JsonObject:
    where = "of a partition" if index == PRIMARY else f"of a partition of {index}"
    return {
        "name": name,
        "operation": "Query",
        "index": index,
        "question": f"All {name.removeprefix('query_').partition('_by_')[0]} {where}.",
        "key": {each: {"=": keys[each]} for each in partition},
    }


def _names(side: Any) -> list[str]:
    several = side if is_list(side) else [side] if side else []
    return [each if isinstance(each, str) else each["name"] for each in several]
