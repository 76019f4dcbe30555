"""What indexes hold, and what nobody asks them; and how evenly keys spread items."""

from __future__ import annotations

from collections.abc import Iterator
from math import prod

from singletable.check.findings import Finding, Rule
from singletable.design import ir

UNREAD_INDEX = Rule(
    "unread-index",
    "warning",
    "No pattern asks the index",
    "Every write of an item that is in it is paid for once more.",
    "Delete the index, or declare the pattern that asks it.",
)
UNWRITTEN_INDEX = Rule(
    "unwritten-index",
    "warning",
    "No entity has a key on the index",
    "It stays empty, and whoever asks it finds nothing.",
    "Give the entities that belong there a key on it, or delete the index.",
)
UNREAD_KEY = Rule(
    "unread-key",
    "note",
    "No pattern reads the entity by its key on the index",
    "Its items are copied into the index, and paid for there, for nobody.",
    "Delete the key, or declare the pattern that asks for it.",
)
HALF_KEY = Rule(
    "half-key",
    "warning",
    "An attribute is meant for the key of an index, and makes none",
    "An item is in an index only where it has all attributes of its key: this one is in none.",
    "Give the entity the other attributes too, or declare the index.",
)
ONE_PARTITION = Rule(
    "one-partition",
    "note",
    "All items of the entity are in one partition",
    "One partition takes 1,000 write units and 3,000 read units a second, and no more.",
    "Spread them over shards if there are more; accept it where they are few.",
)
FEW_PARTITIONS = Rule(
    "few-partitions",
    "note",
    "The items of the entity are in a few partitions",
    "Each takes 1,000 write units and 3,000 read units a second; one value is often most items'.",
    "Spread them over shards if there are more; accept it where they are few.",
)
NUMBER_ORDER = Rule(
    "number-order",
    "note",
    "Numbers in the sort key do not sort as numbers",
    "Key text is compared character by character: 10 comes before 9.",
    "Give the numbers a fixed width, or the index a sort key that is a number.",
)
OPTIONAL_IN_KEY = Rule(
    "optional-in-key",
    "error",
    "The primary key has a field that may be absent",
    "DynamoDB stores no item without its whole primary key, and none with an empty text in it.",
    "Make the field required, or leave it out of the key.",
)
CONSTANT_SORT = Rule(
    "constant-sort-key",
    "note",
    "The sort key of the index is one text in all items",
    "It orders nothing, and no condition on it leaves anything out.",
    "Sort by what patterns ask for, or declare the index without a sort key.",
)
RULES = (
    UNREAD_INDEX,
    UNWRITTEN_INDEX,
    UNREAD_KEY,
    HALF_KEY,
    ONE_PARTITION,
    FEW_PARTITIONS,
    NUMBER_ORDER,
    OPTIONAL_IN_KEY,
    CONSTANT_SORT,
)


def index_findings(design: ir.Design) -> Iterator[Finding]:
    """The findings about indexes and the keys on them."""
    for table in design.tables:
        entities = design.entities_of(table)
        yield from _unused(design, table)
        for entity in entities:
            yield from _halves(table, entity)
            for key in entity.keys:
                yield from _spread(entity, key)
                yield from _fields(table, entity, key)


def _unused(design: ir.Design, table: ir.Table) -> Iterator[Finding]:
    entities = design.entities_of(table)
    reads = [
        (pattern, read)
        for pattern in design.patterns
        for read in pattern.operation.reads
        if read.table == table.name
    ]
    asked = {read.index for _, read in reads}
    for index in table.indexes[1:]:
        keys = [
            (entity, key) for entity in entities for key in entity.keys if key.index == index.name
        ]
        is_known = bool(entities) and all(each.keys for each in entities)
        if is_known and not keys and index.vector is None:
            yield Finding(UNWRITTEN_INDEX, f"{table.name}.{index.name}", "no entity has its key")
        texts = {(*(each.source for each in key.sort),) for _, key in keys}
        is_open = any(each.parts or each.natural for _, key in keys for each in key.sort)
        if index.sort and len(texts) == 1 and not is_open:
            declared = f"it is {' / '.join(texts.pop())}"
            yield Finding(CONSTANT_SORT, f"{table.name}.{index.name}", declared)
        if reads and index.name not in asked:
            yield Finding(UNREAD_INDEX, f"{table.name}.{index.name}", "no pattern asks it")
            continue
        for entity, key in keys if reads else ():
            if not any(_is_read(entity, key, pattern, read) for pattern, read in reads):
                declared = f"no pattern reads it on {index.name}"
                yield Finding(UNREAD_KEY, key.label, declared, place=entity.place)


def _is_read(entity: ir.Entity, key: ir.Key, pattern: ir.Pattern, read: ir.Read) -> bool:
    if read.index != key.index:
        return False
    known = key.label in read.keys if read.keys else entity.name in pattern.operation.entities
    return known or read.is_scan or not pattern.operation.entities


def _halves(table: ir.Table, entity: ir.Entity) -> Iterator[Finding]:
    for name in entity.unindexed:
        near = [each for each in table.indexes if name in each.attribute_names]
        lacking = ", ".join(
            other
            for index in near
            for other in index.attribute_names
            if other not in _names(entity)
        )
        why = f"{near[0].name} has {lacking} too" if near else f"no index of {table.name} has it"
        yield Finding(HALF_KEY, entity.name, f"{name}: {why}", place=entity.place)


def _names(entity: ir.Entity) -> set[str]:
    keyed = {each.attribute for key in entity.keys for each in key.templates}
    return keyed | set(entity.unindexed)


def _spread(entity: ir.Entity, key: ir.Key) -> Iterator[Finding]:
    """Finds keys of which few partitions are possible, and items many."""
    if not any(each.parts or each.natural for each in key.sort) or key.shards is not None:
        return
    parts = [part for template in key.partition for part in template.parts]
    shown = " / ".join(each.source for each in key.partition)
    if not parts:
        yield Finding(ONE_PARTITION, key.label, f"the partition key is {shown}", place=entity.place)
    elif all(part.format.members for part in parts):
        count = prod(len(part.format.members) for part in parts)
        declared = f"the partition key is {shown}, with {count} values"
        yield Finding(FEW_PARTITIONS, key.label, declared, place=entity.place)


def _fields(table: ir.Table, entity: ir.Entity, key: ir.Key) -> Iterator[Finding]:
    fields = {each.name: each for each in entity.fields}
    kinds = table.key_attributes
    for template in key.sort:
        for part in template.parts if kinds[template.attribute].type == "S" else ():
            field = fields.get(part.field)
            if field and field.attribute_types == ("N",) and not part.format.ordered:
                declared = f"{part.field} in {template.source} is a number of any width"
                yield Finding(NUMBER_ORDER, key.label, declared, place=entity.place)
    if key.index == ir.PRIMARY:
        for name in key.sparse:
            yield Finding(OPTIONAL_IN_KEY, key.label, f"{name} may be absent", place=entity.place)
