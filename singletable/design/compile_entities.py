"""Compiles tables and entities to the intermediate representation. Knows no pattern."""

from __future__ import annotations

import ast
import inspect
from collections.abc import Iterator, Mapping
from functools import lru_cache
from pathlib import Path
from types import FunctionType

from pydantic import BaseModel, JsonValue
from pydantic_core import to_jsonable_python

from singletable.annotations import show_type
from singletable.codec.wire import AttributeValue
from singletable.design import ir
from singletable.design.examples import MOMENT, entity_example, examples_of
from singletable.design.wire_text import expression, jsonable
from singletable.errors.design import MissingExample
from singletable.errors.request import RequestError
from singletable.expressions import Binder, Condition
from singletable.formats import Format
from singletable.formats.choice import OneOf
from singletable.formats.shaped_text import Shaped
from singletable.operations.writes.unique_items import puts
from singletable.patterns import declarations_of
from singletable.schema import Attribute, CompiledKey, KeyPart, Schema
from singletable.schema.unique import Unique
from singletable.schema.vectors import vector_field
from singletable.table import (
    Acceptance,
    Capacity,
    Index,
    KeyAttribute,
    TableDefinition,
    VectorSearch,
)
from singletable.templates import Template

Item = Mapping[str, AttributeValue]


def compile_table(table: TableDefinition) -> ir.Table:
    """Compiles a table: its indexes, and the one TTL attribute of its entities."""
    declared = table.deployment
    expiring = (each.ttl.stored for each in entities_of(table) if each.ttl is not None)
    return ir.Table(
        name=table.name,
        indexes=tuple(map(_index, table.indexes)),
        delimiter=table.delimiter,
        type_attribute=table.type_attribute,
        known_by_key=table.knows_by_key,
        ttl_attribute=next(expiring, None),
        deployment=None if declared is None else ir.Deployment(**vars(declared)),
    )


def _capacity(declared: Capacity) -> ir.Capacity:
    return ir.Capacity(declared.units, declared.max_units, declared.warm_units)


def compile_acceptance(declared: Acceptance) -> ir.Acceptance:
    """Compiles an accepted finding, with the place where it is declared."""
    place = _place(declared.module, Path(declared.file), declared.line) if declared.file else None
    return ir.Acceptance(declared.rule, declared.subject, declared.because, place)


def entities_of(table: TableDefinition) -> list[Schema[BaseModel]]:
    """The entities in the order of their declaration, those of a module together."""
    schemas = list(declarations_of(table).entities.values())
    modules = list(dict.fromkeys(schema.model.__module__ for schema in schemas))
    return sorted(schemas, key=lambda schema: modules.index(schema.model.__module__))


def _index(index: Index) -> ir.Index:
    projection = index.projection
    return ir.Index(
        name=index.label,
        kind=index.kind,
        partition=tuple(map(_attribute, index.partition)),
        sort=tuple(map(_attribute, index.sort)),
        projection=ir.Projection(projection.kind, projection.names),
        capacity=_capacity(index.capacity),
        vector=None if index.vector is None else _vector(index.vector),
    )


def _vector(vector: VectorSearch) -> ir.VectorSearch:
    filters = tuple(map(_attribute, vector.filters))
    return ir.VectorSearch(vector.attribute, vector.dimensions, vector.distance, filters)


def _attribute(attribute: KeyAttribute) -> ir.KeyAttribute:
    return ir.KeyAttribute(attribute.name, attribute.type)


def compile_entity(schema: Schema[BaseModel], *, examples: bool = True) -> ir.Entity:
    """Compiles an entity, with example items on demand."""
    model = schema.model
    return ir.Entity(
        name=schema.name,
        table=schema.table.name,
        module=model.__module__,
        place=place_of(model),
        description=inspect.getdoc(model) or "",
        fields=tuple(_field(schema, field) for field in schema.attributes),
        keys=tuple(_key(schema, key) for key in schema.keys.values()),
        uniques=tuple(map(_unique, schema.uniques)),
        items=tuple(jsonable(item) for item in _items(schema)) if examples else (),
        identity=schema.stated_identity,
    )


def place_of(declared: object) -> ir.Place | None:
    """The place where a class or function is declared; None for what no file holds."""
    if isinstance(declared, FunctionType):
        code = declared.__code__
        return _place(declared.__module__, Path(code.co_filename), code.co_firstlineno)
    if not isinstance(declared, type):
        return None
    try:
        source = inspect.getsourcefile(declared)
        file = Path(source or "")
        line = _class_lines(file, file.stat().st_mtime_ns).get(declared.__qualname__)
    except (OSError, TypeError, ValueError):
        return None
    return None if line is None else _place(declared.__module__, file, line)


