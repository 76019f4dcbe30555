"""What indexes hold, and what nobody asks them; and how evenly keys spread items."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from math import prod

from singletable.check.findings import Finding, Rule, Witness
from singletable.check.volumes import Volumes
from singletable.check.witnesses import put_request, shown, whole_item
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
UNBOUNDED = Rule(
    "unbounded-collection",
    "note",
    "Nothing says how many items one partition key has",
    "Reads of a large item collection come in many pages, and its partition key takes 1,000 write"
    " units and 3,000 read units a second, however large it is.",
    "Say how many partition keys there are, and how uneven they are, with --volumes.",
)
MONOTONIC = Rule(
    "monotonic-sort-key",
    "note",
    "New items come at the end of their partition",
    "DynamoDB splits a busy partition key by its sort keys, but not where each new one is greater:"
    " 1,000 write units a second of one partition key stay the limit.",
    "Spread a partition key that takes more over shards.",
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
    UNBOUNDED,
    MONOTONIC,
    CONSTANT_SORT,
)
_MOMENT = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")


def index_findings(design: ir.Design, volumes: Volumes) -> Iterator[Finding]:
    """The findings about indexes and the keys on them."""
    for table in design.tables:
        entities = design.entities_of(table)
        yield from _unused(design, table)
        yield from _constant_questions(design, table)
        yield from _growth(design, table, volumes)
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
    known = {label for _, read in reads for label in read.keys}
    known |= {
        f"{name} on {read.index}"
        for pattern, read in reads
        for name in pattern.operation.entities
        if not read.keys
    }
    read_whole = {
        read.index for pattern, read in reads if read.is_scan or not pattern.operation.entities
    }
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
        for entity, key in keys if reads and index.name not in read_whole else ():
            if known.isdisjoint((key.label, f"{entity.name} on {index.name}")):
                declared = f"no pattern reads it on {index.name}"
                yield Finding(UNREAD_KEY, key.label, declared, place=entity.place)


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
        witness = Witness()
        if near:
            item = whole_item(table, entity) | {name: {table.key_attributes[name].type: "1"}}
            scan = {"TableName": table.name, "IndexName": near[0].name}
            witness = Witness(((entity.name, item),), ir.Request("Scan", scan), "misses")
        yield Finding(HALF_KEY, entity.name, f"{name}: {why}", witness, entity.place)


def _names(entity: ir.Entity) -> set[str]:
    keyed = {each.attribute for key in entity.keys for each in key.templates}
    return keyed | set(entity.unindexed)


def _constant_questions(design: ir.Design, table: ir.Table) -> Iterator[Finding]:
    """Finds queries of one partition key, where no entity says that it has it."""
    for pattern in design.patterns:
        for read in pattern.operation.reads:
            stated = {each.attribute: each for each in read.conditions if each.operator == "="}
            index = next((each for each in table.indexes if each.name == read.index), None)
            if read.table != table.name or index is None or pattern.operation.gets_items:
                continue
            asked = [stated.get(each.name) for each in index.partition]
            texts = [each.operands[0].segments for each in asked if each is not None]
            if len(texts) < len(asked) or any(s.kind != "text" for each in texts for s in each):
                continue
            if not any(
                key.index == index.name
                for entity in design.entities_of(table)
                if entity.name in pattern.operation.entities
                for key in entity.keys
            ):
                shown = " / ".join("".join(each.text for each in segments) for segments in texts)
                declared = f"the partition key of {index.name} that it asks for is {shown}"
                yield Finding(ONE_PARTITION, pattern.name, declared, place=pattern.place)


def _growth(design: ir.Design, table: ir.Table, volumes: Volumes) -> Iterator[Finding]:
    """Finds item collections of unknown size, and those that grow at their end: one finding each
    for all of a table."""
    keys = [
        key
        for entity in design.entities_of(table)
        for key in entity.keys
        if _has_many(entity, key) and any(each.parts for each in key.partition)
    ]
    unsaid = [each for each in keys if volumes.key(each.label).values is None]
    growing = [each for each in keys if _is_chronological(design, table, each)]
    for rule, found in ((UNBOUNDED, unsaid), (MONOTONIC, growing)):
        if found:
            shown = ", ".join(
                f"{each.label} ({' / '.join(template.source for template in each.partition)})"
                for each in found
            )
            yield Finding(rule, table.name, shown)


def _is_chronological(design: ir.Design, table: ir.Table, key: ir.Key) -> bool:
    """Whether sort keys begin with moments: of their format, or in each sample."""
    first = key.sort[0] if key.sort else None
    if first is None or (first.literal and first.parts) or not first.parts:
        return False
    if first.parts[0].format.chronological:
        return True
    samples = design.samples.get(table.name, ())
    texts = [item[first.attribute].get("S", "") for item in samples if first.attribute in item]
    return bool(texts) and all(map(_MOMENT.match, texts))


def _has_many(entity: ir.Entity, key: ir.Key) -> bool:
    """Whether one partition key may have many items: an index need not tell them apart."""
    deciding = key.sort if key.index == ir.PRIMARY else entity.primary.templates
    said = {part.field for template in key.partition for part in template.parts}
    if any({each.field, *each.within} <= said for each in entity.uniques):
        return False
    return any(
        each.natural or any(part.field not in said for part in each.parts) for each in deciding
    )


def _spread(entity: ir.Entity, key: ir.Key) -> Iterator[Finding]:
    """Finds keys of which few partitions are possible, and items many."""
    if not _has_many(entity, key) or key.shards is not None:
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
    said = {part.field for template in key.partition for part in template.parts}
    for template in key.sort:
        for part in template.parts if kinds[template.attribute].type == "S" else ():
            field = fields.get(part.field)
            is_number = field is not None and field.attribute_types == ("N",)
            if is_number and not part.format.ordered and part.field not in said:
                declared = f"{part.field} in {template.source} is a number of any width"
                numbers = [whole_item(table, entity, {part.field: n}) for n in ("10", "9")]
                witness = _all_of_a_partition(table, entity, key, numbers)
                yield Finding(NUMBER_ORDER, key.label, declared, witness, entity.place)
    if key.index == ir.PRIMARY:
        for name in key.sparse:
            made = {
                each.attribute
                for each in key.templates
                if name in (part.field for part in each.parts)
            }
            item = {n: v for n, v in whole_item(table, entity).items() if n not in made}
            witness = Witness((), put_request(table, item), "refused")
            yield Finding(
                OPTIONAL_IN_KEY, key.label, f"{name} may be absent", witness, entity.place
            )


def _all_of_a_partition(
    table: ir.Table, entity: ir.Entity, key: ir.Key, items: Sequence[ir.JsonObject]
) -> Witness:
    """The items, and the query of their partition key, which answers them in this order."""
    keys = [[item[name] for name in table.primary.attribute_names] for item in items]
    if any(each in keys[:at] for at, each in enumerate(keys)):
        return Witness()
    argument = (ir.Segment("argument", "value"),)
    conditions = tuple(
        ir.KeyCondition(
            each.attribute,
            "=",
            (ir.Operand(table.key_attributes[each.attribute].type, argument),),
        )
        for each in key.partition
    )
    read = ir.Read(table=table.name, index=key.index, keys=(), conditions=conditions)
    return shown(table, read, "finds", [(entity.name, item) for item in items])
