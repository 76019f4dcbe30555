"""What model code uses: the entity base class, its keys, and writes of whole entities."""

from singletable.entity.entity import Entity, schema_of
from singletable.entity.key import Key
from singletable.entity.verbs import create, delete, put, remove, update, upsert

__all__ = [
    "Entity",
    "Key",
    "create",
    "delete",
    "put",
    "remove",
    "schema_of",
    "update",
    "upsert",
]
