"""Entities as classes: fields with their stored names, identity and keys."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

from singletable.design import ir
from singletable.emit.module.fields import FieldType, Use, type_of_field, uses_of
from singletable.emit.module.layout import (
    WIDTH,
    call,
    comment,
    docstring,
    quoted,
    subscript,
    tuple_of,
)
from singletable.emit.module.names import (
    Names,
    field_name,
    names_of_fields,
    pascal_case,
    snake_case,
)

_LONGEST_CHOICES = 50
"""A longer list of values gets a name of its own."""


@dataclass(frozen=True)
class TableNames:
    """The variables of a table and of its indexes."""

    table: str
    indexes: Mapping[str, str]


@dataclass
class EntityNames:
    """An entity, the class that it becomes, and the names of its fields and keys."""

    entity: ir.Entity
    table: ir.Table
    class_name: str
    fields: dict[str, str] = field(default_factory=dict[str, str])
    types: dict[str, FieldType] = field(default_factory=dict[str, FieldType])
    keys: dict[str, str] = field(default_factory=dict[str, str])
    aliases: dict[str, tuple[str, ...]] = field(default_factory=dict[str, tuple[str, ...]])

    @property
    def no_fields(self) -> list[str]:
        """What the identity names, and is no field: a key attribute, or the type."""
        return [name for name in self.entity.identity or () if name not in self.fields]

    def field_by_attribute(self, name: str) -> str | None:
        """The field, by its name in the design, that an attribute is."""
        found = (each.name for each in self.entity.fields if each.stored == name)
        return next(found, None)


def with_fields(entity: ir.Entity, table: ir.Table, named: Iterable[str]) -> ir.Entity:
    """The entity with fields that are named elsewhere, as of its identity; without the type."""
    known = {each.name for each in entity.fields} | {each.stored for each in entity.fields}
    reserved = {*table.key_attributes, table.type_attribute}
    added = [name for name in dict.fromkeys(named) if name not in known and name not in reserved]
    identity = entity.identity or ()
    in_keys = {name for key in entity.keys for name in key.fields}
    fields = [
        each
        for each in entity.fields
        if each.stored != table.type_attribute or each.name in in_keys
    ]
    unsaid = (_unsaid(name, optional=name not in identity) for name in added)
    return replace(entity, fields=(*fields, *unsaid))


def _unsaid(name: str, *, optional: bool) -> ir.Field:
    """A field of which nothing is said but that there is such an attribute."""
    return ir.Field(name, name, "any", ("S", "N"), optional, None, None, (), "")


def name_entity(entity: ir.Entity, table: ir.Table, class_name: str, modules: Names) -> EntityNames:
    """Names an entity's fields and keys, each once; `modules` are the names of the module."""
    named = EntityNames(entity, table, class_name)
    names, uses = names_of_fields(modules.taken), uses_of(entity, table)
    for each in entity.fields:
        named.fields[each.name] = names.give(field_name(each.name))
        known = type_of_field(each, uses.get(each.name, Use()))
        if known.choices and len(known.bare) > _LONGEST_CHOICES:
            alias = modules.give(class_name + pascal_case(each.name, "Field"))
            named.aliases[alias] = known.choices
            known = replace(known, bare=alias)
        named.types[each.name] = known
    for key in entity.keys:
        named.keys[key.index] = _key_name(key, named, names)
    return named


def _key_name(key: ir.Key, named: EntityNames, names: Names) -> str:
    if key.index == ir.PRIMARY:
        return "key"
    fields = [part.field for each in key.partition for part in each.parts]
    fields = fields or [part.field for each in key.sort for part in each.parts][:1]
    told = "_and_".join(named.fields[name].strip("_") for name in dict.fromkeys(fields))
    wanted = f"by_{told}" if told and len(told) < 40 else f"on_{snake_case(key.index, 'index')}"
    return names.give(wanted)


def class_lines(
    named: EntityNames, tables: TableNames, evidence: Mapping[str, Sequence[str]]
) -> Iterator[str]:
    """The class; `evidence` are remarks by key attribute, and of the whole entity by ''."""
    entity = named.entity
    options = [f"table={tables.table}"]
    if named.class_name != entity.name:
        options.append(f"name={quoted(entity.name)}")
    identity = _identity(named)
    if identity is not None:
        options.append(f"identity={identity}")
    yield from _alias_lines(named)
    yield from (comment(each) for each in evidence.get("", ()))
    yield from call(f"class {named.class_name}", ["Entity", *options], ":")
    yield f"    {docstring(entity.description or f'An item of {entity.name}.')}"
    yield ""
    for each in entity.fields:
        yield from _field_lines(each, named.fields[each.name], named.types[each.name])
    if entity.fields:
        yield ""
    for key in entity.keys:
        remarks = [line for each in key.templates for line in evidence.get(each.attribute, ())]
        yield from (comment(each, "    ") for each in remarks)
        index = tables.indexes[key.index]
        sides = [_side(templates, named) for templates in (key.partition, key.sort) if templates]
        yield from call(f"{named.keys[key.index]} = {index}.key", sides, indent="    ")


def _alias_lines(named: EntityNames) -> Iterator[str]:
    for alias, choices in named.aliases.items():
        yield f"{alias}: TypeAlias = {subscript('Literal', choices)}"
    if named.aliases:
        yield from ("", "")


def _identity(named: EntityNames) -> str | None:
    """The identity, where the design says it."""
    identity = named.entity.identity
    if not identity or named.no_fields:
        return None
    return tuple_of([quoted(named.fields[name]) for name in identity])


def _field_lines(declared: ir.Field, name: str, known: FieldType) -> Iterator[str]:
    if known.note:
        yield comment(known.note, "    ")
    options = [f"serialization_alias={quoted(declared.stored)}"] if name != declared.stored else []
    if known.may_be_absent and options:
        options = [f"default={known.default}", *options]
    default = f" = {known.default}" if known.may_be_absent else ""
    default = " = Field" if options else default
    absent = known.absent
    after = len(absent) + len(default) + 1
    shown = known.bare
    if known.marks:
        before = len(name) + 2 + after
        shown = subscript("Annotated", [known.bare, *known.marks], "    ", before)
    if "\n" in shown and absent:
        inner = subscript("Annotated", [known.bare, *known.marks], "        ", WIDTH)
        shown, absent = f"(\n        {inner}\n        | None\n    )", ""
    head = f"{name}: {shown}{absent}{default}"
    if options:
        yield from "\n".join(call(head, options, indent="    ")).split("\n")
    else:
        yield from f"    {head}".split("\n")


def _side(templates: Sequence[ir.Template], named: EntityNames) -> str:
    sources = [quoted(template_text(each, named.fields)) for each in templates]
    return sources[0] if len(sources) == 1 else tuple_of(sources)


def template_text(template: ir.Template, fields: Mapping[str, str]) -> str:
    """The template with the fields' names in Python."""
    text = _literal(template.literal)
    return text + "".join(f"{{{fields[p.field]}}}{_literal(p.after)}" for p in template.parts)


def _literal(text: str) -> str:
    return text.replace("{", "{{").replace("}", "}}")
