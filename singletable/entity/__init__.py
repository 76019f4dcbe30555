"""What model code uses: the entity base class, its keys, and writes of whole entities."""

from singletable.entity.entity import Entity, schema_of
from singletable.entity.key import Key
from singletable.entity.table import Table
from singletable.entity.verbs import create, delete, put, update, upsert

__all__ = [
    "Entity",
    "Key",
    "Table",
    "create",
    "delete",
    "put",
    "schema_of",
    "update",
    "upsert",
]
