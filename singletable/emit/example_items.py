"""Example items of entities: those of the declarations, else some that are made of templates."""

from __future__ import annotations

from collections.abc import Mapping

from singletable.design import ir
from singletable.emit.module.fields import example_text

_VALUES: Mapping[str, object] = {
    "BOOL": True,
    "L": [],
    "M": {},
    "SS": ["a"],
    "NS": ["1"],
    "B": "YQ==",
    "BS": ["YQ=="],
}


def example_items(table: ir.Table, entity: ir.Entity) -> list[ir.JsonObject]:
    """Items in DynamoDB's JSON; two, whose fields differ, where nobody has declared any."""
    kind = table.type_attribute
    own = [each for each in entity.items if kind is None or each.get(kind) == {"S": entity.name}]
    if own:
        return own[:1] if kind is None else own
    if not entity.keys:
        return []
    made = [_item(table, entity, number) for number in (1, 2)]
    return made if made[0] != made[1] else made[:1]


def _item(table: ir.Table, entity: ir.Entity, number: int) -> ir.JsonObject:
    formats = {
        part.field: part.format
        for key in reversed(entity.keys)
        for each in key.templates
        for part in each.parts
    }
    texts = {
        each.name: _text(each, formats.get(each.name), number, table.delimiter)
        for each in entity.fields
    }
    for name in formats.keys() - texts.keys():  # a shard is no field
        texts[name] = example_text(formats[name]) or str(number)
    item: ir.JsonObject = {table.type_attribute: {"S": entity.name}} if table.type_attribute else {}
    kinds = table.key_attributes
    for key in entity.keys:
        for each in key.templates:
            text = each.literal + "".join(texts[p.field] + p.after for p in each.parts)
            item[each.attribute] = {kinds[each.attribute].type: text}
    for field in entity.fields:
        if "in_key" not in field.roles and field.stored not in item:
            item[field.stored] = _value(field, texts[field.name])
    order = [name for name in table.primary.attribute_names if name in item]
    return {name: item[name] for name in (*order, *(n for n in item if n not in order))}


def _text(field: ir.Field, known: ir.Format | None, number: int, delimiter: str) -> str:
    """Text as the format has it; the field's name and a number where nothing is said."""
    if known is not None and known.members:
        return known.members[(number - 1) % len(known.members)]
    if known is not None and (known.shape is not None or known.alphabet is not None):
        return example_text(known) or str(number)
    if "N" in field.attribute_types and "S" not in field.attribute_types:
        return str(number)
    text = f"{field.name.replace(delimiter, '')}{number}"
    most = known.max_bytes if known is not None else None
    return text if most is None else text.encode()[:most].decode(errors="ignore")


def _value(field: ir.Field, text: str) -> ir.JsonObject:
    kind = "S" if "S" in field.attribute_types else field.attribute_types[0]
    if kind in ("S", "N"):
        return {kind: text}
    return {kind: _VALUES[kind]}
