"""Tables and their indexes."""

from singletable.table.index import ALL, KEYS_ONLY, Index, KeyAttribute, Projection, include, number
from singletable.table.key_declaration import KeyDeclaration, Shards, shards, unique
from singletable.table.table import IndexDeclaration, Table

__all__ = [
    "ALL",
    "KEYS_ONLY",
    "Index",
    "IndexDeclaration",
    "KeyAttribute",
    "KeyDeclaration",
    "Projection",
    "Shards",
    "Table",
    "include",
    "number",
    "shards",
    "unique",
]
