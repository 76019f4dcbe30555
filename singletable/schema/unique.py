"""A unique constraint and its unique item: the stored item that takes the value for its owner."""

from __future__ import annotations

from dataclasses import dataclass

from singletable.codec import AttributeValue
from singletable.schema.key import Values
from singletable.table import TableDefinition
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

    @property
    def label(self) -> str:
        """The unique item's type, stored where an entity's name stands."""
        return f"{self.entity}.{self.field}"

    def key(self, values: Values) -> dict[str, AttributeValue] | None:
        """The unique item's primary key; None where a part has no value."""
        if any(values[field] is None for field in self.fields):
            return None
        (partition, *sort) = self.table.primary_index.attribute_names
        rendered: AttributeValue = {"S": self.template.render(values)}
        return {partition: rendered, **{name: {"S": SORT_TEXT} for name in sort}}
