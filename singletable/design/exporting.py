"""Designs as files in the interchange format: of a design in Python what others can read."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping

from singletable.design import ir
from singletable.design.imports.reading import literal
from singletable.design.ir import JsonObject
from singletable.design.wire_text import GREATEST, LEAST

_TYPES: Mapping[tuple[str, ...], str] = {
    ("S",): "str",
    ("N",): "decimal",
    ("BOOL",): "bool",
    ("B",): "bytes",
    ("L",): "list",
    ("M",): "map",
    ("SS",): "text_set",
    ("NS",): "number_set",
    ("BS",): "bytes_set",
}
_WRITES = {
    "Put": "PutItem",
    "Update": "UpdateItem",
    "Delete": "DeleteItem",
    "ConditionCheck": "TransactWriteItems",
}
_IN_FILES = {"reads-others": "matches-others"}
"""Rules of Python, and those that find the same in a file, which says of no engine what it does."""
_GETS = {"Get": "GetItem", "BatchGet": "BatchGetItem", "Snapshot": "TransactGetItems"}


def export_design(design: ir.Design) -> tuple[JsonObject, tuple[str, ...]]:
    """The file's JSON, and what the design has and a file cannot say."""
    held = [each for each in design.patterns if not any(map(_is_search, each.operation.reads))]
    data: JsonObject = {
        "singletable": 1,
        "tables": [
            _table(each)
            | ({"items": [*design.samples[each.name]]} if each.name in design.samples else {})
            for each in design.tables
        ],
        "entities": [_entity(each) for each in design.entities],
        "patterns": [_pattern(each) for each in held],
        **({"volumes": _volumes(design, {each.name for each in held})} if design.volumes else {}),
        "accepted": [*_accepted(design)],
    }
    return data, tuple(_notes(design))


def _labels(design: ir.Design) -> dict[str, str]:
    """Keys are called by their index in a file, and by their label in Python."""
    return {
        key.label: f"{entity.name}.{key.index}" for entity in design.entities for key in entity.keys
    }


def _volumes(design: ir.Design, held: Collection[str]) -> JsonObject:
    """The figures of what is in the file."""
    labels = _labels(design)
    return {
        kind: {
            labels.get(name, name): figures
            for name, figures in of_kind.items()
            if kind != "patterns" or name in held
        }
        for kind, of_kind in design.volumes.items()
    }


def _notes(design: ir.Design) -> Iterator[str]:
    keys = [key for entity in design.entities for key in entity.keys]
    lost = {
        "vector indexes": [
            f"{table.name}.{index.name}"
            for table in design.tables
            for index in table.indexes
            if index.vector is not None
        ],
        "searches": [
            each.name for each in design.patterns if any(map(_is_search, each.operation.reads))
        ],
        "conditions of being in an index": [each.label for each in keys if each.when],
        "how shards are chosen": [each.label for each in keys if each.shards],
        "unique constraints": [each.label for entity in design.entities for each in entity.uniques],
        "one field's different formats": [
            f"{entity.name}.{name}"
            for entity in design.entities
            for name, formats in _formats(entity).items()
            if any(each != formats[0] for each in formats)
        ],
        "how tables are deployed": [each.name for each in design.tables if each.deployment],
        "what transactions change": [
            each.name for each in design.patterns if len(each.operation.writes) > 1
        ],
    }
    for what, where in lost.items():
        if where:
            more = f" and {len(where) - 3} more" if len(where) > 3 else ""
            yield f"not in the file: {what} ({', '.join(where[:3])}{more})"


def _is_search(read: ir.Read) -> bool:
    return read.distance is not None


def _accepted(design: ir.Design) -> Iterator[JsonObject]:
    """Accepted findings by the names that a file has for their subjects; without those about what
    is not in the file."""
    labels = _labels(design)
    left_out = {each.name for each in design.patterns if any(map(_is_search, each.operation.reads))}
    entities = [each.name for each in design.entities]
    for table in design.tables:
        for index in (each for each in table.indexes if each.vector is not None):
            left_out |= {f"{each}.{index.name}" for each in (table.name, *entities)}
    for each in design.accepted:
        subject = labels.get(each.subject, each.subject)
        if subject not in left_out:
            rule = _IN_FILES.get(each.rule, each.rule)
            yield {"rule": rule, "subject": subject, "because": each.because}


