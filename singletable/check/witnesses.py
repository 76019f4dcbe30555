"""Items and requests that show what a finding says: values stand for arguments, as anyone can send
them to a table of the design."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from functools import lru_cache
from typing import Any

from singletable.check.findings import Shows, Witness
from singletable.check.languages import part_language
from singletable.design import ir
from singletable.languages.characters import ANY
from singletable.languages.expressions import ANYTHING, literal, text_of
from singletable.languages.language import Language, shared_text

_MOST_OF_A_VALUE = 256


def whole_item(
    table: ir.Table, entity: ir.Entity, values: Mapping[str, str] | None = None
) -> ir.JsonObject:
    """An item of the entity with all its keys, in DynamoDB's JSON; fields that are not given have
    an example of their formats."""
    templates = [template for key in entity.keys for template in key.templates]
    known = {
        each.name: example_of(each.format, table.delimiter) for each in entity.fields if each.format
    }
    known |= {
        part.field: example_of(part.format, table.delimiter)
        for template in templates
        for part in template.parts
    }
    known |= values or {}
    texts = {each.attribute: render(each, known) for each in templates}
    item: ir.JsonObject = {}
    for field in entity.fields:
        kind, text = field.attribute_types[0], known.get(field.name, "1")
        if kind in ("S", "N"):
            item[field.stored] = {kind: text}
    if table.type_attribute is not None:
        item[table.type_attribute] = {"S": entity.name}
    kinds = table.key_attributes
    return item | {name: {kinds[name].type: text} for name, text in texts.items()}


def render(template: ir.Template, values: Mapping[str, str]) -> str:
    """The text of a template; fields are 1 if not given."""
    return template.literal + "".join(
        values.get(part.field, "1") + part.after for part in template.parts
    )


@lru_cache(maxsize=4096)
def example_of(format_: ir.Format, delimiter: str) -> str:
    """A text of a format: 1, if it has that, or else a shortest one."""
    texts = part_language(format_, delimiter)
    of_format = Language(lambda: [texts])
    one = shared_text(Language(lambda: [literal("1").automaton]), of_format)
    return one or shared_text(Language(lambda: [ANYTHING]), of_format) or "1"


def is_of(text: str, format_: ir.Format, delimiter: str) -> bool:
    """Whether a format has this text."""
    texts, own = part_language(format_, delimiter), literal(text).automaton
    return shared_text(Language(lambda: [own]), Language(lambda: [texts])) is not None


def two_values(format_: ir.Format, delimiter: str) -> tuple[str, str] | None:
    """A text of a format, and a longer one that begins with it; None if there are none."""
    texts = part_language(format_, delimiter)
    any_text, of_format = Language(lambda: [ANYTHING]), Language(lambda: [texts])
    short = shared_text(any_text, of_format)
    if not short:
        return None
    longer = Language(
        lambda: [literal(short).automaton, text_of(ANY, 1, _MOST_OF_A_VALUE)], opening=short
    )
    long = shared_text(longer, of_format)
    return None if long is None else (short, long)


def shown(
    table: ir.Table,
    read: ir.Read,
    shows: Shows,
    items: Iterable[tuple[str, ir.JsonObject]] = (),
    *,
    gets_item: bool = False,
    arguments: Mapping[str, str] | None = None,
) -> Witness:
    """The items, and the request of a read that they meet, or with these arguments; without it,
    where no values are known that do."""
    kept = tuple(items)
    if gets_item:
        return Witness(kept, get_request(table, read, arguments), shows)
    meant = [item for _, item in kept] if shows != "misses" else []
    requests = [query_request(table, read, each, arguments) for each in meant or [{}]]
    request = requests[0] if all(each == requests[0] for each in requests) else None
    return Witness(kept, request, shows if request else None)


def get_request(
    table: ir.Table, read: ir.Read, arguments: Mapping[str, str] | None = None
) -> ir.Request:
    """GetItem of a read, with these arguments, 1 if not given."""
    key = {
        each.attribute: _typed(table, each.attribute, _filled(each.operands[0], arguments or {}))
        for each in read.conditions
    }
    return ir.Request("GetItem", {"TableName": table.name, "Key": key})


def query_request(
    table: ir.Table,
    read: ir.Read,
    item: ir.JsonObject | None = None,
    arguments: Mapping[str, str] | None = None,
) -> ir.Request | None:
    """The query of a read that finds the item, or else with these arguments, 1 if not given; None
    if no values are known that find it."""
    expressions, names, values = list[str](), dict[str, str](), dict[str, Any]()
    for at, each in enumerate(read.conditions):
        stored = (item or {}).get(each.attribute)
        texts: tuple[str, ...] | None = tuple(_filled(o, arguments or {}) for o in each.operands)
        if stored is not None:
            texts = _met_by(each, str(next(iter(stored.values()))))
        has_arguments = any(s.kind != "text" for o in each.operands for s in o.segments)
        if texts is None or (len(texts) == 2 and texts[0] > texts[1] and has_arguments):
            return None
        holders = [f":v{at}{number}" for number, _ in enumerate(texts)]
        names[f"#k{at}"] = each.attribute
        values |= {
            holder: _typed(table, each.attribute, text)
            for holder, text in zip(holders, texts, strict=True)
        }
        expressions.append(
            f"begins_with(#k{at}, {holders[0]})"
            if each.operator == "begins_with"
            else f"#k{at} {each.operator} {' AND '.join(holders)}"
        )
    parameters: ir.JsonObject = {"TableName": table.name}
    parameters |= {} if read.index == ir.PRIMARY else {"IndexName": read.index}
    parameters |= {"ScanIndexForward": False} if read.descending else {}
    if expressions:
        parameters |= {
            "KeyConditionExpression": " AND ".join(expressions),
            "ExpressionAttributeNames": names,
            "ExpressionAttributeValues": values,
        }
    return ir.Request("Query", parameters)


def meets(item: ir.JsonObject, request: ir.Request) -> bool:
    """Whether an item meets the conditions of a query that `query_request` made."""
    parameters = request.parameters
    for at, name in enumerate(parameters.get("ExpressionAttributeNames", {}).values()):
        values = parameters["ExpressionAttributeValues"]
        texts = [next(iter(each.values())) for key, each in values.items() if key[2:-1] == str(at)]
        stored = next(iter(item.get(name, {"": None}).values()))
        condition = parameters["KeyConditionExpression"].split(" AND ")[at : at + 1]
        if stored is None or not texts or not condition:
            return False
        if condition[0].startswith("begins_with"):
            if not stored.startswith(texts[0]):
                return False
        elif condition[0].split()[1:2] == ["="] and stored != texts[0]:
            return False
    return True


def put_request(table: ir.Table, item: ir.JsonObject) -> ir.Request:
    return ir.Request("PutItem", {"TableName": table.name, "Item": item})


def _typed(table: ir.Table, attribute: str, text: str) -> ir.JsonObject:
    known = table.key_attributes.get(attribute)
    return {known.type if known else "S": text}


def _filled(operand: ir.Operand, arguments: Mapping[str, str]) -> str:
    return "".join(
        each.text if each.kind == "text" else arguments.get(each.text, "1")
        for each in operand.segments
    )


def _met_by(condition: ir.KeyCondition, text: str) -> tuple[str, ...] | None:
    """Values of a condition's operands that a key text meets."""
    if condition.operator == "=":
        return (text,)
    patterns = [
        "".join(re.escape(s.text) if s.kind == "text" else "(.+?)" for s in each.segments)
        for each in condition.operands
    ]
    if condition.operator == "begins_with":
        found = re.match(patterns[0], text, re.DOTALL)
        return None if found is None else (found[0],)
    is_met = condition.operator in ("BETWEEN", "<=", ">=") and all(
        re.fullmatch(each, text, re.DOTALL) for each in patterns
    )
    return (text,) * len(patterns) if is_met else None
