"""Attributes: types, lengths of keys, and names that expressions cannot have as they are."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from singletable.check.findings import Finding, Rule, Witness
from singletable.check.witnesses import put_request, render, whole_item
from singletable.codec.reserved import RESERVED
from singletable.design import ir

TWO_TYPES = Rule(
    "two-types",
    "error",
    "A key attribute has two types",
    "DynamoDB knows one type of an attribute for all indexes of a table, and refuses the table.",
    "Give the attribute one type, or each index an attribute of its own.",
)
TEXT_AS_NUMBER = Rule(
    "text-as-number",
    "error",
    "A key attribute that is a number is made of text",
    "DynamoDB refuses an item whose key attribute has another type than the table says.",
    "Make the attribute a text, or the template one field that is a number.",
)
OTHER_TYPE = Rule(
    "key-of-another-type",
    "error",
    "A key attribute is a field of another type",
    "DynamoDB refuses an item whose key attribute has another type than the table says, also where"
    " the key is that of an index.",
    "Give the attribute the type of the field, or the index an attribute of its own.",
)
REFUSED_TABLE = Rule(
    "refused-table",
    "error",
    "DynamoDB does not make such a table",
    "Names of indexes are told apart; a local index has the table's partition key, and a sort key;"
    " there are 5 local and 20 global ones at most, and a side of a key has 4 attributes.",
    "Change the indexes; of global ones more may be had by a request to AWS.",
)
TTL_TYPE = Rule(
    "ttl-not-number",
    "error",
    "The attribute that says when items expire is no number",
    "DynamoDB looks at numbers alone, seconds since 1970: items with anything else stay for ever.",
    "Store the moment as a number of seconds.",
)
TOO_LONG = Rule(
    "key-too-long",
    "warning",
    "The key text can be longer than DynamoDB takes",
    "A partition key has 2,048 bytes at most, and a sort key 1,024: longer items are refused, also"
    " where the key is that of an index.",
    "Shorten what the fields may be, or put a hash of the long one into the key.",
)
LENGTH_UNSAID = Rule(
    "key-length-unsaid",
    "note",
    "Nothing says how long the key text can be",
    "DynamoDB refuses an item whose sort key has more than 1,024 bytes, or whose partition key has"
    " more than 2,048, also where the key is that of an index.",
    "Say in the field's format how many bytes it has at most.",
)
PLACEHOLDER = Rule(
    "needs-placeholder",
    "note",
    "Expressions cannot have the attribute's name as it is",
    "A word that DynamoDB reserves, or a character that is no letter, digit or underscore, makes an"
    " expression that is refused.",
    "Write a placeholder, #name, wherever the attribute is named; or name it otherwise.",
)
RULES = (
    TWO_TYPES,
    TEXT_AS_NUMBER,
    OTHER_TYPE,
    REFUSED_TABLE,
    TTL_TYPE,
    TOO_LONG,
    LENGTH_UNSAID,
    PLACEHOLDER,
)

_PLAIN = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
_MOST = {"partition": 2048, "sort": 1024}
_MOST_OF_A_SIDE = 4
_MOST_INDEXES = {"local": 5, "global": 20}


def attribute_findings(design: ir.Design) -> Iterator[Finding]:
    """The findings about the attributes of each table, and of its entities."""
    for table in design.tables:
        entities = design.entities_of(table)
        yield from _types(table)
        yield from (Finding(REFUSED_TABLE, table.name, each) for each in _refusals(table))
        yield from _names(design, table)
        yield from _unsaid_lengths(table, entities)
        for entity in entities:
            yield from _expiry(table, entity)
            for key in entity.keys:
                yield from _texts(table, entity, key)
                yield from _lengths(entity, key)


def _types(table: ir.Table) -> Iterator[Finding]:
    known = dict[str, tuple[str, str]]()
    for index in table.indexes:
        for each in index.attributes:
            kind, first = known.setdefault(each.name, (each.type, index.name))
            if kind != each.type:
                declared = f"{each.name} is {kind} in {first}, and {each.type} in {index.name}"
                yield Finding(TWO_TYPES, f"{table.name}.{index.name}", declared)


def _refusals(table: ir.Table) -> Iterator[str]:
    """What DynamoDB refuses of the indexes of a table."""
    names = [each.name for each in table.indexes]
    yield from (
        f"two indexes are called {each}" for each in {n for n in names if names.count(n) > 1}
    )
    for index in table.indexes:
        if index.kind == "local":
            if index.partition != table.primary.partition:
                yield f"the local index {index.name} has another partition key than the table"
            if not index.sort:
                yield f"the local index {index.name} has no sort key"
        if max(len(index.partition), len(index.sort)) > _MOST_OF_A_SIDE:
            yield f"{index.name} has more than {_MOST_OF_A_SIDE} attributes on a side"
    for kind, most in _MOST_INDEXES.items():
        count = sum(1 for each in table.indexes if each.kind == kind)
        if count > most:
            yield f"it has {count} {kind} indexes, where {most} is most"


def _texts(table: ir.Table, entity: ir.Entity, key: ir.Key) -> Iterator[Finding]:
    kinds, fields = table.key_attributes, {each.stored: each for each in entity.fields}
    for template in key.templates:
        known = fields.get(template.attribute)
        kind = kinds[template.attribute].type
        if known is None or template.source != f"{{{known.name}}}":
            continue
        if kind not in known.attribute_types:
            first = known.attribute_types[0]
            declared = f"{template.attribute} is {kind}, and the field {first}"
            item = whole_item(table, entity) | {template.attribute: {first: "1"}}
            is_shown = first in ("S", "N")
            witness = Witness((), put_request(table, item), "refused") if is_shown else Witness()
            yield Finding(OTHER_TYPE, key.label, declared, witness, entity.place)
    for template in key.templates:
        text = template.literal + "".join(part.after for part in template.parts)
        if kinds[template.attribute].type == "N" and re.search(r"[^0-9.+-]", text):
            declared = f"{template.attribute} is a number, and made of {template.source}"
            made = {template.attribute: {"S": render(template, {})}}
            request = put_request(table, whole_item(table, entity) | made)
            witness = Witness((), request, "refused")
            yield Finding(TEXT_AS_NUMBER, key.label, declared, witness, entity.place)


def _expiry(table: ir.Table, entity: ir.Entity) -> Iterator[Finding]:
    for field in entity.fields:
        if field.stored == table.ttl_attribute and "N" not in field.attribute_types:
            declared = f"{field.stored} is {' or '.join(field.attribute_types)}"
            yield Finding(TTL_TYPE, entity.name, declared, place=entity.place)


def _lengths(entity: ir.Entity, key: ir.Key) -> Iterator[Finding]:
    for side, templates in (("partition", key.partition), ("sort", key.sort)):
        for template in templates:
            longest = _longest(template)
            if longest is not None and longest > _MOST[side]:
                shown = f"{template.attribute}, {template.source}, may have {longest:,} bytes"
                yield Finding(TOO_LONG, key.label, shown, place=entity.place)


def _unsaid_lengths(table: ir.Table, entities: Sequence[ir.Entity]) -> Iterator[Finding]:
    """One finding for all fields of a table's text keys of which the length is not known."""
    fields = dict.fromkeys(
        f"{entity.name}.{part.field}"
        for entity in entities
        for key in entity.keys
        for template in key.templates
        if table.key_attributes[template.attribute].type == "S"
        for part in template.parts
        if part.format.max_bytes is None
    )
    if fields:
        yield Finding(LENGTH_UNSAID, table.name, ", ".join(fields))


