"""Tables and their indexes as data."""

from singletable.table.acceptance import Acceptance
from singletable.table.definition import TABLE_NAMES, TableDefinition, can_be_asked, is_table_name
from singletable.table.deployment import Capacity, Deployment, Units
from singletable.table.index import (
    ALL,
    KEYS_ONLY,
    Distance,
    Index,
    KeyAttribute,
    Projection,
    VectorSearch,
    include,
    number,
)
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
    "TABLE_NAMES",
    "Acceptance",
    "Capacity",
    "Deployment",
    "Distance",
    "Index",
    "KeyAttribute",
    "KeyTemplates",
    "Projection",
    "Shards",
    "TableDefinition",
    "UniqueDeclaration",
    "Units",
    "VectorSearch",
    "include",
    "can_be_asked",
    "is_table_name",
    "number",
    "shards",
    "unique",
]
