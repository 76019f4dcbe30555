"""Designs in files, of the toolkit's own format or of another tool's, read to the intermediate
representation."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Literal

from pydantic import ValidationError

from singletable.design import ir
from singletable.design.file_format import (
    Attribute,
    Condition,
    Design,
    Entity,
    EntityField,
    FieldType,
    Format,
    Get,
    Index,
    Pattern,
    Table,
)
from singletable.design.imports import FORMS, Imported, import_design, is_interchange
from singletable.design.parsing import Unreadable, parse_json, read_text
from singletable.errors.design import InvalidDesignFile

FORM = "a design in the format of `singletable check --schema`"
_PLACEHOLDER = re.compile(r"\{\{|\}\}|\{([^{}]*)\}|[{}]")
_TYPES: Mapping[FieldType, tuple[str, ...]] = {
    "str": ("S",),
    "int": ("N",),
    "float": ("N",),
    "decimal": ("N",),
    "bool": ("BOOL",),
    "datetime": ("S",),
    "date": ("S",),
    "bytes": ("B",),
    "list": ("L",),
    "map": ("M",),
    "set": ("SS", "NS", "BS"),
    "text_set": ("SS",),
    "number_set": ("NS",),
    "bytes_set": ("BS",),
    "any": ("S", "N", "B", "BOOL", "L", "M", "SS", "NS", "BS"),
}


def read_file(path: Path) -> Imported:
    """A file in this format, or turned into it; `InvalidDesignFile` lists the formats there are."""
    where = str(path)
    try:
        data = parse_json(read_text(path))
    except Unreadable as error:
        raise InvalidDesignFile(where=where, declared=str(error)) from None
    if is_interchange(data):
        return Imported(FORM, data, ())
    try:
        imported = import_design(data)
    except ValidationError as error:
        raise InvalidDesignFile(where=where, declared=_problems(error)) from None
    except ValueError as error:
        raise InvalidDesignFile(where=where, declared=str(error)) from None
    if imported is None:
        known = ", ".join((FORM, *(each.name for each in FORMS)))
        raise InvalidDesignFile(where=where, declared=f"its keys are of none of: {known}")
    return imported


def design_of(data: object, where: str = "the design") -> ir.Design:
    """The design that a file's JSON says; `InvalidDesignFile` for what is none."""
    try:
        return _Reader(Design.model_validate(data), where).design()
    except ValidationError as error:
        raise InvalidDesignFile(where=where, declared=_problems(error)) from None


def _problems(error: ValidationError) -> str:
    problems = error.errors(include_url=False, include_context=False)
    shown = "; ".join(
        f"{'.'.join(map(str, each['loc'])) or 'it'}: {each['msg'].removeprefix('Value error, ')}"
        for each in problems[:5]
    )
    return shown + (f"; and {len(problems) - 5} more" if len(problems) > 5 else "")


