"""A table as data: its name, its indexes, and the conventions that its items share."""

from __future__ import annotations

import re

from singletable.errors.declaration import InvalidTable
from singletable.table.index import INCLUDED_NAMES, Index, KeyAttribute

_NAME = re.compile(r"[a-zA-Z0-9_.-]{3,255}")
_LIMITS = {"global": 20, "local": 5}
_ATTRIBUTE_NAME_BYTES = 255


class TableDefinition:
    """The definition of one table; compared by identity.

    `name` is the declared name; a repository may send to another one, such as a stage's.
    `delimiter` separates the parts of keys, and no value of a part may contain it.
    `type_attribute` is stored with every item and says which entity it is.
    """

    def __init__(self, name: str, primary: Index, *, delimiter: str, type_attribute: str) -> None:
        self.name = name
        self.delimiter = delimiter
        self.type_attribute = type_attribute
        self._check_name(name, "table")
        if len(delimiter) != 1 or delimiter in "{}" or delimiter.isalnum():
            raise self._invalid(f"the delimiter is {delimiter!r}", "one sign, but no brace")
        self._check_attributes(primary)
        self._indexes: tuple[Index, ...] = (primary,)
        self._relied_on_by: str | None = None

    @property
    def primary_index(self) -> Index:
        return self._indexes[0]

    @property
    def indexes(self) -> tuple[Index, ...]:
        """The primary index, then the others in the order of their declaration."""
        return self._indexes

    @property
    def key_attributes(self) -> dict[str, KeyAttribute]:
        """Every attribute that is a key somewhere, by name."""
        return {a.name: a for index in self.indexes for a in index.attributes}

    def add_index(self, index: Index) -> None:
        """Adds a secondary index; `InvalidTable` beyond DynamoDB's limits or after an entity."""
        self._check_name(index.label, "index")
        self._check_attributes(index)
        limit = _LIMITS[index.kind]
        if sum(known.kind == index.kind for known in self.indexes) == limit:
            raise self._invalid(f"{index.label} is {index.kind} index {limit + 1}", f"{limit}")
        if index.label in {known.label for known in self.indexes}:
            raise self._invalid(f"index {index.label} is declared twice", "each name once")
        self._check_projection(index)
        self._check_types(index)
        if self._relied_on_by is not None:
            raise self._invalid(
                f"index {index.label} is declared after {self._relied_on_by}",
                "indexes before entities, whose items may be in them",
            )
        self._indexes = (*self._indexes, index)

    def close_indexes(self, entity: str) -> None:
        """Refuses indexes from now on: `entity` was checked against those that there are."""
        self._relied_on_by = self._relied_on_by or entity

    def _check_attributes(self, index: Index) -> None:
        names = index.attribute_names
        if len(set(names)) < len(names):
            raise self._invalid(f"{index.label} has {names[0]} twice", "two attributes")
        for name in names:
            if not 1 <= len(name.encode()) <= _ATTRIBUTE_NAME_BYTES or name == self.type_attribute:
                raise self._invalid(
                    f"{index.label} has the key attribute {name!r}",
                    f"1 to {_ATTRIBUTE_NAME_BYTES} bytes, and not the type attribute",
                )

    def _check_projection(self, index: Index) -> None:
        projection = index.projection
        if projection.kind == "INCLUDE" and not 1 <= len(projection.names) <= INCLUDED_NAMES:
            raise self._invalid(
                f"{index.label} includes {len(projection.names)} names", f"1 to {INCLUDED_NAMES}"
            )
        if len(set(projection.names)) < len(projection.names):
            raise self._invalid(f"{index.label} includes a name twice", "each name once")

    def _check_types(self, index: Index) -> None:
        known = self.key_attributes
        for attribute in index.attributes:
            if known.get(attribute.name, attribute) != attribute:
                raise self._invalid(
                    f"{index.label} declares {attribute.name} as {attribute.type}",
                    f"{known[attribute.name].type}, as declared before",
                )

    def _check_name(self, name: str, kind: str) -> None:
        if not _NAME.fullmatch(name):
            raise self._invalid(f"{kind} name {name!r}", "3 to 255 of a-z, A-Z, 0-9, _, . and -")

    def _invalid(self, declared: str, allowed: str) -> InvalidTable:
        return InvalidTable(where=f"table {self.name}", declared=declared, allowed=allowed)

    def __repr__(self) -> str:
        return f"Table({self.name!r})"
