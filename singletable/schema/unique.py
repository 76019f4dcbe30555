"""A unique constraint and its unique item: the stored item that takes the value for its owner."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property

from singletable.codec import AttributeValue
from singletable.formats import Native
from singletable.records import record
from singletable.schema.key import CompiledKey, KeyPart, Values
from singletable.table import Index, TableDefinition
from singletable.table.index import SORT_KEY_BYTES
from singletable.templates import Part, Template

OWNER = "owner"
SORT_TEXT = "UNIQUE"
UNIQUE = "unique"
"""The name of the keys of unique items, where other keys have that of a class attribute."""


@record
class Unique:
    """A constraint: `field` is unique within the fields of `scope`; None leaves an item out.

    `word` stands for the field in the keys and types of unique items, whatever it is called since;
    `is_named`: its declaration says so.
    `expiry`: the stored name of the TTL that the unique item shares with its owner, if any.
    `sort_text`: its sort key. `kind`: its type, where another program has such items, too; these
    do not say who owns them.
    """

    entity: str
    field: str
    word: str
    scope: tuple[str, ...]
    template: Template
    table: TableDefinition
    expiry: str | None = None
    sort_text: str = SORT_TEXT
    kind: str | None = None
    has_owner: bool = True
    is_named: bool = False

    @property
    def fields(self) -> tuple[str, ...]:
        return (*self.scope, self.field)

    @cached_property
    def compiled(self) -> tuple[CompiledKey, ...]:
        """The unique item's keys, to be compared with the keys of other items.

        It stands in every index whose attributes it has, whether that is meant or not.
        """
        written = self._written
        return tuple(
            self._key_on(index, written)
            for index in self.table.indexes
            if written.keys() >= set(index.needed_names)
        )

    @cached_property
    def _written(self) -> dict[str, Template]:
        """What the unique item has in attributes that may be keys."""
        (partition, *sort) = self.table.primary_index.attribute_names
        written = {partition: self.template, **dict.fromkeys(sort, self._literal(self.sort_text))}
        if self.table.type_attribute is not None:
            written[self.table.type_attribute] = self._literal(self.type)
        if self.expiry is not None:
            number = Native(name="N", alphabet=None)
            part = Part(self.expiry, number, "", frozenset(), natural=True)
            source = f"{{{self.expiry}}}"
            written[self.expiry] = Template(
                source, self.template.where, "", (part,), SORT_KEY_BYTES
            )
        return written

    def _literal(self, text: str) -> Template:
        return Template(text, self.label, text, (), SORT_KEY_BYTES)

    def _key_on(self, index: Index, written: Mapping[str, Template]) -> CompiledKey:
        partition, sort = (
            tuple(KeyPart(attribute, written[attribute.name]) for attribute in attributes)
            for attributes in (index.partition, index.sort)
        )
        return CompiledKey(
            entity=self.label,
            name=UNIQUE,
            label=self.template.where,
            index=index,
            partition=partition,
            sort=sort,
            table_key=self.table.primary_index.attribute_names,
            type_attribute=self.table.type_attribute,
        )

    @property
    def label(self) -> str:
        """The unique item's name: `Member.email`."""
        return f"{self.entity}.{self.word}"

    @property
    def type(self) -> str:
        """The unique item's type, stored where an entity's name stands."""
        return self.kind or self.label

    def key(self, values: Values) -> dict[str, AttributeValue] | None:
        """The unique item's primary key; None where a part has no value."""
        if any(values[field] is None for field in self.fields):
            return None
        return self.key_of(self.template.render(values))

    def key_of(self, text: str) -> dict[str, AttributeValue]:
        """The primary key with this partition key."""
        (partition, *sort) = self.table.primary_index.attribute_names
        return {partition: {"S": text}, **{name: {"S": self.sort_text} for name in sort}}

    def opening(self, entity: str) -> str:
        """The literal that the keys of an entity of this name begin with."""
        if not self.has_owner:
            return self.template.literal
        return f"{SORT_TEXT}#{entity}#{self.word}#".replace("#", self.table.delimiter)

    def takes(self, text: str) -> bool:
        """Whether DynamoDB takes this text for a partition key."""
        return len(text.encode()) <= self.template.limit