def _longest(template: ir.Template) -> int | None:
    """The bytes of its longest text; None where that is not said of each field."""
    total = len(template.literal.encode())
    for part in template.parts:
        if part.format.max_bytes is None:
            return None
        total += part.format.max_bytes + len(part.after.encode())
    return total


def _names(design: ir.Design, table: ir.Table) -> Iterator[Finding]:
    """Names of designs in files alone: the engine writes a placeholder for each."""
    if any(each.module for each in design.entities_of(table)):
        return
    views = (
        read.view
        for pattern in design.patterns
        for read in pattern.operation.reads
        if read.table == table.name and read.view is not None
    )
    names = dict.fromkeys(
        [
            *table.key_attributes,
            *(name for index in table.indexes for name in index.projection.names),
            *(name for view in views for name in view.attributes),
            *(name for item in design.samples.get(table.name, ()) for name in item),
            *filter(None, (table.type_attribute, table.ttl_attribute)),
        ]
    )
    odd = [each for each in names if each.upper() in RESERVED or not _PLAIN.fullmatch(each)]
    if odd:
        scan = {"TableName": table.name, "ProjectionExpression": odd[0]}
        witness = Witness((), ir.Request("Scan", scan), "refused")
        yield Finding(PLACEHOLDER, table.name, ", ".join(odd), witness)
