"""Declared keys and unique constraints: templates, not yet compiled. Knows no entity."""

from __future__ import annotations

import zlib
from collections.abc import Iterable
from typing import cast

from singletable.errors.base import abridge
from singletable.errors.declaration import InvalidEntity, InvalidTable
from singletable.records import record
from singletable.table.definition import TableDefinition
from singletable.table.index import Index

SHARD = "shard"
"""The placeholder that a sharded key's partition template holds."""

_MOST_SHARDS = 200


@record
class Shards:
    """Spreads one logical partition over `count` partition keys, by a hash of the fields `by`.

    Of none, as it is declared, the fields of the primary key are taken.
    """

    by: tuple[str, ...]
    count: int

    def pick(self, *texts: str) -> int:
        """The shard, from 0, of the item whose fields `by` have these key texts."""
        return zlib.crc32("#".join(texts).encode()) % self.count


def shards(count: int, *, by: str | tuple[str, ...] = ()) -> Shards:
    """Declares write sharding for `Index.key(..., shards=shards(4))`.

    The shard of an item is a hash of the field or the fields `by`, else of its primary key: as good
    as random, and the same at every write. Readers that do not name the shard ask every one and
    merge the answers in key order.
    """
    if type(count) is not int or not 2 <= count <= _MOST_SHARDS:
        raise InvalidTable(
            where="shards", declared=f"{abridge(count)} shards", allowed=f"2 to {_MOST_SHARDS}"
        )
    fields = by if isinstance(by, tuple) else (by,)
    _check_fields("shards", fields)
    return Shards(fields, count)


@record
class KeyTemplates:
    """Templates of a key as written: one text for each key attribute of the index.

    None where it `is_natural`: each attribute is the field that is stored under its name.
    `when`: the condition of being in it, which the schema knows how to read.
    """

    table: TableDefinition
    index: Index
    partition: tuple[str, ...]
    sort: tuple[str, ...]
    shards: Shards | None = None
    when: object = None
    is_natural: bool = False


@record
class UniqueDeclaration:
    """Declares that no two items of the entity share the value of `field` within `scope`.

    `key` and `name` are of the unique item: what another program's have, or what stands for the
    field in this one's.
    """

    field: str
    scope: tuple[str, ...]
    key: KeyTemplates | None = None
    name: str | None = None

    @property
    def fields(self) -> tuple[str, ...]:
        return (*self.scope, self.field)


def unique(
    field: str,
    *,
    within: str | tuple[str, ...] = (),
    key: KeyTemplates | None = None,
    name: str | None = None,
) -> UniqueDeclaration:
    """Declares a unique constraint, kept by a further item written in the same transaction.

    `within` names the fields whose values must agree before two items can clash. `name` stands for
    the field in the keys of those items, if not its stored name. `key` on the primary index, and
    `name`, then the type, are those of items by which another program keeps the same values unique.
    Such an item does not say whose it is, so whoever gives up the value deletes it.
    """
    scope = within if isinstance(within, tuple) else (within,)
    _check_fields("unique", (field, *scope))
    if name is not None:
        _check_fields("unique", (name,))
    if key is not None and not isinstance(cast(object, key), KeyTemplates):
        raise InvalidEntity(
            where="unique", declared=f"key={abridge(key)}", allowed="primary.key(...) of the table"
        )
    return UniqueDeclaration(field, scope, key, name)


def _check_fields(where: str, names: Iterable[object]) -> None:
    for name in names:
        if not isinstance(name, str):
            raise InvalidEntity(
                where=where, declared=f"the field {abridge(name)}", allowed="names of fields"
            )
