"""What changes of fields do to the keys that have them."""

from __future__ import annotations

from collections.abc import Iterator

from singletable.check.findings import Finding, Rule, Witness
from singletable.check.witnesses import render, whole_item
from singletable.design import ir

CHANGED_KEY = Rule(
    "changes-primary-key",
    "error",
    "The pattern changes a field of the primary key",
    "An update cannot change a key: DynamoDB refuses it, or the key says what the field no longer"
    " says.",
    "Delete the item and create another in one transaction, or take the field out of the key.",
)
MOVES = Rule(
    "moves-in-index",
    "note",
    "A change of a field moves the item in an index",
    "Each change deletes the entry of the index and writes another: two writes instead of one.",
    "Keep fields that change often out of index keys, or accept what it costs.",
)
RULES = (CHANGED_KEY, MOVES)


def change_findings(design: ir.Design) -> Iterator[Finding]:
    """The findings about fields that patterns change, or that do not identify an item."""
    entities = {each.name: each for each in design.entities if each.keys}
    changed = dict[str, dict[str, str]]()
    for pattern in design.patterns:
        for action in pattern.operation.writes:
            entity = entities.get(action.entity)
            if entity is None or action.kind != "Update":
                continue
            for change in action.changes:
                changed.setdefault(entity.name, {}).setdefault(change.field, pattern.name)
                if change.field in entity.primary.fields:
                    declared = f"{change.field} is in the primary key of {entity.name}"
                    witness = _change_of_key(design.table(entity.table), entity, change.field)
                    yield Finding(CHANGED_KEY, pattern.name, declared, witness, pattern.place)
    for entity in entities.values():
        yield from _moves(entity, changed.get(entity.name, {}))


def _change_of_key(table: ir.Table, entity: ir.Entity, field: str) -> Witness:
    """The update of an item's key attribute that has the field."""
    item = whole_item(table, entity)
    changed = next(
        each for each in entity.primary.templates if field in (part.field for part in each.parts)
    )
    update = {
        "TableName": table.name,
        "Key": {name: item[name] for name in table.primary.attribute_names},
        "UpdateExpression": "SET #key = :key",
        "ExpressionAttributeNames": {"#key": changed.attribute},
        "ExpressionAttributeValues": {
            ":key": {table.key_attributes[changed.attribute].type: render(changed, {field: "2"})}
        },
    }
    return Witness(((entity.name, item),), ir.Request("UpdateItem", update), "refused")


def _moves(entity: ir.Entity, changed: dict[str, str]) -> Iterator[Finding]:
    for key in entity.keys:
        if key.index == ir.PRIMARY:
            continue
        fields = [each for each in key.fields if each not in entity.primary.fields]
        known = [f"{each} ({changed[each]})" for each in fields if each in changed]
        if not known and entity.identity is not None:
            known = [each for each in fields if each not in entity.identity]
        if known:
            declared = f"{', '.join(known)} in its key can change, as the item stays the same"
            yield Finding(MOVES, key.label, declared, place=entity.place)
