"""An entity's key on one index: templates bound to key attributes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from singletable.codec import AttributeValue, Coder
from singletable.errors.request import InvalidKeyValue
from singletable.formats import Format
from singletable.table import Index, KeyAttribute, Shards
from singletable.table.key_declaration import SHARD
from singletable.templates import Template
from singletable.tracing import Symbol, symbol_text


@dataclass(frozen=True)
class KeySide:
    """One key attribute. `natural`: the attribute is the field itself, in its stored form."""

    attribute: KeyAttribute
    template: Template
    natural: Coder | None = None

    @property
    def fields(self) -> tuple[str, ...]:
        return self.template.fields

    def render(self, values: Mapping[str, Any]) -> AttributeValue:
        """The whole key attribute."""
        text = self.template.render(values) if self.attribute.type == "S" else None
        if self.natural is None:
            return {"S": text}
        return self.encode_natural(values[self.fields[0]])

    def encode_natural(self, value: Any) -> AttributeValue:
        """A natural key's value in its stored form; missing and empty values are refused."""
        encoded = None if self.natural is None else self.natural.encode(value)
        self._check_bytes(encoded, value)
        if not encoded or encoded.get(self.attribute.type) in (None, "", b""):
            if symbol_text(value) is not None and encoded:
                return encoded
            raise InvalidKeyValue(
                where=self.template.where,
                field=self.fields[0],
                value=value,
                reason="is missing" if value is None else "is empty",
            )
        return encoded

    def _check_bytes(self, encoded: AttributeValue | None, value: Any) -> None:
        """Bytes have no text whose length the template would check."""
        size, limit = len((encoded or {}).get("B") or b""), self.template.limit
        if size > limit:
            raise InvalidKeyValue(
                where=self.template.where,
                field=self.fields[0],
                value=value,
                reason=f"makes a key of {size} bytes; DynamoDB allows {limit}",
            )


@dataclass(frozen=True)
class CompiledKey:
    """`name` is the class attribute; `label` is `Post.by_category`.

    `table_key` names the attributes of the table's own key, which an index may share.
    """

    name: str
    label: str
    index: Index
    partition: KeySide
    sort: KeySide | None
    shards: Shards | None = None
    shard_format: Format | None = None
    table_key: frozenset[str] = frozenset()

    @cached_property
    def sides(self) -> tuple[KeySide, ...]:
        return (self.partition,) if self.sort is None else (self.partition, self.sort)

    @cached_property
    def fields(self) -> tuple[str, ...]:
        """The entity's fields that this key is made of, in key order."""
        named = [name for side in self.sides for name in side.fields if name != SHARD]
        hashed = [self.shards.by] if self.shards else []
        return tuple(dict.fromkeys(named + hashed))

    @cached_property
    def own_attributes(self) -> frozenset[str]:
        """The attributes that only this key is stored in: no field's, not the table's own key's."""
        rendered = {side.attribute.name for side in self.sides if side.natural is None}
        return frozenset(rendered if self.index.kind == "primary" else rendered - self.table_key)

    def render(self, values: Mapping[str, Any]) -> dict[str, AttributeValue]:
        """The key attributes of an item with these field values."""
        known = self.with_shard(values)
        return {side.attribute.name: side.render(known) for side in self.sides}

    def with_shard(self, values: Mapping[str, Any]) -> Mapping[str, Any]:
        """`values` and the shard that they fall into, for sharded keys."""
        if self.shards is None or self.shard_format is None or SHARD in values:
            return values
        value = values[self.shards.by]
        if isinstance(value, Symbol):
            return {**values, SHARD: Symbol("{shard}", value.argument, int)}
        try:
            return {**values, SHARD: self.shards.pick(self.shard_format.encode(value))}
        except ValueError as error:
            raise InvalidKeyValue(
                where=self.label, field=self.shards.by, value=value, reason=str(error)
            ) from None

    def is_absent(self, values: Mapping[str, Any]) -> bool:
        """Whether the item is left out of this (sparse) index: a part has no value."""
        return any(values[field] is None for field in self.fields)
