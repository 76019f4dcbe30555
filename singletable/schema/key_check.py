"""Holds the key text of a stored item against the item's fields.

Where the primary key contradicts them, writes of what was read would go to another item: they
render the key anew. Where an index key does, a query finds what it was not asked for.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from typing import Any, NamedTuple, TypeAlias

from pydantic import BaseModel

from singletable.codec import AttributeValue, is_attribute_value, same_value
from singletable.errors.request import InvalidKeyValue
from singletable.schema.attribute import Attribute
from singletable.schema.key import CompiledKey, KeyPart
from singletable.table import SHARD

Item = Mapping[str, AttributeValue]

Encode: TypeAlias = Callable[[object], AttributeValue | None]


class Composed(NamedTuple):
    """A key attribute made of fields: its leading literal, then the stored names and the literals
    that follow.

    The empty name stands for a shard that is free, of `shard_width` characters; one that is not has
    no attribute.
    """

    name: str
    literal: str
    pieces: tuple[tuple[str, str], ...]
    shard_width: int = 0


class KeyTexts(NamedTuple):
    """What the stored attributes of an item say of its key, where nothing contradicts.

    `literals`: key attributes and what they are. `copies`: those that have a field's number or
    bytes once more, and the fields'. `conditions`: that the item is in an index. `identity`: the
    fields that have to be read as they are stored, with their stored names.
    """

    literals: tuple[tuple[str, AttributeValue], ...] = ()
    composed: tuple[Composed, ...] = ()
    copies: tuple[tuple[str, str], ...] = ()
    identity: tuple[tuple[str, str, Encode], ...] = ()
    conditions: tuple[Callable[[Item], bool], ...] = ()

    def beside(self, other: KeyTexts) -> KeyTexts:
        """Those of two keys."""
        both: Any = zip(self, other, strict=True)
        return KeyTexts(*[(*one, *another) for one, another in both])

    @property
    def stored_names(self) -> set[str]:
        """The attributes of fields that are compared as texts."""
        pieces = {stored for each in self.composed for stored, _ in each.pieces if stored}
        return pieces | {stored for _, stored, _ in self.identity}


class KeyCheck(NamedTuple):
    """The check of one key.

    Most fields are stored as the text that stands in the key: comparing stored texts takes a
    fraction of the time of rendering, which decides where they differ. Any shard of an index will
    do: it is read whichever it is, and of another number of shards it was another.

    A primary key is also held against what the fields of its stored texts are read as: a validator
    or an upgrade may read another identity, and writes would go to that one's item.
    """

    key: CompiledKey
    texts: KeyTexts

    def contradiction(self, item: Item, entity: BaseModel) -> str:
        """The contradiction as text; empty if there is none."""
        if self._is_left_over(item, entity):
            return left_over(self.key)
        return "" if self._is_told(item, entity) else _find_contradiction(self.key, item, entity)

    def _is_left_over(self, item: Item, entity: BaseModel) -> bool:
        """Whether it is in an index against the condition of the key."""
        if all(holds(item) for holds in self.texts.conditions) or not _has_whole_key(
            self.key, item
        ):
            return False
        return self.key.when is not None and not self.key.when.holds(vars(entity))

    def _is_told(self, item: Item, entity: BaseModel) -> bool:
        texts = self.texts
        try:
            for name, value in texts.literals:
                if item[name] != value:
                    return False
            for name, literal, pieces, width in texts.composed:
                text = literal
                found = item[name]["S"]
                for stored, after in pieces:
                    shard = found[len(text) : len(text) + width]
                    text += (item[stored]["S"] if stored else shard) + after
                if found != text:
                    return False
            is_same = _is_read_as_stored(texts.identity, item, entity)
            return is_same and all(item[name] == item[stored] for name, stored in texts.copies)
        except (KeyError, TypeError):
            return False


def build_key_check(key: CompiledKey, attributes: Mapping[str, Attribute]) -> KeyCheck:
    """Builds the check of a key; of one of an index with the condition of being in it."""
    is_free = key.index.kind != "primary"
    templates = [part for part in key.parts if part.natural is None and part.copied is None]
    texts = KeyTexts(
        literals=tuple(
            (part.attribute.name, {"S": part.template.literal})
            for part in templates
            if not part.fields
        ),
        composed=tuple(
            _composed(key, part, attributes, is_free) for part in templates if part.fields
        ),
        copies=tuple(
            (part.attribute.name, attributes[part.fields[0]].stored)
            for part in key.parts
            if part.copied is not None
        ),
        identity=() if is_free else tuple(_identity(key, attributes)),
        conditions=() if key.when is None or not is_free else (key.when.holds_of,),
    )
    return KeyCheck(key, texts)


def left_over(key: CompiledKey) -> str:
    """Says that an item is in an index against the condition of the key."""
    return f"it is in {key.index.label}, but not as when=... of {key.label} says"


def _has_whole_key(key: CompiledKey, item: Item) -> bool:
    return all(part.attribute.name in item for part in key.parts)


def _composed(
    key: CompiledKey, part: KeyPart, attributes: Mapping[str, Attribute], is_free: bool
) -> Composed:
    names = {each.field: each.field for each in part.template.parts}
    names |= {field: attributes[field].stored for field in names if field in attributes}
    if is_free and SHARD in names:
        names[SHARD] = ""
    pieces = tuple((names[each.field], each.after) for each in part.template.parts)
    width = len(str(key.shards.count - 1)) if key.shards else 0
    return Composed(part.attribute.name, part.template.literal, pieces, width)


def _identity(
    key: CompiledKey, attributes: Mapping[str, Attribute]
) -> Iterator[tuple[str, str, Encode]]:
    """The fields of a primary key, how they are stored, and what encodes them."""
    for field in key.fields:
        if field in attributes:
            yield field, attributes[field].stored, attributes[field].encode


def _is_read_as_stored(
    identity: Iterable[tuple[str, str, Encode]], item: Item, entity: BaseModel
) -> bool:
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
