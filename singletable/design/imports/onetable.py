"""Schemas of OneTable (dynamodb-onetable); some models of Workbench have one as `ModelSchema`."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from pydantic import ConfigDict, Field, JsonValue
from pydantic.alias_generators import to_camel

from singletable.codec.wire import is_mapping
from singletable.design.imports.reading import (
    Form,
    Note,
    Part,
    index,
    literal,
    note_unread,
)
from singletable.design.ir import JsonObject

_VARIABLE = re.compile(r"\$\{(.*?)\}")
_BRACES = re.compile(r"(?<!\$)\{(\w+)\}")
_TYPES = {
    "string": "str",
    "number": "decimal",
    "boolean": "bool",
    "array": "list",
    "object": "map",
    "set": "set",
    "buffer": "bytes",
    "arraybuffer": "bytes",
    "binary": "bytes",
}


class OneIndex(Part):
    hash: str | None = None
    sort: str | None = None
    type: str | None = None
    project: str | tuple[str, ...] | None = None
    projection: str | tuple[str, ...] | None = None


class OneField(Part):
    model_config = ConfigDict(alias_generator=to_camel)

    type: str = "string"
    value: str | bool | None = None
    required: bool = False
    enum: tuple[str, ...] = ()
    map: str | None = None
    ttl: bool = False
    iso_dates: bool | None = None


class Parameters(Part):
    model_config = ConfigDict(alias_generator=to_camel)

    type_field: str = "_type"
    separator: str = "#"
    iso_dates: bool = False


class OneSchema(Part):
    indexes: dict[str, OneIndex] = Field(default_factory=dict[str, OneIndex])
    models: dict[str, dict[str, OneField]]
    params: Parameters = Parameters()
    data: tuple[dict[str, JsonValue], ...] = ()


Attributes = Mapping[str, Sequence[str]]
"""The key attributes of each index; the table's own comes first."""


def _fits(data: object) -> bool:
    if not is_mapping(data) or not is_mapping(data.get("models")):
        return False
    indexes = data.get("indexes")
    return is_mapping(indexes) and is_mapping(indexes.get("primary"))


def _convert(data: Any, note: Note) -> JsonObject:
    schema = OneSchema.model_validate(data)
    note_unread(note, schema)
    note("OneTable says no access patterns, and not what identifies an item")
    primary = schema.indexes["primary"]
    if primary.hash is None:
        raise ValueError("indexes.primary has no hash")
    kinds = {
        stored: _key_type(field, schema.params)
        for fields in schema.models.values()
        for stored, field in _by_attribute(fields).items()
    }

    def key(name: str | None) -> object:
        return None if name is None else {"name": name, "type": kinds.get(name, "S")}

    made, attributes = list[JsonObject](), {"primary": _names(primary.hash, primary.sort)}
    for name, each in schema.indexes.items():
        if name == "primary":
            continue
        is_local = each.type == "local" or each.hash is None
        partition = each.hash or primary.hash
        projection = _projection(each.project or each.projection)
        made.append(index(name, key(partition), key(each.sort), projection))
        made[-1]["kind"] = "local" if is_local else "global"
        attributes[name] = _names(partition, each.sort)
    sort = {} if primary.sort is None else {"sort": key(primary.sort)}
    expires = [
        stored
        for fields in schema.models.values()
        for stored, field in _by_attribute(fields).items()
        if field.ttl
    ]
    table: JsonObject = {
        "name": str((schema.model_extra or {}).get("name") or "table"),
        "partition": key(primary.hash),
        **sort,
        "indexes": made,
        "delimiter": schema.params.separator,
        "type_attribute": schema.params.type_field,
        "ttl_attribute": expires[0] if expires else None,
        "items": [{name: _wire(value) for name, value in each.items()} for each in schema.data],
    }
    entities = list(entities_of(schema, attributes, note, type_field=schema.params.type_field))
    return {"singletable": 1, "tables": [table], "entities": entities}


def entities_of(
    schema: OneSchema, attributes: Attributes, note: Note, *, type_field: str | None = None
) -> Iterator[JsonObject]:
    """An entity for each model; their keys on the indexes whose attributes are given."""
    models = {
        name: fields for name, fields in schema.models.items() if not name.startswith(("_", "~"))
    }
    if len(models) < len(schema.models):
        note(f"not entities: {', '.join(schema.models.keys() - models.keys())}")
    untyped = [
        f"{name}.{each}"
        for name, fields in models.items()
        for each, field in fields.items()
        if "type" not in field.model_fields_set
    ]
    if untyped:
        note(f"taken for text, as they have no type: {', '.join(untyped)}")
    made = [_Model(name, fields, schema.params, note) for name, fields in models.items()]
    yield from (each.entity(attributes, type_field, is_alone=len(made) == 1) for each in made)
    unsaid = [f"{each.name} ({', '.join(each.unsaid)})" for each in made if each.unsaid]
    if unsaid:
        note(f"keys without value templates, and so not said: {', '.join(unsaid)}")


