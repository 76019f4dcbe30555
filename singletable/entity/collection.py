"""`collection(Game.key, Player.key)`: the keys of several entities that share partitions."""

from __future__ import annotations

from typing import Any, Generic, TypeVar, overload

from pydantic import BaseModel

from singletable.entity.key import Key, check_names
from singletable.errors.request import InvalidOperation
from singletable.operations import Query, Scan
from singletable.operations.reads.collection import CollectionQuery, CollectionReader
from singletable.operations.reads.collection_keys import (
    check_members,
    check_partitions,
    label_of,
    rename_values,
)
from singletable.operations.reads.key_conditions import check_equalities
from singletable.operations.reads.reader import EntityReader
from singletable.operations.reads.scan import scan
from singletable.table import SHARD

E = TypeVar("E", bound=BaseModel)
A = TypeVar("A", bound=BaseModel)
B = TypeVar("B", bound=BaseModel)
C = TypeVar("C", bound=BaseModel)
D = TypeVar("D", bound=BaseModel)
F = TypeVar("F", bound=BaseModel)
G = TypeVar("G", bound=BaseModel)
H = TypeVar("H", bound=BaseModel)
I = TypeVar("I", bound=BaseModel)  # noqa: E741 - the ninth letter


class Collection(Generic[E]):
    """Keys of several entities on one index."""

    def __init__(self, keys: tuple[Key[Any, ...], ...]) -> None:
        self._schemas = [key.schema for key in keys]
        self._keys = tuple(key.compiled for key in keys)
        check_members(self._keys)
        readers = tuple(EntityReader[Any](schema) for schema in self._schemas)
        self._reader = CollectionReader(readers, self._keys)

    def query(self, *unnamed: object, **equals: object) -> Query[E]:
        """Queries by the fields of the partition key, then of the sort key where all begin alike.

        A field has the name that it has in any member; it stands for its position in the key.
        """
        check_names(self, "query", unnamed)
        check_partitions(self._keys)
        first, *others = self._keys
        known = {
            name: value
            if name == SHARD and first.shards is not None
            else self._reader.validate(name, value)
            for name, value in rename_values(self._keys, equals).items()
        }
        check_equalities(first, known)
        return Query(CollectionQuery(first, known, others=tuple(others)), self._reader)

    def scan(self, *, because: str) -> Scan[E]:
        """Reads all items of the entities in their index, and so all of the index."""
        return scan(self._keys, self._reader, because)

    def __repr__(self) -> str:
        return label_of(self._keys)


@overload
def collection(a: Key[A, ...], b: Key[B, ...], /) -> Collection[A | B]: ...
@overload
def collection(a: Key[A, ...], b: Key[B, ...], c: Key[C, ...], /) -> Collection[A | B | C]: ...
@overload
def collection(
    a: Key[A, ...], b: Key[B, ...], c: Key[C, ...], d: Key[D, ...], /
) -> Collection[A | B | C | D]: ...
@overload
def collection(
    a: Key[A, ...], b: Key[B, ...], c: Key[C, ...], d: Key[D, ...], e: Key[F, ...], /
) -> Collection[A | B | C | D | F]: ...
@overload
def collection(
    a: Key[A, ...],
    b: Key[B, ...],
    c: Key[C, ...],
    d: Key[D, ...],
    e: Key[F, ...],
    f: Key[G, ...],
    /,
) -> Collection[A | B | C | D | F | G]: ...
@overload
def collection(
    a: Key[A, ...],
    b: Key[B, ...],
    c: Key[C, ...],
    d: Key[D, ...],
    e: Key[F, ...],
    f: Key[G, ...],
    g: Key[H, ...],
    /,
) -> Collection[A | B | C | D | F | G | H]: ...
@overload
def collection(
    a: Key[A, ...],
    b: Key[B, ...],
    c: Key[C, ...],
    d: Key[D, ...],
    e: Key[F, ...],
    f: Key[G, ...],
    g: Key[H, ...],
    h: Key[I, ...],
    /,
) -> Collection[A | B | C | D | F | G | H | I]: ...
def collection(*keys: Any) -> Any:
    """The item collection of two to eight entities: one query reads the items of all of them.

    `InvalidOperation` unless the keys are on one index; a query needs partition keys made alike.
    """
    if not 2 <= len(keys) <= 8 or not all(isinstance(key, Key) for key in keys):
        raise InvalidOperation(
            where="collection",
            declared=f"{len(keys)} arguments: {', '.join(map(repr, keys))}",
            allowed="the keys of two to eight entities, such as Game.key",
        )
    return Collection[Any](keys)
