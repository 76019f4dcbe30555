"""Declared indexes and the keys on them, as class bodies hold them until the class is created."""

from __future__ import annotations

from typing import ParamSpec, Protocol, TypeAlias, TypeVar, cast, overload

from pydantic import BaseModel

from singletable.entity.key import Key
from singletable.entity.vector_key import VectorKey
from singletable.errors.base import abridge
from singletable.errors.declaration import InvalidEntity, InvalidTemplate
from singletable.expressions import Condition
from singletable.table import Index, KeyAttribute, KeyTemplates, Shards, TableDefinition

E = TypeVar("E", bound=BaseModel)
E_co = TypeVar("E_co", covariant=True)
F = ParamSpec("F")
Templates: TypeAlias = str | tuple[str, ...]
"""A template for each attribute of one side of a key."""


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
        raise _no_entity(self, owner)


class VectorKeyDeclaration(KeyTemplates):
    """A declared key on a vector index; a `VectorKey` of the entity replaces it."""

    @overload
    def __get__(self, instance: object, owner: type[HasFields[F, E]]) -> VectorKey[E, F]: ...
    @overload
    def __get__(self, instance: object, owner: type[E]) -> VectorKey[E]: ...
    def __get__(self, instance: object, owner: type) -> object:
        raise _no_entity(self, owner)


def _no_entity(declared: KeyTemplates, owner: type) -> InvalidEntity:
    return InvalidEntity(
        where=f"{owner.__module__}.{owner.__qualname__}",
        declared=f"a key on {declared.index.label} in a class that is no entity of a table",
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
        partition = _templates(self, partition_key, self.index.partition, "partition")
        sort = _templates(self, () if sort_key is None else sort_key, self.index.sort, "sort")
        if shards is not None and not isinstance(cast(object, shards), Shards):
            raise _invalid(self, f"shards={abridge(shards)}", 'shards(4, by="field")')
        _check_condition(self, when)
        return KeyDeclaration(self.table, self.index, partition, sort, shards, when)

    def natural(self) -> KeyDeclaration:
        """Declares an entity's key on this index, whose attributes are fields of the entity.

        `key("{device_id}", "{at}")` of an index whose key attributes are called so.
        """
        return KeyDeclaration(self.table, self.index, (), (), is_natural=True)


class VectorIndexDeclaration:
    """A vector index, in which entities declare their vectors to be."""

    def __init__(self, table: TableDefinition, index: Index) -> None:
        self.table = table
        self.index = index

    def key(
        self, partition_key: str | None = None, *, when: Condition | None = None
    ) -> VectorKeyDeclaration:
        """Declares that an entity's vectors are in this index.

        `partition_key` is the template of an index that has one; without it the field of the
        attribute's name is it. `when` is the condition on fields that the items in this index meet.
        """
        partition = tuple[str, ...]()
        if partition_key is not None:
            partition = _templates(self, partition_key, self.index.partition, "partition")
        _check_condition(self, when)
        is_natural = partition_key is None
        return VectorKeyDeclaration(
            self.table, self.index, partition, (), None, when, is_natural=is_natural
        )


Declaring: TypeAlias = IndexDeclaration | VectorIndexDeclaration


def _templates(
    declaring: Declaring,
    given: Templates,
    attributes: tuple[KeyAttribute, ...],
    side: str,
) -> tuple[str, ...]:
    """The templates of one side of a key, one for each of its attributes."""
    templates = given if isinstance(given, tuple) else (given,)
    for template in templates:
        if not isinstance(cast(object, template), str):
            raise _invalid(declaring, f"the template {abridge(template)}", "text")
    if len(templates) != len(attributes):
        names = " and ".join(each.name for each in attributes)
        count = f"{len(templates) or 'no'} template{'s' if len(templates) > 1 else ''}"
        allowed = f"one for each attribute: {names}" if names else "none"
        raise _invalid(declaring, f"{count} for the {side} key", allowed)
    return templates


def _check_condition(declaring: Declaring, when: object) -> None:
    if when is None:
        return
    if not isinstance(when, Condition):
        allowed = 'conditions such as attr("status").equals(value)'
        raise _invalid(declaring, f"when={abridge(when)}", allowed)
    if declaring.index.kind == "primary":
        allowed = "when= in other indexes: every item has a primary key"
        raise _invalid(declaring, "when=...", allowed)


def _invalid(declaring: Declaring, declared: str, allowed: str) -> InvalidTemplate:
    return InvalidTemplate(
        where=f"a key on {declaring.index.label} of {declaring.table!r}",
        declared=declared,
        allowed=allowed,
    )