@lru_cache(maxsize=256)
def _class_lines(file: Path, _changed_at: int) -> dict[str, int]:
    """The first line of each class of a file by its qualified name; a file is parsed once."""
    found = dict[str, int]()

    def visit(node: ast.AST, within: str) -> None:
        for child in ast.iter_child_nodes(node):
            inner = within
            if isinstance(child, ast.ClassDef):
                first = min((each.lineno for each in child.decorator_list), default=child.lineno)
                found.setdefault(f"{within}{child.name}", first)
                inner = f"{within}{child.name}."
            elif isinstance(child, ast.FunctionDef | ast.AsyncFunctionDef):
                inner = f"{within}{child.name}.<locals>."
            visit(child, inner)

    visit(ast.parse(file.read_bytes()), "")
    return found


def _place(module: str, file: Path, line: int) -> ir.Place:
    """The path from the folder that the module is imported from: the same on every machine."""
    depth = module.count(".") + (2 if file.name == "__init__.py" else 1)
    return ir.Place("/".join(file.parts[-depth:]), line)


def _field(schema: Schema[BaseModel], field: str) -> ir.Field:
    attribute, info = schema.attribute(field), schema.model.model_fields[field]
    return ir.Field(
        name=field,
        stored=attribute.stored,
        type=show_type(attribute.annotation),
        attribute_types=tuple(sorted(attribute.coder.tags)),
        optional=not attribute.required,
        default=None if attribute.required else _default(info.get_default()),
        format=None if attribute.format is None else _format(attribute.format),
        roles=tuple(_roles(schema, attribute)),
        description=info.description or "",
    )


_ROLES: tuple[ir.Role, ...] = ("ttl", "version", "created", "updated", "in_key")


def _roles(schema: Schema[BaseModel], attribute: Attribute) -> Iterator[ir.Role]:
    for role in _ROLES:
        if attribute.in_key if role == "in_key" else schema.roles.get(role) == attribute.field:
            yield role


def _default(value: object) -> JsonValue:
    default: JsonValue = to_jsonable_python(value, fallback=repr)
    return default


def _format(known: Format) -> ir.Format:
    return ir.Format(
        name=known.name,
        alphabet=None if known.alphabet is None else "".join(sorted(known.alphabet)),
        min_bytes=known.min_bytes,
        max_bytes=known.max_bytes,
        fixed_width=known.fixed_width,
        ordered=known.ordered,
        chronological=known.chronological,
        takes_beginnings=known.takes_beginnings,
        members=tuple(text for text, _ in known.members) if isinstance(known, OneOf) else (),
        shape=known.shape.pattern if isinstance(known, Shaped) else None,
    )


def _key(schema: Schema[BaseModel], key: CompiledKey) -> ir.Key:
    shards, vector = key.shards, vector_field(schema.attributes, key.index)
    needed = (*key.fields, *filter(None, [vector]))
    return ir.Key(
        label=key.label,
        index=key.index.label,
        partition=tuple(map(_part, key.partition)),
        sort=tuple(map(_part, key.sort)),
        fields=key.fields,
        sparse=tuple(field for field in needed if schema.attribute(field).coder.absent is None),
        shards=None if shards is None else ir.Shards(shards.by, shards.count),
        when=None if key.when is None else _condition(key.when.shown),
    )


def _condition(shown: Condition) -> ir.Expression | None:
    binder = Binder()
    text = {"ConditionExpression": shown.text(binder)}
    return expression(text | binder.parameters(), "ConditionExpression")


def _part(part: KeyPart) -> ir.Template:
    return _template(part.template, part.attribute.name, natural=part.natural is not None)


def _template(template: Template, attribute: str, *, natural: bool = False) -> ir.Template:
    return ir.Template(
        attribute=attribute,
        source=template.source,
        literal=template.literal,
        parts=tuple(
            ir.Part(part.field, _format(part.format), part.after) for part in template.parts
        ),
        natural=natural,
    )


def _unique(unique: Unique) -> ir.Unique:
    attribute = unique.table.primary_index.attribute_names[0]
    template = _template(unique.template, attribute)
    return ir.Unique(unique.label, unique.field, unique.scope, template)


def _items(schema: Schema[BaseModel]) -> list[Item]:
    """One item, and a second one where the entity's author gave second examples of its key."""
    variants = [0]
    if any(len(examples_of(schema, field)) > 1 for field in schema.primary.fields):
        variants.append(1)
    return [item for variant in variants for item in _example_items(schema, variant)]


def _example_items(schema: Schema[BaseModel], variant: int) -> Iterator[Item]:
    """The item as a first write leaves it, then its unique items."""
    entity = entity_example(schema, variant)
    stamps = [schema.roles.get("created"), schema.roles.get("updated")]
    unset = [field for field in stamps if field and getattr(entity, field) is None]
    entity = entity.model_copy(update=dict.fromkeys(unset, MOMENT))
    try:
        item = schema.encode(entity)
    except RequestError as error:
        raise MissingExample(
            where=schema.name,
            declared=f"its example cannot be stored: {error}",
            allowed="`Field(examples=[...])` of its fields",
        ) from None
    yield item
    for action in puts(schema, schema.values(entity), item):
        yield action.parameters["Item"]
