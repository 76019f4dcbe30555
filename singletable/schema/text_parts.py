"""Encodes parts of texts and of bytes, by which conditions search, as a whole value is stored."""

from __future__ import annotations

from typing import Final, cast

from singletable.annotations import accepts_symbol
from singletable.codec import AttributeValue, Coder, compile_coder
from singletable.errors.request import InvalidItem
from singletable.formats import Text
from singletable.schema.attribute import Attribute
from singletable.tracing import Symbol

TEXT: Final[Coder] = compile_coder(str, "text")
"""Any text, but for half of a surrogate pair, which is an `UnstorableValue`."""


def encode_part(
    attribute: Attribute, metadata: tuple[object, ...], part: object, *, is_beginning: bool
) -> AttributeValue | None:
    """The wire form of a part; None for what is no part of the attribute's values."""
    tags = attribute.coder.tags
    if isinstance(part, Symbol):
        return {"S": repr(part)} if accepts_symbol(str, part.annotation) else None
    if isinstance(part, str) and "S" in tags:
        return TEXT.encode(_as_stored(attribute, metadata, str.__str__(part), is_beginning))
    return {"B": part} if isinstance(part, bytes) and "B" in tags else None


def _as_stored(
    attribute: Attribute, metadata: tuple[object, ...], part: str, is_beginning: bool
) -> str:
    """The part as it would stand in a whole value, which is folded where the type says so."""
    for rule in metadata:
        if isinstance(rule, Text):
            part = rule.normalise_part(part, is_beginning=is_beginning)
        if getattr(rule, "to_lower", False):
            part = part.lower()
        if getattr(rule, "to_upper", False):
            part = part.upper()
    try:
        whole = attribute.validate(part)
    except InvalidItem:
        return part
    is_same = type(whole) is str and whole.casefold() == part.casefold()
    return cast(str, whole) if is_same else part