class _Model:
    def __init__(
        self, name: str, fields: Mapping[str, OneField], params: Parameters, note: Note
    ) -> None:
        self.name, self.params, self.note = name, params, note
        self.fields = _by_attribute(fields)
        self.padded, self.unsaid = dict[str, int](), list[str]()

    def entity(
        self, attributes: Attributes, type_field: str | None, *, is_alone: bool
    ) -> JsonObject:
        primary, *_ = attributes.values()
        keyed = dict.fromkeys(each for names in attributes.values() for each in names)
        keys = {each: text for each in keyed if (text := self._template(each, type_field))}
        given = [each for each in primary if each not in keys or keys[each] == f"{{{each}}}"]
        if given and not (is_alone and set(primary) <= keys.keys()):
            self.unsaid = given
            keys = {}
        in_primary = set(_VARIABLE.findall("".join(self._value(each) for each in primary)))
        needed = {each.partition(":")[0] for each in in_primary} | set(primary)
        fields = {
            each: self._field(each, field, is_needed=each in needed)
            for each, field in self.fields.items()
            if not isinstance(field.value, str) or each not in keyed
        }
        return {"name": self.name, "keys": keys, "fields": fields}

    def _value(self, attribute: str) -> str:
        field = self.fields.get(attribute)
        return field.value if field and isinstance(field.value, str) else ""

    def _template(self, attribute: str, type_field: str | None) -> str:
        """The template of a key attribute; empty where the model has it not."""
        if attribute == type_field:
            return literal(self.name)
        field = self.fields.get(attribute)
        if field is None:
            return ""
        if field.value is True:
            self.note(f"{self.name}.{attribute}: a function of the program makes it")
            return ""
        if not isinstance(field.value, str):
            return f"{{{attribute}}}"
        for found in _BRACES.findall(field.value):
            self.note(f"{self.name}.{attribute}: {{{found}}} has no $, and is text as it stands")
        return self._expand(field.value, (attribute,))

    def _expand(self, value: str, within: Sequence[str]) -> str:
        """A value template with braces alone; attributes that have one themselves are replaced."""
        texts = _VARIABLE.split(value)
        made = [literal(each) for each in texts]
        for at in range(1, len(texts), 2):
            name = self._variable(texts[at])
            inner = self._value(name)
            if name in within:
                raise ValueError(f"{self.name}.{name} has itself in its value")
            made[at] = self._expand(inner, (*within, name)) if inner else f"{{{name}}}"
        return "".join(made)

    def _variable(self, text: str) -> str:
        """The name in `name:length:pad`; a number that is padded sorts as numbers do."""
        name, _, more = text.partition(":")
        length = more.partition(":")[0]
        if length.isdecimal():
            self.padded[name] = int(length)
        return name

    def _field(self, name: str, field: OneField, *, is_needed: bool) -> JsonObject:
        known: JsonObject = {"type": _type(field, self.params)}
        if name in self.padded:
            known["format"] = {"min_bytes": max(self.padded[name], 1), "ordered": True}
        elif field.enum:
            known["format"] = {"members": list(field.enum)}
        is_made = isinstance(field.value, str)
        return known | ({} if field.required or is_needed or is_made else {"optional": True})


def _by_attribute(fields: Mapping[str, OneField]) -> dict[str, OneField]:
    """The fields by the attributes that they are stored as."""
    return {field.map or name: field for name, field in fields.items()}


def _type(field: OneField, params: Parameters) -> str:
    kind = field.type.lower()
    if kind == "date":
        return "datetime" if params.iso_dates or field.iso_dates else "int"
    return _TYPES.get(kind, "any")


def _key_type(field: OneField, params: Parameters) -> str:
    if isinstance(field.value, str):
        return "S"
    return {"decimal": "N", "int": "N", "bytes": "B"}.get(_type(field, params), "S")


def _wire(value: JsonValue) -> JsonObject:
    """A value of an item, as OneTable's file has it, in DynamoDB's JSON."""
    if isinstance(value, bool):
        return {"BOOL": value}
    if isinstance(value, str):
        return {"S": value}
    if isinstance(value, int | float):
        return {"N": str(value)}
    if isinstance(value, list):
        return {"L": [_wire(each) for each in value]}
    if isinstance(value, dict):
        return {"M": {name: _wire(each) for name, each in value.items()}}
    return {"NULL": True}


def _names(*names: str | None) -> list[str]:
    return [each for each in names if each is not None]


def _projection(project: str | tuple[str, ...] | None) -> object:
    if isinstance(project, tuple):
        return list(project)
    return "KEYS_ONLY" if (project or "all").lower() in ("keys", "keys_only") else "ALL"


FORM = Form("a OneTable schema", _fits, _convert)
