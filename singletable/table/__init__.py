"""Tables and their indexes as data."""

from singletable.table.definition import TableDefinition
from singletable.table.index import ALL, KEYS_ONLY, Index, KeyAttribute, Projection, include, number
from singletable.table.key_templates import (
    SHARD,
    KeyTemplates,
    Shards,
    UniqueDeclaration,
    shards,
    unique,
)

__all__ = [
    "ALL",
    "KEYS_ONLY",
    "SHARD",
    "Index",
    "KeyAttribute",
    "KeyTemplates",
    "Projection",
    "Shards",
    "TableDefinition",
    "UniqueDeclaration",
    "include",
    "number",
    "shards",
    "unique",
]
