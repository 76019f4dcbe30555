"""The key attributes of a table, and the words and values that their texts have."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import product
from typing import Any

from singletable.codec.wire import is_list, is_mapping
from singletable.design import ir

Item = Mapping[str, Any]
"""In DynamoDB's JSON."""

NUMBERED = re.compile(r"([A-Za-z]{1,12}?)[0-9]+")


_CAPITALISED = re.compile(r"(?:[A-Z][a-z]+)+")
ENTITY = re.compile(r"\$([A-Za-z]+)(?:_[0-9]+)?")
"""The name of an entity, and its version, as keys of ElectroDB begin: `$order_1`."""


MOST_WORDS = 12
"""More words at one place are values."""


def word_of(piece: str) -> str:
    """A piece of a key; a star for what looks like a value, and for the number behind letters. What
    is empty, as before the first delimiter of `#META#`, is as it is."""
    if not piece or ENTITY.fullmatch(piece):
        return piece
    numbered = NUMBERED.fullmatch(piece)
    if numbered:
        return f"{numbered[1]}*"
    is_word = piece.replace("_", "").replace("-", "").replace('"', "").isalpha()
    return piece if is_word and (piece.isupper() or piece.islower()) else "*"


def is_value(piece: str) -> bool:
    return "*" in word_of(piece)


def with_types(table: ir.JsonObject, items: Sequence[Item]) -> ir.JsonObject:
    """The table with the types that key attributes have in items, where nobody says them."""

    def typed(part: ir.JsonObject) -> ir.JsonObject:
        sides = (("partition", part["partition"]), ("sort", part.get("sort")))
        found = {side: [_typed(each, items) for each in _listed(given)] for side, given in sides}
        return {**part, **found}

    indexes = [typed(each) for each in table.get("indexes", ())]
    return {**typed(table), "indexes": indexes}


def _listed(side: Any) -> list[Any]:
    return [] if side is None else list(side) if is_list(side) else [side]


def _typed(attribute: Any, items: Sequence[Item]) -> Any:
    """The attribute with its type, if it is no text."""
    if is_mapping(attribute):
        return attribute
    values = [item[attribute] for item in items if is_mapping(item.get(attribute))]
    kinds = {kind for value in values for kind in value}
    return {"name": attribute, "type": kinds.pop()} if kinds in ({"N"}, {"B"}) else attribute


@dataclass(frozen=True)
class Keys:
    """The key attributes of a table: those of its primary key, and all, with its indexes'.

    `contradicted`: how many items of the present kind have another text in a key than in the field.
    `prefixes`: capitalised pieces that keys begin with, of each key attribute, where they are few.
    """

    primary: tuple[str, ...]
    names: tuple[str, ...]
    delimiter: str
    contradicted: dict[tuple[str, str], int] = field(default_factory=dict[tuple[str, str], int])
    prefixes: Mapping[str, Collection[str]] = field(default_factory=dict[str, Collection[str]])

    def shape(self, item: Item) -> tuple[str, ...]:
        """The words of the primary key, without what looks like a value."""
        return tuple(
            self.delimiter.join(self.words(self.split(item, name), name)) for name in self.primary
        )

    def words(self, pieces: Sequence[str], name: str) -> list[str]:
        """What stands at the places of a key attribute: words, and stars for values."""
        first = pieces[0] if self.is_prefix(pieces[0], name) else word_of(pieces[0])
        return [first, *map(word_of, pieces[1:])]

    def is_prefix(self, piece: str, name: str) -> bool:
        """Whether it is one of a few capitalised words that keys of this name begin with."""
        return piece in self.prefixes.get(name, ())

    def split(self, item: Item, name: str) -> list[str]:
        """The pieces of a key attribute's text."""
        return (text_of(item, name) or "").split(self.delimiter)


def keys_of(table: ir.JsonObject) -> Keys:
    primary = _names(table)
    names = [name for index in table.get("indexes", ()) for name in _names(index)]
    return Keys(primary, tuple(dict.fromkeys((*primary, *names))), table.get("delimiter", "#"))


def with_prefixes(keys: Keys, items: Sequence[Item]) -> Keys:
    """The keys with the capitalised words that they begin with; of many, none is a word."""
    found = {name: set[str]() for name in keys.names}
    for name, item in product(keys.names, items):
        first, *others = keys.split(item, name)
        if others and _CAPITALISED.fullmatch(first):
            found[name].add(first)
    few = {name: each for name, each in found.items() if len(each) <= MOST_WORDS}
    return replace(keys, prefixes=few)


def _names(part: Mapping[str, Any]) -> tuple[str, ...]:
    """The attributes of a key, which a file gives by names or with their types, one or several."""
    sides: list[Any] = [part.get(side) or [] for side in ("partition", "sort")]
    given = [each for side in sides for each in (side if is_list(side) else [side])]
    return tuple(each if isinstance(each, str) else each["name"] for each in given)


def text_of(item: Item, name: str) -> str | None:
    value = item.get(name)
    if not is_mapping(value):
        return None
    text = value.get("S", value.get("N"))
    return text if isinstance(text, str) else None
