"""Holds the key text of a stored item against the item's fields.

A contradiction would make writes of what was read go to another item: they render the key anew.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TypeAlias

from pydantic import BaseModel

from singletable.codec import AttributeValue, same_value
from singletable.errors.request import InvalidKeyValue
from singletable.schema.attribute import Attribute
from singletable.schema.key import CompiledKey, KeyPart

Item = Mapping[str, AttributeValue]
KeyCheck: TypeAlias = Callable[[Item, BaseModel], str]
"""Gives the contradiction as text; empty if there is none."""

_Literal: TypeAlias = tuple[str, AttributeValue]
_Pieces: TypeAlias = tuple[str, str, tuple[tuple[str, str], ...]]


def build_key_check(key: CompiledKey, attributes: Mapping[str, Attribute]) -> KeyCheck:
    """Builds the check of one key.

    Most fields are stored as the text that stands in the key: comparing stored texts takes a
    fraction of the time of rendering, which decides where they differ.
    """
    templates = [part for part in key.parts if part.natural is None]
    literals = tuple(_literal(part) for part in templates if not part.fields)
    composed = tuple(_pieces(part, attributes) for part in templates if part.fields)

    def check(item: Item, entity: BaseModel) -> str:
        try:
            for name, value in literals:
                if item[name] != value:
                    return _find_contradiction(key, item, entity)
            for name, literal, pieces in composed:
                text = literal
                for stored, after in pieces:
                    text += item[stored]["S"] + after
                if item[name]["S"] != text:
                    return _find_contradiction(key, item, entity)
        except (KeyError, TypeError):
            return _find_contradiction(key, item, entity)
        return ""

    return check


def _literal(part: KeyPart) -> _Literal:
    return part.attribute.name, {"S": part.template.literal}


def _pieces(part: KeyPart, attributes: Mapping[str, Attribute]) -> _Pieces:
    """The key attribute, its leading literal, and the stored names and literals that follow."""
    pieces = (
        (attributes[each.field].stored if each.field in attributes else each.field, each.after)
        for each in part.template.parts
    )
    return part.attribute.name, part.template.literal, tuple(pieces)


def _find_contradiction(key: CompiledKey, item: Item, entity: BaseModel) -> str:
    try:
        rendered = key.render(vars(entity))
    except InvalidKeyValue as error:
        return f"its fields make no key: {error}"
    return "; ".join(
        f"its {name} is {_content(item[name])!r}, and its fields make {_content(value)!r}"
        for name, value in rendered.items()
        if name in item and not same_value(item[name], value)
    )


def _content(value: AttributeValue) -> object:
    return next(iter(value.values()))
