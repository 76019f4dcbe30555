"""Holds the key text of a stored item against the item's fields.

Where the primary key contradicts them, writes of what was read would go to another item: they
render the key anew. Where an index key does, a query finds what it was not asked for.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping
from typing import TypeAlias

from pydantic import BaseModel

from singletable.codec import AttributeValue, is_attribute_value, same_value
from singletable.errors.request import InvalidKeyValue
from singletable.schema.attribute import Attribute
from singletable.schema.key import CompiledKey, KeyPart
from singletable.table import SHARD

Item = Mapping[str, AttributeValue]
KeyCheck: TypeAlias = Callable[[Item, BaseModel], str]
"""Gives the contradiction as text; empty if there is none."""

_Literal: TypeAlias = tuple[str, AttributeValue]
_Identity: TypeAlias = tuple[tuple[str, str, Callable[[object], AttributeValue | None]], ...]
_Composed: TypeAlias = tuple[str, str, tuple[tuple[str, str], ...]]


def build_key_check(key: CompiledKey, attributes: Mapping[str, Attribute]) -> KeyCheck:
    """Builds the check of one key.

    Most fields are stored as the text that stands in the key: comparing stored texts takes a
    fraction of the time of rendering, which decides where they differ. Any shard of an index will
    do: it is read whichever it is, and of another number of shards it was another.

    A primary key is also held against what the fields of its stored texts are read as: a validator
    or an upgrade may read another identity, and writes would go to that one's item.
    """
    literals, composed = _texts(key, attributes)
    identity, copies = _identity(key, attributes), _copies(key, attributes)

    def check(item: Item, entity: BaseModel) -> str:
        try:
            for name, value in literals:
                if item[name] != value:
                    return _find_contradiction(key, item, entity)
            for name, literal, pieces in composed:
                text = literal
                found = item[name]["S"]
                for stored, after in pieces:
                    text += (item[stored]["S"] if stored else _shard(key, found, text)) + after
                if found != text:
                    return _find_contradiction(key, item, entity)
            is_same = _is_read_as_stored(identity, item, entity) and _is_copied(copies, item)
        except (KeyError, TypeError):
            is_same = False
        return "" if is_same else _find_contradiction(key, item, entity)

    return check


def build_index_key_check(key: CompiledKey, attributes: Mapping[str, Attribute]) -> KeyCheck:
    """Builds the check of a key of an index, and of the condition of being in it."""
    check, when = build_key_check(key, attributes), key.when
    if when is None:
        return check

    def check_with_condition(item: Item, entity: BaseModel) -> str:
        if _has_whole_key(key, item) and not when.holds_of(item) and not when.holds(vars(entity)):
            return left_over(key)
        return check(item, entity)

    return check_with_condition


def left_over(key: CompiledKey) -> str:
    """Says that an item is in an index against the condition of the key."""
    return f"it is in {key.index.label}, but not as when=... of {key.label} says"


def _has_whole_key(key: CompiledKey, item: Item) -> bool:
    return all(part.attribute.name in item for part in key.parts)


def _texts(
    key: CompiledKey, attributes: Mapping[str, Attribute]
) -> tuple[tuple[_Literal, ...], tuple[_Composed, ...]]:
    """The key attributes that are literal text, and those that are made of fields."""
    is_free = key.index.kind != "primary"
    templates = [part for part in key.parts if part.natural is None and part.copied is None]
    literals = tuple(_literal(part) for part in templates if not part.fields)
    composed = tuple(_composed(part, attributes, is_free) for part in templates if part.fields)
    return literals, composed


def _literal(part: KeyPart) -> _Literal:
    return part.attribute.name, {"S": part.template.literal}


def _composed(part: KeyPart, attributes: Mapping[str, Attribute], is_free: bool) -> _Composed:
    """The key attribute, its leading literal, and the stored names and literals that follow.

    The empty name stands for a shard that is free; one that is not has no attribute.
    """
    names = {each.field: each.field for each in part.template.parts}
    names |= {field: attributes[field].stored for field in names if field in attributes}
    if is_free and SHARD in names:
        names[SHARD] = ""
    pieces = ((names[each.field], each.after) for each in part.template.parts)
    return part.attribute.name, part.template.literal, tuple(pieces)


def _copies(key: CompiledKey, attributes: Mapping[str, Attribute]) -> tuple[tuple[str, str], ...]:
    """The key attributes that have a field's number or bytes once more, and the fields'."""
    return tuple(
        (part.attribute.name, attributes[part.fields[0]].stored)
        for part in key.parts
        if part.copied is not None
    )


def _is_copied(copies: tuple[tuple[str, str], ...], item: Item) -> bool:
    return not copies or all(item[name] == item[stored] for name, stored in copies)


def _identity(key: CompiledKey, attributes: Mapping[str, Attribute]) -> _Identity:
    """The fields of a primary key, how they are stored, and what encodes them."""
    if key.index.kind != "primary":
        return ()
    fields = [field for field in key.fields if field in attributes]
    return tuple((field, attributes[field].stored, attributes[field].encode) for field in fields)


def _is_read_as_stored(identity: _Identity, item: Item, entity: BaseModel) -> bool:
    """Whether the fields are stored as the entity itself would store them."""
    for field, stored, encode in identity:
        value = getattr(entity, field)
        if value != item[stored]["S"] and encode(value) != item[stored]:
            return False
    return True


def _find_contradiction(key: CompiledKey, item: Item, entity: BaseModel) -> str:
    if not any(part.attribute.name in item for part in key.parts):
        return ""
    try:
        rendered = key.render({**vars(entity), **_free_shard(key, item)})
    except InvalidKeyValue as error:
        return f"its fields make no key: {error}"
    return "; ".join(
        f"its {name} is {_content(item[name])!r}, and its fields make {_content(value)!r}"
        for name, value in rendered.items()
        if name in item and not same_value(item[name], value)
    )


def _shard(key: CompiledKey, text: str, before: str) -> str:
    """The text of the shard in a key text, after what stands before it."""
    start, count = len(before), key.shards.count if key.shards else 1
    return text[start : start + len(str(count - 1))]


def _free_shard(key: CompiledKey, item: Item) -> dict[str, object]:
    """The shard that an item is in, if it may be in any."""
    if key.shards is None or key.index.kind == "primary":
        return {}
    for part in key.partition:
        if SHARD in part.fields:
            try:
                return {SHARD: part.template.parse(item[part.attribute.name]["S"])[SHARD]}
            except (KeyError, TypeError, ValueError):
                return {}
    return {}


def fields_in_keys(
    keys: Iterable[CompiledKey], item: Item, lacking: Collection[str]
) -> dict[str, object]:
    """The values of fields that no attribute has, from the key text where they stand in it."""
    found = dict[str, object]()
    for part in (part for key in keys for part in key.made):
        wanted = [field for field in part.told_fields if field in lacking and field not in found]
        parsed = part.find(item.get(part.attribute.name)) if wanted else None
        if parsed is not None:
            found |= {field: parsed[field] for field in wanted}
    return found


def _content(value: object) -> object:
    """The content of a key attribute, or what is malformed as it is."""
    return next(iter(value.values())) if is_attribute_value(value) else value