class _Reader:
    """Turns a file into the representation; names that lead nowhere are refused."""

    def __init__(self, design: Design, where: str) -> None:
        self._design, self._where = design, where
        self._tables = {each.name: _table(each) for each in design.tables}
        self._entities = {each.name: each for each in design.entities}

    def design(self) -> ir.Design:
        for kind, all_of in (
            ("table", self._design.tables),
            ("entity", self._design.entities),
            ("pattern", self._design.patterns),
        ):
            names = [each.name for each in all_of]
            twice = next((name for name in names if names.count(name) > 1), None)
            if twice is not None:
                raise self._refusal(f"two are named {twice}", f"{kind} {twice}")
        return ir.Design(
            tables=tuple(self._tables.values()),
            entities=tuple(map(self._entity, self._design.entities)),
            groups=(ir.Group("patterns", ""),),
            patterns=tuple(map(self._pattern, self._design.patterns)),
            samples={
                each.name: tuple(
                    {name: dict(value) for name, value in item.items()} for item in each.items
                )
                for each in self._design.tables
                if each.items
            },
            volumes=dict(self._design.volumes),
            accepted=tuple(
                ir.Acceptance(each.rule, each.subject, each.because)
                for each in self._design.accepted
            ),
        )

    def _refusal(self, declared: str, at: str) -> InvalidDesignFile:
        return InvalidDesignFile(where=f"{self._where}: {at}", declared=declared)

    def _table_of(self, name: str | None, at: str) -> ir.Table:
        if name is None and len(self._tables) == 1:
            return next(iter(self._tables.values()))
        if name not in self._tables:
            known = ", ".join(self._tables)
            raise self._refusal(f"its table is {name}, and there are {known}", at)
        return self._tables[name]

    def _entity(self, entity: Entity) -> ir.Entity:
        at = f"entity {entity.name}"
        table = self._table_of(entity.table, at)
        lacking = [name for name in table.primary.attribute_names if name not in entity.keys]
        if lacking and entity.keys:
            raise self._refusal(f"it has no {lacking[0]}, which the primary key has", at)
        templates = {
            name: self._template(source, name, entity, at) for name, source in entity.keys.items()
        }
        own = templates | {
            name: self._template(f"{{{name}}}", name, entity, at)
            for name in table.key_attributes
            if name in entity.fields and name not in templates
        }
        fields = dict.fromkeys(
            part.field for template in templates.values() for part in template.parts
        )
        fields |= dict.fromkeys(entity.fields)
        return ir.Entity(
            name=entity.name,
            table=table.name,
            module="",
            place=None,
            description=entity.description,
            fields=tuple(_field(name, entity.fields.get(name)) for name in fields),
            keys=tuple(_keys(entity, table, own)) if templates else (),
            uniques=(),
            identity=entity.identity,
            unindexed=tuple(_unindexed(table, templates, own)),
        )

    def _template(self, source: str, attribute: str, entity: Entity, at: str) -> ir.Template:
        literal, parts = "", list[ir.Part]()
        for kind, text in self._pieces(source, f"{at}, {attribute}"):
            if kind == "argument":
                known = entity.fields.get(text)
                parts.append(ir.Part(text, _format(known), ""))
            elif parts:
                last = parts[-1]
                parts[-1] = ir.Part(last.field, last.format, last.after + text)
            else:
                literal += text
        return ir.Template(attribute, source, literal, tuple(parts))

    def _pieces(self, source: str, at: str) -> Iterator[tuple[Literal["text", "argument"], str]]:
        if any("\ud800" <= character <= "\udfff" for character in source):
            raise self._refusal(f"{source!r} has half of a surrogate pair", at)
        end = 0
        for found in _PLACEHOLDER.finditer(source):
            if found.start() > end:
                yield "text", source[end : found.start()]
            end = found.end()
            if found[0] in ("{{", "}}"):
                yield "text", found[0][0]
            elif not found[1]:
                raise self._refusal(f"{source!r} has {found[0]!r} at {found.start()}", at)
            else:
                yield "argument", found[1]
        if end < len(source):
            yield "text", source[end:]

    def _pattern(self, pattern: Pattern) -> ir.Pattern:
        at = f"pattern {pattern.name}"
        table = self._table_of(pattern.table or self._only_table(pattern), at)
        meant = (*pattern.returns, *(each.entity for each in pattern.gets))
        unknown = [name for name in meant if name not in self._entities]
        if unknown:
            raise self._refusal(f"it returns {unknown[0]}, and there is no such entity", at)
        conditions = tuple(self._conditions(pattern.key, table, at))
        is_read = pattern.operation in (
            "GetItem",
            "BatchGetItem",
            "TransactGetItems",
            "Query",
            "Scan",
        )
        read = ir.Read(
            table=table.name,
            index=pattern.index,
            keys=(),
            conditions=conditions,
            descending=pattern.descending,
            ordered_by=pattern.order_by,
            filter=None if pattern.filter is None else ir.Expression(pattern.filter, ()),
            view=ir.View("", pattern.attributes, pattern.attributes)
            if pattern.attributes
            else None,
            items_in_all=pattern.limit,
            requests=pattern.requests,
            because="it says so" if pattern.operation == "Scan" else None,
        )
        reads = tuple(self._get(each, at) for each in pattern.gets) or (read,)
        operation = ir.Operation(
            kind=pattern.operation or "",
            tables=tuple(dict.fromkeys(each.table for each in reads)),
            entities=tuple(dict.fromkeys(meant)),
            index=pattern.index,
            reads=reads if is_read else (),
            writes=tuple(_updates(pattern, table)),
        )
        stated = (each for one in reads for each in one.conditions)
        named = (segment for each in stated for o in each.operands for segment in o.segments)
        arguments = dict.fromkeys(each.text for each in named if each.kind == "argument")
        return ir.Pattern(
            name=pattern.name,
            group="patterns",
            question=pattern.question,
            description=pattern.question,
            place=None,
            parameters=tuple(ir.Parameter(name, "str") for name in arguments),
            operation=operation,
            returns=", ".join(pattern.returns),
            needs=(),
        )

    def _only_table(self, pattern: Pattern) -> str | None:
        """The table of the entities that it returns, if it is one; of the first that it gets."""
        names = [each.entity for each in pattern.gets[:1]] or pattern.returns
        found = {self._entities[name].table for name in names if name in self._entities}
        return found.pop() if len(found) == 1 else None

    def _get(self, get: Get, at: str) -> ir.Read:
        entity = self._entities[get.entity]
        table = self._table_of(entity.table, at)
        return ir.Read(
            table=table.name,
            index=ir.PRIMARY,
            keys=(f"{entity.name}.{ir.PRIMARY}",),
            conditions=tuple(self._conditions(get.key, table, at)),
        )

    def _conditions(
        self, key: Mapping[str, Condition], table: ir.Table, at: str
    ) -> Iterator[ir.KeyCondition]:
        for name, condition in key.items():
            stated = [*condition.operators()]
            if len(stated) != 1:
                raise self._refusal(f"{name} has {len(stated)} conditions, where one is due", at)
            [(operator, operands)] = stated
            known = table.key_attributes.get(name, ir.KeyAttribute(name))
            values = tuple(
                ir.Operand(
                    known.type,
                    tuple(ir.Segment(*piece) for piece in self._pieces(each, f"{at}, {name}")),
                )
                for each in operands
            )
            yield ir.KeyCondition(name, operator, values)  # type: ignore[arg-type]


