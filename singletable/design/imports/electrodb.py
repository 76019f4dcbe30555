"""Schemas of ElectroDB entities, as `JSON.stringify(entity.schema)` gives them; one, or a list.

The texts of keys are those that ElectroDB 3 writes; a test has it write them.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Any, Literal

from pydantic import Field

from singletable.codec.wire import is_list, is_mapping
from singletable.design.imports.reading import (
    Form,
    Note,
    Part,
    index,
    literal,
    note_unread,
)
from singletable.design.ir import JsonObject

_VARIABLE = re.compile(r"\$\{(\w+)\}")
_TYPES = {
    "string": "str",
    "number": "decimal",
    "boolean": "bool",
    "map": "map",
    "list": "list",
    "set": "set",
}
Casing = Literal["default", "lower", "upper", "none"]


class Identity(Part):
    entity: str
    service: str
    version: str


class Padding(Part):
    length: int
    char: str = "0"


class ElectroAttribute(Part):
    type: str | tuple[str | int, ...] = "any"
    field: str | None = None
    label: str | None = None
    required: bool = False
    padding: Padding | None = None


class Side(Part):
    field: str | None = None
    composite: tuple[str, ...] = ()
    facets: str | tuple[str, ...] = ()
    template: str | None = None
    casing: Casing = "default"
    cast: str | None = None

    @property
    def names(self) -> tuple[str, ...]:
        return self.composite or (self.facets if isinstance(self.facets, tuple) else ())

    @property
    def whole(self) -> str | None:
        """A text of its own, where the key has no text that ElectroDB makes."""
        return self.template or (self.facets if isinstance(self.facets, str) else None)


class AccessPattern(Part):
    index: str | None = None
    collection: str | tuple[str, ...] = ()
    type: str = "isolated"
    scope: str | None = None
    projection: str | tuple[str, ...] = "all"
    pk: Side
    sk: Side | None = None

    @property
    def collections(self) -> tuple[str, ...]:
        return (self.collection,) if isinstance(self.collection, str) else self.collection


class ElectroSchema(Part):
    model: Identity
    table: str | None = None
    attributes: dict[str, ElectroAttribute] = Field(default_factory=dict[str, ElectroAttribute])
    indexes: dict[str, AccessPattern]


class Schemas(Part):
    entities: tuple[ElectroSchema, ...]


def _fits(data: object) -> bool:
    several = data if is_list(data) else [data]
    return bool(several) and all(map(_is_schema, several))


def _is_schema(data: object) -> bool:
    if not is_mapping(data) or not is_mapping(data.get("indexes")):
        return False
    return is_mapping(data.get("model")) and "entity" in data["model"]


def _convert(data: Any, note: Note) -> JsonObject:
    parsed = Schemas.model_validate({"entities": data if isinstance(data, list) else [data]})
    note_unread(note, parsed)
    note("ElectroDB says no access patterns, and not what identifies an item")
    made = [_Entity(each) for each in parsed.entities]
    if any(each.casings - {"none"} for each in made):
        note("values that differ in case have one key text, as ElectroDB writes it in one case")
    if any(schema.table is None for schema in parsed.entities):
        note("a schema does not name its table: it is `table` here")
    tables = dict[str, JsonObject]()
    for each in made:
        each.add_to(tables)
    return {
        "singletable": 1,
        "tables": [
            {**table, "indexes": list(table["indexes"].values())} for table in tables.values()
        ],
        "entities": [each.entity() for each in made],
    }


class _Entity:
    def __init__(self, schema: ElectroSchema) -> None:
        self.schema = schema
        self.name = schema.model.entity
        self.table = schema.table or "table"
        self.attributes = schema.attributes
        self.casings: set[Casing] = {
            "none" if side.field is None or side.cast == "number" else side.casing
            for pattern in schema.indexes.values()
            for side in (pattern.pk, pattern.sk)
            if side is not None
        }

    def stored_name(self, name: str) -> str:
        known = self.attributes.get(name)
        return (known and known.field) or name

    def add_to(self, tables: dict[str, JsonObject]) -> None:
        """Adds the indexes that the entity has keys on, and its table if it is new."""
        for pattern in self.schema.indexes.values():
            sides = [self._key_attributes(each) for each in (pattern.pk, pattern.sk)]
            if pattern.index is None:
                sort = {"sort": sides[1]} if sides[1] else {}
                table = {"name": self.table, "partition": sides[0], **sort}
                table |= {"delimiter": "#", "type_attribute": "__edb_e__"}
                known = tables.setdefault(self.table, {**table, "indexes": {}})
                self._check(self.table, {**table, "indexes": 0}, {**known, "indexes": 0})
        if self.table not in tables:
            raise ValueError(f"{self.name} has no key on the table itself")
        indexes = tables[self.table]["indexes"]
        for pattern in self.schema.indexes.values():
            if pattern.index is None:
                continue
            sides = [self._key_attributes(each) for each in (pattern.pk, pattern.sk)]
            made = index(pattern.index, sides[0], sides[1] or None, self._projection(pattern))
            self._check(pattern.index, made, indexes.setdefault(pattern.index, made))

    def _check(self, name: str, mine: JsonObject, known: JsonObject) -> None:
        for part in ("partition", "sort", "projection"):
            if mine.get(part) != known.get(part):
                raise ValueError(f"{self.name} says another {part} of {name} than those before it")

    def _key_attributes(self, side: Side | None) -> list[JsonObject]:
        if side is None:
            return []
        if side.field is None:
            return [
                {"name": self.stored_name(each), "type": self._kind(each)} for each in side.names
            ]
        is_number = side.cast == "number"
        if side.field in map(self.stored_name, self.attributes) and side.cast is None:
            is_number = any(
                self._kind(name) == "N"
                for name in self.attributes
                if self.stored_name(name) == side.field
            )
        return [{"name": side.field, "type": "N" if is_number else "S"}]

    def _kind(self, name: str) -> str:
        return "N" if _type(self.attributes.get(name)) == "decimal" else "S"

    def _projection(self, pattern: AccessPattern) -> object:
        if isinstance(pattern.projection, tuple):
            return [self.stored_name(each) for each in pattern.projection]
        return pattern.projection.upper()

    def entity(self) -> JsonObject:
        keys = dict[str, str]()
        for pattern in self.schema.indexes.values():
            for name, text in self._templates(pattern):
                if keys.setdefault(name, text) != text:
                    raise ValueError(f"{self.name} makes {name} in two ways")
        primary = [each for each in self.schema.indexes.values() if each.index is None]
        needed = {
            name
            for pattern in primary
            for side in (pattern.pk, pattern.sk)
            if side is not None
            for name in (*side.names, *_VARIABLE.findall(side.whole or ""))
        }
        fields = {
            self.stored_name(name): self._field(each, is_needed=name in needed)
            for name, each in self.attributes.items()
        }
        known = {name: each for name, each in fields.items() if name not in keys}
        return {"name": self.name, "table": self.table, "keys": keys, "fields": known}

    def _field(self, attribute: ElectroAttribute, *, is_needed: bool) -> JsonObject:
        known: JsonObject = {"type": _type(attribute)}
        if attribute.padding is not None:
            known["format"] = {"min_bytes": attribute.padding.length, "ordered": True}
        elif known["type"] == "bool":
            known["format"] = {"members": ["false", "true"]}
        elif isinstance(attribute.type, tuple):
            known["format"] = {"members": [self._key_text(str(each)) for each in attribute.type]}
        return known | ({} if attribute.required or is_needed else {"optional": True})

    def _key_text(self, text: str) -> str:
        """The text of a value in keys; as it is where keys of several cases have it."""
        return _apply_casing(text, *self.casings) if len(self.casings) == 1 else text

    def _templates(self, pattern: AccessPattern) -> Iterator[tuple[str, str]]:
        if pattern.type == "composite":
            for side in (pattern.pk, pattern.sk):
                for name in side.names if side else ():
                    yield self.stored_name(name), f"{{{self.stored_name(name)}}}"
            return
        for side, text in (
            (pattern.pk, self._partition(pattern)),
            (pattern.sk, self._sort(pattern)),
        ):
            if side is not None and side.field is not None:
                yield side.field, text

    def _partition(self, pattern: AccessPattern) -> str:
        side, model = pattern.pk, self.schema.model
        if side.whole is not None:
            return self._custom(side)
        scope = f"_{pattern.scope}" if pattern.scope else ""
        alone = "" if pattern.sk is not None else f"${model.entity}_{model.version}"
        return self._compose(f"${model.service}{scope}{alone}", side, "")

    def _sort(self, pattern: AccessPattern) -> str:
        side, model = pattern.sk, self.schema.model
        if side is None:
            return ""
        if side.whole is not None:
            return self._custom(side)
        together = "#".join(pattern.collections)
        prefix = f"${together}" if together else ""
        own = f"{'#' if together else '$'}{model.entity}_{model.version}"
        is_clustered = pattern.type == "clustered"
        return self._compose(
            prefix if is_clustered else prefix + own, side, own if is_clustered else ""
        )

    def _compose(self, before: str, side: Side, after: str) -> str:
        def piece(name: str) -> str:
            known = self.attributes.get(name)
            label = (known and known.label) or name
            return f"{_text(f'#{label}_', side)}{{{self.stored_name(name)}}}"

        return _text(before, side) + "".join(map(piece, side.names)) + _text(after, side)

    def _custom(self, side: Side) -> str:
        texts: Sequence[str] = _VARIABLE.split(side.whole or "")
        return "".join(
            f"{{{self.stored_name(each)}}}" if at % 2 else _text(each, side)
            for at, each in enumerate(texts)
        )


def _text(text: str, side: Side) -> str:
    return literal(_apply_casing(text, side.casing))


def _apply_casing(text: str, casing: Casing) -> str:
    if casing == "none":
        return text
    return text.upper() if casing == "upper" else text.lower()


def _type(attribute: ElectroAttribute | None) -> str:
    if attribute is None or isinstance(attribute.type, tuple):
        return "str"
    return _TYPES.get(attribute.type, "any")


FORM = Form("an ElectroDB schema", _fits, _convert)
