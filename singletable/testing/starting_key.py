"""ExclusiveStartKey: a place in an index, whether or not an item is still there."""

from __future__ import annotations

from typing import NamedTuple

from singletable.testing.errors import build_validation
from singletable.testing.indexes import Entry
from singletable.testing.parameters import Parameters
from singletable.testing.schemas import IndexSchema, Key, TableSchema
from singletable.testing.values import decode_item, kind_of


class StartingKey(NamedTuple):
    partition: Key
    entry: Entry


def read_starting_key(
    table: TableSchema, index: IndexSchema, given: Parameters | None
) -> StartingKey | None:
    """The place after which a read goes on; it has the index's and the table's key attributes."""
    if given is None:
        return None
    key = decode_item(given)
    if key.keys() != {*table.primary.attributes, *index.attributes}:
        raise build_validation(
            "The provided starting key is invalid"
            if index.kind != "primary"
            else "Exclusive Start Key must have same size as table's key schema"
        )
    for name, value in key.items():
        if kind_of(value) != table.types[name]:
            raise build_validation(
                "The provided starting key is invalid: "
                "The provided key element does not match the schema"
            )
    primary = tuple([key[name] for name in table.primary.attributes])
    sort = tuple([key[name] for name in index.sort])
    return StartingKey(tuple([key[name] for name in index.partition]), (sort, primary))