def _updates(pattern: Pattern, table: ir.Table) -> Iterator[ir.Action]:
    """The update of a pattern that says what it changes."""
    for entity in pattern.returns if pattern.changes else ():
        yield ir.Action(
            verb="Update",
            kind="Update",
            table=table.name,
            entity=entity,
            changes=tuple(ir.Change(name, "set") for name in pattern.changes),
        )


def _table(table: Table) -> ir.Table:
    primary = ir.Index(
        ir.PRIMARY,
        "primary",
        tuple(map(_attribute, table.partition)),
        tuple(map(_attribute, table.sort)),
    )
    return ir.Table(
        name=table.name,
        indexes=(primary, *map(_index, table.indexes)),
        delimiter=table.delimiter,
        type_attribute=table.type_attribute,
        ttl_attribute=table.ttl_attribute,
    )


def _index(index: Index) -> ir.Index:
    names = index.projection if isinstance(index.projection, tuple) else ()
    kind = "INCLUDE" if isinstance(index.projection, tuple) else index.projection
    return ir.Index(
        index.name,
        index.kind,
        tuple(map(_attribute, index.partition)),
        tuple(map(_attribute, index.sort)),
        ir.Projection(kind, names),
    )


def _attribute(attribute: Attribute) -> ir.KeyAttribute:
    return ir.KeyAttribute(attribute.name, attribute.type)


def _field(name: str, field: EntityField | None) -> ir.Field:
    known = field or EntityField()
    return ir.Field(
        name=name,
        stored=known.stored or name,
        type=known.type,
        attribute_types=_TYPES[known.type],
        optional=known.optional,
        default=None,
        format=None if known.format is None else _format(known),
        roles=("in_key",) if known.in_key else (),
        description="",
    )


def _format(field: EntityField | None) -> ir.Format:
    known = (field and field.format) or _plain_format(field)
    most = max((len(each.encode()) for each in known.members), default=0) or known.max_bytes
    return ir.Format(
        name="text",
        alphabet=known.alphabet,
        min_bytes=known.min_bytes,
        max_bytes=most,
        fixed_width=most == known.min_bytes,
        ordered=known.ordered,
        chronological=known.chronological
        or (field is not None and field.type in ("datetime", "date")),
        takes_beginnings=False,
        members=known.members,
        shape=known.pattern,
    )


def _plain_format(field: EntityField | None) -> Format:
    """The texts of a field of which only the type is said: those of numbers are numerals."""
    if field is not None and field.type in ("int", "float", "decimal"):
        return Format(alphabet="-0123456789" if field.type == "int" else "-+.0123456789E")
    return Format()


def _unindexed(
    table: ir.Table, templates: Mapping[str, ir.Template], own: Mapping[str, ir.Template]
) -> Iterator[str]:
    """The attributes that are of no index's whole key; `own` are also those that are fields."""
    whole = [each for each in table.indexes if set(each.attribute_names) <= own.keys()]
    used = {name for index in whole for name in index.attribute_names}
    yield from (name for name in templates if name not in used)


def _keys(
    entity: Entity, table: ir.Table, templates: Mapping[str, ir.Template]
) -> Iterator[ir.Key]:
    """The key on each index of which the entity has all attributes."""
    optional = {name for name, field in entity.fields.items() if field.optional}
    for index in table.indexes:
        if not all(name in templates for name in index.attribute_names):
            continue
        partition, sort = (
            tuple(templates[each.name] for each in side) for side in (index.partition, index.sort)
        )
        fields = dict.fromkeys(
            part.field for template in (*partition, *sort) for part in template.parts
        )
        yield ir.Key(
            label=f"{entity.name}.{index.name}",
            index=index.name,
            partition=partition,
            sort=sort,
            fields=tuple(fields),
            sparse=tuple(name for name in fields if name in optional),
        )
