"""An entity's key on one index: a template for each key attribute."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import field
from functools import cached_property
from itertools import takewhile
from typing import TypeAlias

from pydantic import BaseModel

from singletable.codec import AttributeValue, Coder, is_attribute_value
from singletable.errors.request import InvalidKeyValue
from singletable.formats import Format, Native
from singletable.records import record
from singletable.schema.entry import EntryCondition
from singletable.table import SHARD, Index, KeyAttribute, Shards
from singletable.templates import Template
from singletable.tracing import Symbol, symbol_text

Values = Mapping[str, object]
"""Field values by name."""

Render: TypeAlias = Callable[[Values], "dict[str, AttributeValue]"]

Position = tuple[str, int]
"""Where a field stands: on which side of the key, and as which of its fields."""


@record
class KeyPart:
    """A key attribute and its template.

    `natural`: the attribute is a field itself, in its stored form. `copied`: it has a name of its
    own, and the number or the bytes of a field once more.
    """

    attribute: KeyAttribute
    template: Template
    natural: Coder | None = None
    copied: Coder | None = None

    @cached_property
    def fields(self) -> tuple[str, ...]:
        return self.template.fields

    @cached_property
    def told_fields(self) -> tuple[str, ...]:
        """The fields whose values the text tells."""
        return tuple(part.field for part in self.template.parts if part.format.tells_value)

    @cached_property
    def is_text_of_template(self) -> bool:
        """Whether the attribute is what the template says: a field may be stored otherwise."""
        return self.natural is None or all(part.format.keeps_text for part in self.template.parts)

    @cached_property
    def _coder(self) -> Coder | None:
        return self.natural or self.copied

    def leading_values(self, values: Values) -> Values:
        """The values of its first fields, up to one that is not among them."""
        return {field: values[field] for field in takewhile(values.__contains__, self.fields)}

    def render(self, values: Values) -> AttributeValue:
        """Renders the whole key attribute."""
        if self._coder is None:
            return {"S": self.template.render(values)}
        if self.attribute.type == "S":
            self.template.render(values)
        return self.encode_natural(values[self.fields[0]])

    def matches(self, value: object) -> bool:
        """Whether a stored attribute can be of this template."""
        return self.find(value) is not None

    def find(self, value: object) -> Values | None:
        """The fields of a stored attribute; None if it cannot be of this template."""
        if not is_attribute_value(value) or self.attribute.type not in value:
            return None
        try:
            return self.parse(value)
        except (ValueError, InvalidKeyValue):
            return None

    def parse(self, value: AttributeValue) -> Values:
        """The fields of a stored attribute of this type; `ValueError` if it is of another part."""
        if self.attribute.type == "S" and self.natural is not None:
            known = {self.fields[0]: self.natural.decode(value)}
            self.template.render(known)
            return known
        if self.attribute.type == "S":
            return self.template.parse(value["S"])
        if self._coder is None:
            return {}
        found, format_ = self._coder.decode(value), self.template.parts[0].format
        return {self.fields[0]: found if isinstance(format_, Native) else format_.accept(found)}

    def encode_natural(self, value: object) -> AttributeValue:
        """Encodes the value of a natural or copied key; refuses missing and empty values."""
        encoded = None if self._coder is None else self._coder.encode(value)
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

    def _check_bytes(self, encoded: AttributeValue | None, value: object) -> None:
        """Checks the length of bytes; that of text is checked by the template."""
        size, limit = len((encoded or {}).get("B") or b""), self.template.limit
        if size > limit:
            raise InvalidKeyValue(
                where=self.template.where,
                field=self.fields[0],
                value=value,
                reason=f"makes a key of {size} bytes; DynamoDB allows {limit}",
            )


@record
class CompiledKey:
    """A key on one index: `name` is the class attribute of `entity`; `label` is `Post.by_category`.

    `table_key` names the attributes of the table's own key, which an index may share, and
    `type_attribute` the one that says which entity an item is, which every item has anyway; None if
    its key says it. `when`: the items that are in the index; None: all that have each part.

    There is one for each key of a model. It is copied and pickled by reference to the model.
    """

    entity: str
    name: str
    label: str
    index: Index
    partition: tuple[KeyPart, ...]
    sort: tuple[KeyPart, ...]
    table_key: tuple[str, ...]
    shards: Shards | None = None
    shard_formats: tuple[Format, ...] = ()
    type_attribute: str | None = None
    model: type[BaseModel] = BaseModel
    when: EntryCondition | None = field(default=None, compare=False)

    def __reduce__(self) -> tuple[Callable[..., object], tuple[type[BaseModel], str]]:
        return _key_of, (self.model, self.name)

    def __repr__(self) -> str:
        return self.label

    @cached_property
    def parts(self) -> tuple[KeyPart, ...]:
        return (*self.partition, *self.sort)

    @cached_property
    def _named_parts(self) -> tuple[tuple[str, KeyPart], ...]:
        return tuple((part.attribute.name, part) for part in self.parts)

    @cached_property
    def made(self) -> tuple[KeyPart, ...]:
        """The parts whose attributes are the key's own, and no field themselves."""
        return tuple(part for part in self.parts if part.natural is None)

    @cached_property
    def made_fields(self) -> frozenset[str]:
        """The fields that those attributes are made of."""
        hashed = self.shards.by if self.shards else ()
        return frozenset((*hashed, *(name for part in self.made for name in part.fields)))

    @cached_property
    def partition_fields(self) -> tuple[str, ...]:
        return tuple(name for part in self.partition for name in part.fields)

    @cached_property
    def sort_fields(self) -> tuple[str, ...]:
        return tuple(name for part in self.sort for name in part.fields)

    @cached_property
    def fields(self) -> tuple[str, ...]:
        """The entity's fields that this key is made of, in key order."""
        named = [name for part in self.parts for name in part.fields if name != SHARD]
        hashed = self.shards.by if self.shards else ()
        return tuple(dict.fromkeys((*named, *hashed)))

    @cached_property
    def deciding_fields(self) -> tuple[str, ...]:
        """The fields that decide whether an item is in the index, and where."""
        asked = () if self.when is None else self.when.fields
        return tuple(dict.fromkeys((*self.fields, *asked)))

    @cached_property
    def positions(self) -> Mapping[str, Position]:
        """Where each field stands; one of both sides in the partition key."""
        found = dict[str, Position]({SHARD: ("partition", -1)} if self.shards else {})
        for side, fields in (("partition", self.partition_fields), ("sort", self.sort_fields)):
            for at, name in enumerate(fields):
                found.setdefault(name, (side, at))
        return found

    @cached_property
    def own_attributes(self) -> frozenset[str]:
        """The attributes that only this key is stored in: no field's, not the table's own key's."""
        rendered = {part.attribute.name for part in self.made}
        rendered.discard(self.type_attribute or "")
        return frozenset(rendered.difference(self.table_key) if self.index.name else rendered)

    @cached_property
    def position_attributes(self) -> tuple[str, ...]:
        """The attributes that say where an item stands in the index: `LastEvaluatedKey`'s."""
        return tuple(dict.fromkeys((*self.index.attribute_names, *self.table_key)))

    @cached_property
    def held(self) -> frozenset[str] | None:
        """The attributes that the index holds of an item; None if it holds all of them."""
        projection = self.index.projection
        if projection.kind == "ALL":
            return None
        index = self.index
        filters = (each.name for each in index.filters)
        return frozenset(
            (*projection.names, *self.position_attributes, *index.needed_names, *filters)
        )

    def render(self, values: Values) -> dict[str, AttributeValue]:
        """Renders the key attributes of an item with these field values."""
        # A design is imported with symbols in its patterns, of which no function knows anything.
        if "_render" not in vars(self) and Symbol in map(type, values.values()):
            return self.render_parts(values)
        return self._render(values)

    @cached_property
    def _render(self) -> Render:
        if self.shards is not None or any(part.natural or part.copied for part in self.parts):
            return self.render_parts
        from singletable.schema.generated import generate_key  # noqa: PLC0415 - at first use

        return generate_key(self, self.render_parts)

    def render_parts(self, values: Values) -> dict[str, AttributeValue]:
        """Renders them whatever the values are."""
        known = values if self.shards is None else self.with_shard(values)
        return {name: part.render(known) for name, part in self._named_parts}

    def render_made(self, values: Values) -> dict[str, AttributeValue]:
        """Renders the attributes that are no field themselves."""
        known = self.with_shard(values)
        return {part.attribute.name: part.render(known) for part in self.made}

    def render_partition(self, values: Values) -> tuple[AttributeValue, ...]:
        """Renders the values of the partition key's attributes."""
        known = self.with_shard(values)
        return tuple(part.render(known) for part in self.partition)

    def with_shard(self, values: Values) -> Values:
        """Adds the shard that the values fall into, for sharded keys."""
        if self.shards is None or SHARD in values:
            return values
        hashed = [values[field] for field in self.shards.by]
        for value in hashed:
            if isinstance(value, Symbol):
                return {**values, SHARD: Symbol("{shard}", value.argument, int)}
        pairs = zip(self.shard_formats, self.shards.by, hashed, strict=True)
        return {**values, SHARD: self.shards.pick(*[self._hashed(*each) for each in pairs])}

    def _hashed(self, format_: Format, field: str, value: object) -> str:
        """The text of a field by which items are spread."""
        try:
            return format_.encode(value)
        except ValueError as error:
            raise InvalidKeyValue(
                where=self.label, field=field, value=value, reason=str(error)
            ) from None

    def matches(self, item: Mapping[str, AttributeValue]) -> bool:
        """Whether the key attributes of a stored item can be of this key."""
        return all(part.matches(item.get(part.attribute.name)) for part in self.parts)

    def is_absent(self, values: Values) -> bool:
        """Whether the item is left out of this (sparse) index: no part, or its condition fails."""
        if any(values[field] is None for field in self.fields):
            return True
        return self.when is not None and not self.when.holds(values)


def _key_of(model: type[BaseModel], name: str) -> CompiledKey:
    """The compiled key that a class attribute of a model holds."""
    key: CompiledKey = getattr(model, name).compiled
    return key
