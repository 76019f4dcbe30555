"""The table that model code holds: it adds indexes, on which entities declare their keys."""

from __future__ import annotations

from collections.abc import Iterable
from typing import ParamSpec, Protocol, TypeVar, cast, overload

from pydantic import BaseModel

from singletable.entity.key import Key
from singletable.errors.base import abridge
from singletable.errors.declaration import InvalidEntity, InvalidTable, InvalidTemplate
from singletable.formats import Epoch, Instant
from singletable.formats.precision import Precision
from singletable.table import (
    ALL,
    Index,
    KeyAttribute,
    KeyTemplates,
    Projection,
    Shards,
    TableDefinition,
)

E = TypeVar("E", bound=BaseModel)
E_co = TypeVar("E_co", covariant=True)
F = ParamSpec("F")


class HasFields(Protocol[F, E_co]):
    """An entity as type checkers see it: `__replace__` takes each of its fields, by name, or none.

    From Python 3.13 on they give it to every class that `dataclass_transform` describes. It is the
    one signature that names all fields and requires none, as keys do.
    """

    def __replace__(self, *unnamed: F.args, **fields: F.kwargs) -> E_co: ...


class KeyDeclaration(KeyTemplates):
    """A declared key; a `Key` of the entity replaces it when the class is created."""

    @overload
    def __get__(self, instance: object, owner: type[HasFields[F, E]]) -> Key[E, F]: ...
    @overload
    def __get__(self, instance: object, owner: type[E]) -> Key[E]: ...
    def __get__(self, instance: object, owner: type) -> object:
        raise InvalidEntity(
            where=f"{owner.__module__}.{owner.__qualname__}",
            declared=f"a key on {self.index.label} in a class that is no entity of a table",
            allowed="keys in `class Name(Entity, table=...)`, without annotation",
        )


class IndexDeclaration:
    """An index on which entities declare their keys."""

    def __init__(self, table: TableDefinition, index: Index) -> None:
        self.table = table
        self.index = index

    def key(
        self, partition_key: str, sort_key: str | None = None, *, shards: Shards | None = None
    ) -> KeyDeclaration:
        """Declares an entity's key on this index, as templates over the entity's fields.

        With `shards`, the partition template holds `{shard}`, which is no field of the entity.
        """
        sort = () if sort_key is None else (sort_key,)
        self._check_templates((partition_key, *sort), shards)
        return KeyDeclaration(self.table, self.index, (partition_key,), sort, shards)

    def _check_templates(self, templates: Iterable[object], shards: object) -> None:
        where = f"a key on {self.index.label} of {self.table!r}"
        for template in templates:
            if not isinstance(template, str):
                raise InvalidTemplate(
                    where=where, declared=f"the template {abridge(template)}", allowed="text"
                )
        if shards is not None and not isinstance(shards, Shards):
            raise InvalidTemplate(
                where=where, declared=f"shards={abridge(shards)}", allowed='shards(4, by="field")'
            )


class Table(TableDefinition):
    """One DynamoDB table.

    `name` is the declared name; a repository may send to another one, such as a stage's.
    `delimiter` separates the parts of keys, and no value of a part may contain it.
    `type_attribute` is stored with every item and says which entity it is. None: nothing is stored,
    and the primary key tells it, as in tables that other programs write.
    `instants` is how moments are stored and stand in keys, where a field declares no format.
    """

    def __init__(
        self,
        name: str,
        *,
        partition_key: str | KeyAttribute = "PK",
        sort_key: str | KeyAttribute | None = "SK",
        delimiter: str = "#",
        type_attribute: str | None = "entity",
        instants: Precision | Instant | Epoch | None = None,
    ) -> None:
        partition, sort = _attributes(name, partition_key), _attributes(name, sort_key)
        primary = Index(None, "primary", partition, sort)
        super().__init__(
            name,
            primary,
            delimiter=delimiter,
            type_attribute=type_attribute,
            instants=instants,
        )
        self.primary = IndexDeclaration(self, primary)

    def global_index(
        self,
        name: str,
        *,
        partition_key: str | KeyAttribute,
        sort_key: str | KeyAttribute | None = None,
        projection: Projection = ALL,
    ) -> IndexDeclaration:
        """Adds a global secondary index; at most 20."""
        partition = _attributes(self.name, partition_key)
        sort = _attributes(self.name, sort_key)
        return self._declare(Index(name, "global", partition, sort, projection))

    def local_index(
        self, name: str, *, sort_key: str | KeyAttribute, projection: Projection = ALL
    ) -> IndexDeclaration:
        """Adds a local secondary index, on the table's own partition key; at most 5."""
        primary = self.primary_index
        if not primary.sort:
            raise InvalidTable(
                where=f"table {self.name}",
                declared=f"{name} is a local index",
                allowed="tables that have a sort key themselves",
            )
        sort = _attributes(self.name, sort_key)
        return self._declare(Index(name, "local", primary.partition, sort, projection))

    def _declare(self, index: Index) -> IndexDeclaration:
        self.add_index(index)
        return IndexDeclaration(self, index)


def _attributes(table: str, key: str | KeyAttribute | None) -> tuple[KeyAttribute, ...]:
    if key is None:
        return ()
    if not isinstance(cast(object, key), (str, KeyAttribute)):
        raise InvalidTable(
            where=f"table {table}",
            declared=f"the key attribute {abridge(key)}",
            allowed="one attribute: its name, or number(name)",
        )
    return (key if isinstance(key, KeyAttribute) else KeyAttribute(key),)
