"""The table that model code holds: it adds indexes, on which entities declare their keys."""

from __future__ import annotations

from typing import Literal, ParamSpec, Protocol, TypeAlias, TypeVar, cast, overload

from pydantic import BaseModel

from singletable.entity.key import Key
from singletable.errors.base import abridge
from singletable.errors.declaration import InvalidEntity, InvalidTable, InvalidTemplate
from singletable.expressions import Condition
from singletable.formats import Epoch, Instant
from singletable.formats.precision import Precision
from singletable.table import (
    ALL,
    Capacity,
    Deployment,
    Index,
    KeyAttribute,
    KeyTemplates,
    Projection,
    Shards,
    TableDefinition,
    Units,
)

E = TypeVar("E", bound=BaseModel)
E_co = TypeVar("E_co", covariant=True)
F = ParamSpec("F")
KeySide: TypeAlias = str | KeyAttribute | tuple[str | KeyAttribute, ...]
"""The attributes of one side of an index's key."""

Templates: TypeAlias = str | tuple[str, ...]
"""A template for each of them."""


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
        self,
        partition_key: Templates,
        sort_key: Templates | None = None,
        *,
        shards: Shards | None = None,
        when: Condition | None = None,
    ) -> KeyDeclaration:
        """Declares an entity's key on this index, as templates over the entity's fields.

        A tuple has one for each attribute of an index that has several. With `shards`, the
        partition template holds `{shard}`, which is no field of the entity. `when` is the condition
        on fields that the items in this index meet: `attr("status").is_in("open", "held")`.
        """
        partition = partition_key if isinstance(partition_key, tuple) else (partition_key,)
        sort = () if sort_key is None else sort_key
        sort = sort if isinstance(sort, tuple) else (sort,)
        self._check_templates(partition, self.index.partition, "partition")
        self._check_templates(sort, self.index.sort, "sort")
        if shards is not None and not isinstance(cast(object, shards), Shards):
            raise self._invalid(f"shards={abridge(shards)}", 'shards(4, by="field")')
        if when is not None:
            self._check_condition(when)
        return KeyDeclaration(self.table, self.index, partition, sort, shards, when)

    def _check_condition(self, when: object) -> None:
        if not isinstance(when, Condition):
            allowed = 'conditions such as attr("status").equals(value)'
            raise self._invalid(f"when={abridge(when)}", allowed)
        if self.index.kind == "primary":
            raise self._invalid("when=...", "when= in other indexes: every item has a primary key")

    def natural(self) -> KeyDeclaration:
        """Declares an entity's key on this index, whose attributes are fields of the entity.

        `key("{device_id}", "{at}")` of an index whose key attributes are called so.
        """
        return KeyDeclaration(self.table, self.index, (), (), is_natural=True)

    def _check_templates(
        self, templates: tuple[str, ...], attributes: tuple[KeyAttribute, ...], side: str
    ) -> None:
        for template in templates:
            if not isinstance(cast(object, template), str):
                raise self._invalid(f"the template {abridge(template)}", "text")
        if len(templates) != len(attributes):
            names = " and ".join(each.name for each in attributes)
            count = f"{len(templates) or 'no'} template{'s' if len(templates) > 1 else ''}"
            allowed = f"one for each attribute: {names}" if names else "none"
            raise self._invalid(f"{count} for the {side} key", allowed)

    def _invalid(self, declared: str, allowed: str) -> InvalidTemplate:
        return InvalidTemplate(
            where=f"a key on {self.index.label} of {self.table!r}",
            declared=declared,
            allowed=allowed,
        )


class Table(TableDefinition):
    """One DynamoDB table.

    `name` is the declared name; a repository may send to another one, such as a stage's.
    `delimiter` separates the parts of keys. Only a format that says so has it, at the end of a key.
    `type_attribute` is stored with every item and says which entity it is. None: nothing is stored,
    and the primary key tells it, as in tables that other programs write. With `untagged="by key"`
    items are tagged by every write, and the primary key tells what those are that are not yet.
    `instants` is how moments are stored and stand in keys, where a field declares no format.
    `deployment` says how it is deployed: streamed, billed, kept safe.
    """

    def __init__(
        self,
        name: str,
        *,
        partition_key: str | KeyAttribute = "PK",
        sort_key: str | KeyAttribute | None = "SK",
        delimiter: str = "#",
        type_attribute: str | None = "entity",
        untagged: Literal["by key"] | None = None,
        instants: Precision | Instant | Epoch | None = None,
        deployment: Deployment | None = None,
    ) -> None:
        partition, sort = _one_attribute(name, partition_key), _one_attribute(name, sort_key)
        primary = Index(None, "primary", partition, sort)
        super().__init__(
            name,
            primary,
            delimiter=delimiter,
            type_attribute=type_attribute,
            untagged=untagged,
            instants=instants,
            deployment=deployment,
        )
        self.primary = IndexDeclaration(self, primary)

    def global_index(
        self,
        name: str,
        *,
        partition_key: KeySide,
        sort_key: KeySide | None = None,
        projection: Projection = ALL,
        units: Units | None = None,
        max_units: Units | None = None,
        warm_units: Units | None = None,
    ) -> IndexDeclaration:
        """Adds a global secondary index; at most 20. Each side of its key has up to 4 names.

        Its capacity, of reading and of writing, is its own: see `Deployment`.
        """
        partition = _attributes(self.name, partition_key)
        sort = _attributes(self.name, sort_key)
        capacity = Capacity(units, max_units, warm_units)
        return self._declare(Index(name, "global", partition, sort, projection, capacity))

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
        sort = _one_attribute(self.name, sort_key)
        return self._declare(Index(name, "local", primary.partition, sort, projection))

    def _declare(self, index: Index) -> IndexDeclaration:
        self.add_index(index)
        return IndexDeclaration(self, index)


def _one_attribute(table: str, key: str | KeyAttribute | None) -> tuple[KeyAttribute, ...]:
    """The attribute of one side of a key that has one at most."""
    if isinstance(cast(object, key), tuple):
        raise _invalid_attribute(table, key, "one attribute; several in global indexes")
    return _attributes(table, key)


def _attributes(table: str, side: KeySide | None) -> tuple[KeyAttribute, ...]:
    """The attributes of one side of a key."""
    found, side = list[KeyAttribute](), () if side is None else side
    for each in side if isinstance(side, tuple) else (side,):
        if not isinstance(cast(object, each), (str, KeyAttribute)):
            raise _invalid_attribute(table, each, "its name, or number(name)")
        found.append(KeyAttribute(each) if isinstance(each, str) else each)
    return tuple(found)


def _invalid_attribute(table: str, declared: object, allowed: str) -> InvalidTable:
    return InvalidTable(
        where=f"table {table}",
        declared=f"the key attribute {abridge(declared)}",
        allowed=allowed,
    )
