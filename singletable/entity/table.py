"""The table that model code holds: it adds indexes, on which entities declare their keys."""

from __future__ import annotations

import inspect
from types import FrameType
from typing import Literal, TypeAlias, cast

from singletable.entity.declarations import IndexDeclaration, VectorIndexDeclaration
from singletable.errors.base import abridge
from singletable.errors.declaration import InvalidTable
from singletable.formats import Epoch, Instant
from singletable.formats.precision import Precision
from singletable.table import (
    ALL,
    Acceptance,
    Capacity,
    Deployment,
    Distance,
    Index,
    KeyAttribute,
    Projection,
    TableDefinition,
    Units,
    VectorSearch,
)

KeySide: TypeAlias = str | KeyAttribute | tuple[str | KeyAttribute, ...]
"""The attributes of one side of an index's key."""


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

    def vector_index(
        self,
        name: str,
        attribute: str,
        *,
        dimensions: int,
        distance: Distance = "cosine",
        partition_key: str | KeyAttribute | None = None,
        filters: KeySide = (),
        projection: Projection = ALL,
    ) -> VectorIndexDeclaration:
        """Adds an index of the vectors that are stored in an attribute; at most 5.

        With a partition key a search compares the vectors of one partition. `filters` are the
        attributes by whose values it leaves items out; the type attribute is always one of them.
        """
        partition = _one_attribute(self.name, partition_key)
        narrowing = _attributes(self.name, filters)
        named = {each.name for each in (*partition, *narrowing)}
        if self.type_attribute is not None and self.type_attribute not in named:
            narrowing = (*narrowing, KeyAttribute(self.type_attribute))
        vector = VectorSearch(attribute, dimensions, distance, narrowing)
        self.add_index(Index(name, "vector", partition, (), projection, vector=vector))
        return VectorIndexDeclaration(self, self.indexes[-1])

    def accept(self, rule: str, subject: str, *, because: str) -> None:
        """Accepts what `singletable check` finds, by the rule and the subject that it names.

        It is counted no more; a check says so if it is found no more. `InvalidAcceptance` without
        a reason. Rules and subjects are known to the check alone, which refuses unknown ones.
        """
        frame = inspect.currentframe()
        caller = None if frame is None else frame.f_back
        self.add_acceptance(Acceptance(rule, subject, because, *_place_of(caller)))

    def _declare(self, index: Index) -> IndexDeclaration:
        self.add_index(index)
        return IndexDeclaration(self, index)


def _place_of(frame: FrameType | None) -> tuple[str, str, int]:
    """Module, file and line; of an interpreter without frames none."""
    if frame is None:
        return "", "", 0
    return str(frame.f_globals.get("__name__")), frame.f_code.co_filename, frame.f_lineno


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
