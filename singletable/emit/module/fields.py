"""Fields of entities: their Python types, as far as the design says them."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from singletable.design import ir
from singletable.emit.module.layout import quoted
from singletable.languages.characters import ANY, characters
from singletable.languages.expressions import text_of
from singletable.languages.language import Language, shared_text
from singletable.languages.pattern import compile_pattern

_TYPES: Mapping[tuple[str, ...], str] = {
    ("S",): "str",
    ("N",): "Decimal",
    ("B",): "bytes",
    ("BOOL",): "bool",
    ("L",): "list[object]",
    ("M",): "dict[str, object]",
    ("SS",): "frozenset[str]",
    ("NS",): "frozenset[Decimal]",
    ("BS",): "frozenset[bytes]",
}
_SAID = {"int": "int", "float": "float", "datetime": "datetime", "date": "date"}
_WHOLE = "is taken for whole numbers, as its text stands in keys"
_UNWRITTEN = "is a moment, and nothing says how it is written in keys: str"
_IN_TEXT = {
    "str": "",
    "int": "",
    "float": _WHOLE,
    "Decimal": _WHOLE,
    "datetime": _UNWRITTEN,
    "date": _UNWRITTEN,
    "object": "is taken for text, as it is in keys",
}
"""What is told of a type in key text."""
_TEXT = ("S",)
_SIGNS = frozenset("0123456789")


@dataclass(frozen=True)
class Use:
    """Where a field stands: its formats in key text, the types of attributes that it is alone, and
    whether it is in the primary key, or a TTL."""

    formats: tuple[ir.Format, ...] = ()
    alone: tuple[ir.AttributeType, ...] = ()
    in_primary: bool = False
    is_ttl: bool = False


@dataclass(frozen=True)
class FieldType:
    """A Python type, its marks in `Annotated`, whether it may be absent, and what is to be told."""

    bare: str
    marks: tuple[str, ...] = ()
    may_be_absent: bool = False
    note: str = ""
    choices: tuple[str, ...] = ()

    @property
    def absent(self) -> str:
        """What the type has behind it, where a value may be absent."""
        has_none = self.bare == "object" or self.is_set
        return " | None" if self.may_be_absent and not has_none else ""

    @property
    def is_set(self) -> bool:
        """Whether it is a set, of which the empty one is stored as no attribute."""
        return self.bare.startswith("frozenset[")

    @property
    def default(self) -> str:
        """The value of what is absent."""
        return "frozenset()" if self.is_set else "None"

    def value(self, text: str) -> str | None:
        """The literal of a constant's text; None where it is none of this type."""
        if self.bare == "str" or self.choices:
            return quoted(text)
        if self.bare == "bool" and text in ("true", "false"):
            return text.title()
        if self.bare == "int" and re.fullmatch("-?(0|[1-9][0-9]*)", text):
            return text
        is_number = self.bare == "Decimal" and re.fullmatch(r"-?[0-9]+(\.[0-9]+)?", text)
        return f"Decimal({quoted(text)})" if is_number else None


def type_of_field(field: ir.Field, use: Use) -> FieldType:
    """The type of a field, by what is said of it and where it stands in keys."""
    in_key = ("IN_KEY",) if "in_key" in field.roles else ()
    if use.is_ttl and "N" in field.attribute_types:
        return FieldType("datetime", ("TTL",), may_be_absent=field.optional)
    bare, marks, note = _bare(field, use)
    may_be_absent = field.optional and not use.in_primary
    if field.optional and use.in_primary:
        note = note or f"{field.name} may be absent, as it is said, and is in the primary key"
    choices = tuple(map(quoted, use.formats[0].members)) if bare.startswith("Literal[") else ()
    return FieldType(bare, (*marks, *in_key), may_be_absent, note, choices)


def _bare(field: ir.Field, use: Use) -> tuple[str, tuple[str, ...], str]:
    types = field.attribute_types
    if types == _TEXT and use.alone and "S" not in use.alone:
        types = use.alone[:1]  # nothing was said of it but where it stands
    plain = _SAID.get(field.type) or _TYPES.get(types, "object")
    if not use.formats or plain not in _IN_TEXT:
        return plain, (), ""
    known, note = use.formats[0], _IN_TEXT[plain]
    told = f"{field.name} {note}" if note else ""
    if plain in ("int", "float", "Decimal"):
        return "int", (_number_format(known),), told
    if plain == "str" and known.members:
        return f"Literal[{', '.join(map(quoted, known.members))}]", (), ""
    return "str", _text_formats(known), told


def _number_format(known: ir.Format) -> str:
    width = known.max_bytes
    is_padded = known.alphabet is not None and _SIGNS.issuperset(known.alphabet)
    if is_padded and known.ordered and width and known.min_bytes == width:
        return f"integer(0, {10**width - 1})"
    return "printed()"


def _text_formats(known: ir.Format) -> tuple[str, ...]:
    expression = _expression(known)
    if expression == ".+":
        return ("text(delimiter=True)",)
    if expression is None:
        return () if known.max_bytes is None else (f"text(max_bytes={known.max_bytes})",)
    example = example_text(known)
    if example is None:
        return ()
    return (f"shaped({quoted(expression)}, example={quoted(example)})",)


def _expression(known: ir.Format) -> str | None:
    if known.shape is not None or known.alphabet is None:
        return known.shape
    low, high = max(known.min_bytes, 1), known.max_bytes
    signs = "".join(f"\\{each}" if each in "\\]^-[" else each for each in known.alphabet)
    count = f"{low}" if low == high else f"{low},{'' if high is None else high}"
    return f"[{signs}]{{{count}}}"


def example_text(known: ir.Format) -> str | None:
    """The shortest text of a format with a shape or an alphabet; None where it is not regular, or
    has none."""
    try:
        automaton = compile_pattern(_expression(known) or ".+")
    except ValueError:
        return None
    allowed = ANY if known.alphabet is None else ANY & characters(known.alphabet)
    bounds = text_of(allowed, max(known.min_bytes, 1), known.max_bytes)
    return shared_text(Language(lambda: [automaton]), Language(lambda: [bounds]))


def uses_of(entity: ir.Entity, table: ir.Table) -> dict[str, Use]:
    """Where each field of an entity stands in its keys."""
    found = dict[str, Use]()
    kinds = table.key_attributes
    for key in entity.keys:
        for template in key.templates:
            kind = kinds[template.attribute].type
            for part in template.parts:
                known = found.get(part.field, Use())
                is_alone = kind != "S" or (is_natural(entity, template) and kind == "S")
                found[part.field] = Use(
                    known.formats if kind != "S" else (*known.formats, part.format),
                    (*known.alone, kind) if is_alone else known.alone,
                    known.in_primary or key.index == ir.PRIMARY,
                )
    for field in entity.fields:
        if field.stored == table.ttl_attribute:
            known = found.get(field.name, Use())
            found[field.name] = Use(known.formats, known.alone, known.in_primary, is_ttl=True)
    return found


def is_natural(entity: ir.Entity, template: ir.Template) -> bool:
    """Whether a key attribute is a field itself: it has its name, and is nothing else."""
    stored = {each.name: each.stored for each in entity.fields}
    return bool(
        len(template.parts) == 1
        and not template.literal
        and not template.parts[0].after
        and stored.get(template.parts[0].field) == template.attribute
    )
