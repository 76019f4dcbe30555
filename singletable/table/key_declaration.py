"""What stands in an entity's body: templates, not yet compiled. Knows no entity."""

from __future__ import annotations

import zlib
from dataclasses import dataclass
from typing import TYPE_CHECKING, ParamSpec, Protocol, TypeVar, overload

from singletable.errors.declaration import InvalidEntity, InvalidTable

if TYPE_CHECKING:
    from pydantic import BaseModel

    from singletable.entity.key import Key
    from singletable.table.table import IndexDeclaration

E = TypeVar("E", bound="BaseModel")
E_co = TypeVar("E_co", covariant=True)
F = ParamSpec("F")

SHARD = "shard"
"""The placeholder that a sharded key's partition template holds."""

_MOST_SHARDS = 200


@dataclass(frozen=True)
class Shards:
    """Spreads one logical partition over `count` partition keys, by a hash of field `by`."""

    by: str
    count: int

    def pick(self, text: str) -> int:
        """The shard, from 0, of the item whose field `by` has this key text."""
        return zlib.crc32(text.encode()) % self.count


def shards(count: int, *, by: str) -> Shards:
    """Write sharding for `Index.key(..., shards=shards(4, by="post_id"))`.

    Readers that do not name the shard ask every one and merge the answers in key order.
    """
    if not 2 <= count <= _MOST_SHARDS:
        raise InvalidTable(
            where="shards", declared=f"{count} shards", allowed=f"2 to {_MOST_SHARDS}"
        )
    return Shards(by, count)


class HasFields(Protocol[F, E_co]):
    """An entity as type checkers see it: `__replace__` takes each of its fields, by name, or none.

    From Python 3.13 on they give it to every class that `dataclass_transform` describes. It is the
    one signature that names all fields and requires none, as keys do.
    """

    def __replace__(self, *unnamed: F.args, **fields: F.kwargs) -> E_co: ...


@dataclass(frozen=True)
class KeyDeclaration:
    """A key as declared; when its entity's class is made, a `Key` of that entity replaces it."""

    on: IndexDeclaration
    partition: str
    sort: str | None
    shards: Shards | None = None

    @overload
    def __get__(self, instance: object, owner: type[HasFields[F, E]]) -> Key[E, F]: ...
    @overload
    def __get__(self, instance: object, owner: type[E]) -> Key[E]: ...
    def __get__(self, instance: object, owner: type) -> object:
        raise InvalidEntity(
            where=f"{owner.__module__}.{owner.__qualname__}",
            declared=f"a key on {self.on.index.label} in a class that is no entity of a table",
            allowed="keys in `class Name(Entity, table=...)`, without annotation",
        )


@dataclass(frozen=True)
class UniqueDeclaration:
    """Declares that no two items of the entity share the value of `field` within `scope`."""

    field: str
    scope: tuple[str, ...]

    @property
    def fields(self) -> tuple[str, ...]:
        return (*self.scope, self.field)


def unique(field: str, *, within: str | tuple[str, ...] = ()) -> UniqueDeclaration:
    """A unique constraint, kept by a sentinel item written in the same transaction.

    `within` names the fields whose values must agree before two items can clash.
    """
    return UniqueDeclaration(field, (within,) if isinstance(within, str) else within)
