"""Sizes and numbers of items in a table and its indexes, by the figures of a file of volumes."""

from __future__ import annotations

from singletable.check.volumes import Volumes
from singletable.codec.attribute_values import item_size
from singletable.design import ir

STORED_BESIDE = 100
"""Bytes that DynamoDB adds to each item, and to each entry of an index."""


class Sizes:
    """Sizes and numbers of items, as far as they are said; notes those that are missing."""

    def __init__(self, design: ir.Design, volumes: Volumes) -> None:
        self.design, self.volumes = design, volumes
        self.missing = dict[str, None]()
        self.assumed = dict[str, None]()

    def figure(self, value: float | None, place: str) -> float:
        """A figure; 0 where it is missing, which is noted by its place in the file."""
        if value is None:
            self.missing[place] = None
        return value or 0

    def item(self, entity: ir.Entity) -> float:
        """Bytes of an item."""
        return self.figure(self.volumes.entity(entity.name).size, f"entities.{entity.name}.size")

    def entry(self, entity: ir.Entity, key: ir.Key) -> float:
        """Bytes of what an index has of an item: as said; else the size of the example's part."""
        table = self.design.table(entity.table)
        index = table.index(key.index)
        said = self.volumes.key(key.label).size
        if said is not None:
            return said
        size = self.item(entity)
        if index.projection.kind == "ALL":
            return size
        if not entity.items:
            self.assumed[f"{key.label}: an entry is taken to be as large as the item"] = None
            return size
        held = table.held_by(index)
        part = {name: value for name, value in entity.items[0].items() if name in held}
        return min(size, item_size(part))

    def count(self, entity: ir.Entity, key: ir.Key) -> float:
        """Items that an index has of an entity."""
        said = self.volumes.key(key.label).items
        if said is not None:
            return said
        if key.is_sparse:
            self.assumed[f"{key.label}: all items are taken to be in the index"] = None
        return self.figure(self.volumes.entity(entity.name).items, f"entities.{entity.name}.items")

    def unique(self, entity: ir.Entity, label: str) -> float:
        """Bytes of the unique item of the example; of a small one, if there is none."""
        literal = next(each.template.literal for each in entity.uniques if each.label == label)
        name = self.design.table(entity.table).primary.partition[0].name
        sizes = (item_size(each) for each in entity.items[1:] if _begins(each, name, literal))
        return next(sizes, STORED_BESIDE)


def _begins(item: ir.JsonObject, name: str, literal: str) -> bool:
    return str(item.get(name, {}).get("S", "")).startswith(literal)
