"""A unique constraint and its unique item: the stored item that takes the value for its owner."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

from singletable.codec import AttributeValue
from singletable.schema.key import CompiledKey, KeyPart, Values
from singletable.table import TableDefinition
from singletable.table.index import SORT_KEY_BYTES
from singletable.templates import Template

OWNER = "owner"
SORT_TEXT = "UNIQUE"


@dataclass(frozen=True)
class Unique:
    """A constraint: `field` is unique within the fields of `scope`; None leaves an item out."""

    entity: str
    field: str
    scope: tuple[str, ...]
    template: Template
    table: TableDefinition

    @property
    def fields(self) -> tuple[str, ...]:
        return (*self.scope, self.field)

    @cached_property
    def compiled(self) -> CompiledKey:
        """The unique item's key, to be compared with the keys of other items."""
        index = self.table.primary_index
        sort = Template(SORT_TEXT, self.label, SORT_TEXT, (), SORT_KEY_BYTES)
        (partition,) = index.partition
        return CompiledKey(
            entity=self.label,
            name="unique",
            label=self.template.where,
            index=index,
            partition=(KeyPart(partition, self.template),),
            sort=tuple(KeyPart(attribute, sort) for attribute in index.sort),
            table_key=index.attribute_names,
        )

    @property
    def label(self) -> str:
        """The unique item's type, stored where an entity's name stands."""
        return f"{self.entity}.{self.field}"

    def key(self, values: Values) -> dict[str, AttributeValue] | None:
        """The unique item's primary key; None where a part has no value."""
        if any(values[field] is None for field in self.fields):
            return None
        return self.key_of(self.template.render(values))

    def key_of(self, text: str) -> dict[str, AttributeValue]:
        """The primary key with this partition key."""
        (partition, *sort) = self.table.primary_index.attribute_names
        return {partition: {"S": text}, **{name: {"S": SORT_TEXT} for name in sort}}

    def opening(self, entity: str) -> str:
        """The literal that the keys of an entity of this name begin with."""
        return f"{SORT_TEXT}#{entity}#{self.field}#".replace("#", self.table.delimiter)

    def takes(self, text: str) -> bool:
        """Whether DynamoDB takes this text for a partition key."""
        return len(text.encode()) <= self.template.limit
