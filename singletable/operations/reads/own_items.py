"""Which items of a scanned index are of the entities that are asked for: by a filter, or by key."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Protocol

from singletable.expressions import Binder
from singletable.operations.reads.reader import Item, Reader
from singletable.records import record
from singletable.schema.registry import registry_of
from singletable.schema.schema import AnySchema
from singletable.table import Index

_OPERANDS = 100
"""How many values DynamoDB's IN takes."""


class ItemTest(Protocol):
    """Tells the items that are asked for from others that a read meets."""

    @property
    def is_exact(self) -> bool:
        """Whether nothing else passes the filter, so that DynamoDB can count them."""
        ...

    def holds(self, item: Item) -> bool:
        """Whether an item that passed the filter is asked for."""
        ...

    def render(self, binder: Binder, /) -> str:
        """The filter expression; empty where it cannot tell."""
        ...


@record
class OwnItems:
    """The items of some entities in an index.

    In a table with a type attribute the filter goes by it. Where items may lack it, or an upgrade
    gives them their type, it leaves out those of other known types, and the primary key decides of
    the rest. Without type attribute it goes by the literal beginnings of the primary key, and the
    whole key decides.

    `is_alone`: no other entity has items in the index. `others`: the types of other items.
    """

    schemas: tuple[AnySchema, ...]
    is_alone: bool
    others: tuple[str, ...]

    @property
    def is_exact(self) -> bool:
        return not (self.schemas[0].table.knows_by_key or self._has_upgrades)

    def holds(self, item: Item) -> bool:
        return self.is_exact or any(
            schema.is_typed(item) or (schema.upgrade is not None and schema.primary.matches(item))
            for schema in self.schemas
        )

    @property
    def _has_upgrades(self) -> bool:
        return any(schema.upgrade is not None for schema in self.schemas)

    def render(self, binder: Binder) -> str:
        if self.is_alone:
            return ""
        attribute = self.schemas[0].table.type_attribute
        if attribute is None:
            return self._shape_text(binder)
        if self.is_exact:
            return _is_one_of(binder, attribute, [schema.name for schema in self.schemas])
        if not 0 < len(self.others) <= _OPERANDS:
            return ""
        return f"NOT ({_is_one_of(binder, attribute, self.others)})"

    def _shape_text(self, binder: Binder) -> str:
        """What their primary keys begin with; empty where one may begin with anything."""
        literals = [[part.template.literal for part in each.primary.parts] for each in self.schemas]
        if not all(map(any, literals)):
            return ""
        shapes = dict.fromkeys(
            " AND ".join(_literal_texts(binder, schema)) for schema in self.schemas
        )
        return " OR ".join(f"({shape})" for shape in shapes) if len(shapes) > 1 else "".join(shapes)


@record
class NotSkipped:
    """All items but those of some entities, where the key alone may tell them."""

    schemas: tuple[AnySchema, ...]

    @property
    def is_exact(self) -> bool:
        return False

    def holds(self, item: Item) -> bool:
        return not any(schema.is_typed(item) for schema in self.schemas)

    def render(self, _: Binder) -> str:
        return ""  # DynamoDB filters a query by no key attribute


def _literal_texts(binder: Binder, schema: AnySchema) -> Iterator[str]:
    for part in schema.primary.parts:
        text, name = part.template.literal, part.attribute.name
        if text and part.template.parts:
            yield f"begins_with({binder.name(name)}, {binder.value({'S': text}, name)})"
        elif text:
            yield f"{binder.name(name)} = {binder.value({'S': text}, name)}"


def _is_one_of(binder: Binder, attribute: str, types: tuple[str, ...] | list[str]) -> str:
    name = binder.name(attribute)
    values = [binder.value({"S": each}, attribute) for each in types]
    return f"{name} = {values[0]}" if len(values) == 1 else f"{name} IN ({', '.join(values)})"


def find_own_items(reader: Reader[object], index: Index) -> OwnItems | None:
    """How the entities of a reader are told in an index; None if every item there is theirs."""
    registry = registry_of(reader.table)
    names = {schema.name for schema in reader.schemas}
    is_alone = registry.holds_alone(index, names)
    if is_alone and not reader.table.knows_by_key:
        return None
    return OwnItems(reader.schemas, is_alone, registry.types_beside(names))
