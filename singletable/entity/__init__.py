"""What model code uses: the entity base class, its keys, and writes of whole entities."""

from typing import TypeAlias

from singletable.entity.collection import Collection, collection
from singletable.entity.entity import Entity as EntityClass
from singletable.entity.entity import schema_of
from singletable.entity.key import Key
from singletable.entity.table import Table
from singletable.entity.verbs import clear, create, delete, put, update, upsert
from singletable.entity.view import View

# An alias, because mypy's plugin `pydantic.mypy` refuses every assignment without annotation in the
# body of a class whose base it finds to be a model; it does not look behind aliases. Entities are
# then checked by `dataclass_transform`, as without the plugin (tests/types; docs/decisions/0030).
Entity: TypeAlias = EntityClass

__all__ = [
    "Collection",
    "Entity",
    "Key",
    "Table",
    "View",
    "clear",
    "collection",
    "create",
    "delete",
    "put",
    "schema_of",
    "update",
    "upsert",
]