def _table(table: ir.Table) -> JsonObject:
    return {
        "name": table.name,
        **_sides(table.primary),
        "indexes": [
            {
                "name": each.name,
                "kind": each.kind,
                **_sides(each),
                "projection": list(each.projection.names)
                if each.projection.kind == "INCLUDE"
                else each.projection.kind,
            }
            for each in table.indexes[1:]
            if each.vector is None
        ],
        "delimiter": table.delimiter,
        "type_attribute": table.type_attribute,
        "ttl_attribute": table.ttl_attribute,
    }


def _sides(index: ir.Index) -> JsonObject:
    return {
        side: [{"name": each.name, "type": each.type} for each in attributes]
        for side, attributes in (("partition", index.partition), ("sort", index.sort))
    }


def _entity(entity: ir.Entity) -> JsonObject:
    templates = [template for key in entity.keys for template in key.templates]
    formats, known = _formats(entity), {each.name: each for each in entity.fields}
    absent = {name for key in entity.keys for name in key.sparse}
    fields = {
        name: {
            "type": _TYPES.get(known[name].attribute_types, "any") if name in known else "str",
            **({"format": _format(formats[name][0])} if name in formats else {}),
            **({"optional": True} if name in absent else {}),
            **_storage(known.get(name)),
        }
        for name in dict.fromkeys((*known, *formats))
    }
    return {
        "name": entity.name,
        "table": entity.table,
        "identity": None if entity.identity is None else list(entity.identity),
        "keys": {each.attribute: _template(each) for each in templates},
        "fields": fields,
        "description": entity.description,
    }


def _storage(field: ir.Field | None) -> JsonObject:
    """How the field is stored, where that is not an attribute of its name."""
    if field is None:
        return {}
    stored: JsonObject = {} if field.stored == field.name else {"stored": field.stored}
    return stored | ({"in_key": True} if "in_key" in field.roles else {})


def _formats(entity: ir.Entity) -> dict[str, list[ir.Format]]:
    """The formats that the fields have in keys."""
    found = dict[str, list[ir.Format]]()
    for key in entity.keys:
        for part in (part for template in key.templates for part in template.parts):
            found.setdefault(part.field, []).append(part.format)
    return found


def _template(template: ir.Template) -> str:
    parts = (f"{{{part.field}}}{literal(part.after)}" for part in template.parts)
    return literal(template.literal) + "".join(parts)


def _format(known: ir.Format) -> JsonObject:
    return {
        "alphabet": known.alphabet,
        "min_bytes": min((len(each.encode()) for each in known.members), default=known.min_bytes),
        "max_bytes": known.max_bytes,
        "pattern": known.shape,
        "members": list(known.members),
        "ordered": known.ordered,
        "chronological": known.chronological,
    }


def _pattern(pattern: ir.Pattern) -> JsonObject:
    operation = pattern.operation
    made: JsonObject = {
        "name": pattern.name,
        "question": pattern.question,
        "table": operation.tables[0],
        "returns": list(operation.entities),
    }
    if not operation.reads:
        if len(operation.writes) == 1:
            [write] = operation.writes
            changes = [each.field for each in write.changes]
            return made | {"operation": _WRITES[write.kind], "changes": changes}
        is_batch = operation.kind == "Batch"
        return made | {"operation": "BatchWriteItem" if is_batch else "TransactWriteItems"}
    first, *others = operation.reads
    kind = "Scan" if first.is_scan else _GETS.get(operation.kind, "Query")
    made |= {"operation": kind, "index": first.index}
    if others:
        gets = [
            {"entity": each.keys[0].partition(".")[0], "key": _key(each)}
            for each in operation.reads
        ]
        return made | {"gets": gets}
    return made | {
        "key": _key(first),
        "filter": None if first.filter is None else first.filter.text,
        "order_by": list(first.ordered_by),
        "descending": first.descending,
        "limit": first.items_in_all,
        "requests": first.requests,
        "attributes": [] if first.view is None else list(first.view.attributes),
    }


def _key(read: ir.Read) -> JsonObject:
    return {each.attribute: _condition(each) for each in read.conditions}


def _condition(condition: ir.KeyCondition) -> JsonObject:
    texts = ["".join(map(_segment, each.segments)) for each in condition.operands]
    operator = {"BETWEEN": "between"}.get(condition.operator, condition.operator)
    return {operator: texts if operator == "between" else texts[0]}


def _segment(segment: ir.Segment) -> str:
    """`now` is an argument of its name; the ends of ranges are the characters themselves."""
    if segment.kind == "text":
        return literal(segment.text)
    if segment.kind in ("greatest", "least"):
        return GREATEST if segment.kind == "greatest" else LEAST
    return f"{{{segment.text or segment.kind}}}"
