"""A table: its name, its indexes, and the conventions that its items share."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from singletable.errors.declaration import InvalidTable
from singletable.table.index import ALL, INCLUDED_NAMES, Index, KeyAttribute, Projection
from singletable.table.key_declaration import KeyDeclaration, Shards

if TYPE_CHECKING:
    from singletable.patterns.pattern import Pattern
    from singletable.schema.schema import Schema

_NAME = re.compile(r"[a-zA-Z0-9_.-]{3,255}")
_GLOBAL_INDEXES = 20
_LOCAL_INDEXES = 5
_ATTRIBUTE_NAME_BYTES = 255


class Table:
    """One DynamoDB table.

    `name` is the declared name; a repository may send to another one, such as a stage's.
    `delimiter` separates the parts of keys, and no value of a part may contain it.
    `type_attribute` is stored with every item and says which entity it is.
    """

    def __init__(
        self,
        name: str,
        *,
        partition_key: str | KeyAttribute = "PK",
        sort_key: str | KeyAttribute | None = "SK",
        delimiter: str = "#",
        type_attribute: str = "entity",
    ) -> None:
        self.name = name
        self.delimiter = delimiter
        self.type_attribute = type_attribute
        self._check_name(name, "table")
        if len(delimiter) != 1 or delimiter in "{}" or delimiter.isalnum():
            raise self._refused(f"the delimiter is {delimiter!r}", "one sign, but no brace")
        primary = Index(None, "primary", _attribute(partition_key), _optional(sort_key))
        self._check_attributes(primary)
        self.primary = IndexDeclaration(self, primary)
        self._secondary: list[IndexDeclaration] = []
        self.entities: dict[str, Schema[Any]] = {}
        self.patterns: dict[str, Pattern] = {}

    def global_index(
        self,
        name: str,
        *,
        partition_key: str | KeyAttribute,
        sort_key: str | KeyAttribute | None = None,
        projection: Projection = ALL,
    ) -> IndexDeclaration:
        """A global secondary index; at most 20."""
        return self._add(
            Index(name, "global", _attribute(partition_key), _optional(sort_key), projection),
            _GLOBAL_INDEXES,
        )

    def local_index(
        self, name: str, *, sort_key: str | KeyAttribute, projection: Projection = ALL
    ) -> IndexDeclaration:
        """A local secondary index, on the table's own partition key; at most 5."""
        if self.primary.index.sort is None:
            raise self._refused(
                f"{name} is a local index", "tables that have a sort key themselves"
            )
        partition = self.primary.index.partition
        return self._add(
            Index(name, "local", partition, _attribute(sort_key), projection), _LOCAL_INDEXES
        )

    def _add(self, index: Index, limit: int) -> IndexDeclaration:
        self._check_name(index.label, "index")
        self._check_attributes(index)
        same_kind = [known for known in self.indexes if known.kind == index.kind]
        if len(same_kind) == limit:
            raise self._refused(f"{index.label} is {index.kind} index {limit + 1}", f"{limit}")
        if index.label in {known.label for known in self.indexes}:
            raise self._refused(f"index {index.label} is declared twice", "each name once")
        self._check_projection(index)
        self._check_types(index)
        if self.entities:
            raise self._refused(
                f"index {index.label} is declared after {', '.join(self.entities)}",
                "indexes before entities, whose items may be in them",
            )
        declaration = IndexDeclaration(self, index)
        self._secondary.append(declaration)
        return declaration

    def _check_attributes(self, index: Index) -> None:
        names = index.attribute_names
        if len(set(names)) < len(names):
            raise self._refused(f"{index.label} has {names[0]} twice", "two attributes")
        for name in names:
            if not 1 <= len(name.encode()) <= _ATTRIBUTE_NAME_BYTES or name == self.type_attribute:
                raise self._refused(
                    f"{index.label} has the key attribute {name!r}",
                    f"1 to {_ATTRIBUTE_NAME_BYTES} bytes, and not the type attribute",
                )

    def _check_projection(self, index: Index) -> None:
        projection = index.projection
        if projection.kind == "INCLUDE" and not 1 <= len(projection.names) <= INCLUDED_NAMES:
            raise self._refused(
                f"{index.label} includes {len(projection.names)} names", f"1 to {INCLUDED_NAMES}"
            )
        if len(set(projection.names)) < len(projection.names):
            raise self._refused(f"{index.label} includes a name twice", "each name once")

    def _check_types(self, index: Index) -> None:
        known = {a.name: a for existing in self.indexes for a in existing.attributes}
        for attribute in index.attributes:
            if known.get(attribute.name, attribute) != attribute:
                raise self._refused(
                    f"{index.label} declares {attribute.name} as {attribute.type}",
                    f"{known[attribute.name].type}, as declared before",
                )

    def _check_name(self, name: str, kind: str) -> None:
        if not _NAME.fullmatch(name):
            raise self._refused(f"{kind} name {name!r}", "3 to 255 of a-z, A-Z, 0-9, _, . and -")

    def _refused(self, declared: str, allowed: str) -> InvalidTable:
        return InvalidTable(where=f"table {self.name}", declared=declared, allowed=allowed)

    @property
    def indexes(self) -> tuple[Index, ...]:
        """The primary index, then the others in the order of their declaration."""
        return (self.primary.index, *(declaration.index for declaration in self._secondary))

    @property
    def key_attributes(self) -> dict[str, KeyAttribute]:
        """Every attribute that is a key somewhere, by name."""
        return {a.name: a for index in self.indexes for a in index.attributes}

    def __repr__(self) -> str:
        return f"Table({self.name!r})"


class IndexDeclaration:
    """What model code holds of an index: entities declare their keys on it."""

    def __init__(self, table: Table, index: Index) -> None:
        self.table = table
        self.index = index

    def key(
        self, partition_key: str, sort_key: str | None = None, *, shards: Shards | None = None
    ) -> KeyDeclaration:
        """An entity's key on this index, as templates over the entity's fields.

        With `shards`, the partition template holds `{shard}`, which is no field of the entity.
        """
        return KeyDeclaration(self, partition_key, sort_key, shards)


def _attribute(key: str | KeyAttribute) -> KeyAttribute:
    return KeyAttribute(key) if isinstance(key, str) else key


def _optional(key: str | KeyAttribute | None) -> KeyAttribute | None:
    return None if key is None else _attribute(key)
