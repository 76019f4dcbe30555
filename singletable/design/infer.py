"""Makes a design of stored items: what their keys have in common, and with their attributes.

Items of one kind have keys of one shape: the same words at the same places. What varies is a field:
the attribute that has the same text, or one that is called after its place.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from singletable.codec.wire import is_list, is_mapping
from singletable.design import ir
from singletable.design.infer_fields import WHOLE_NUMBER, evidence_of, fields_in, infer_fields

Item = Mapping[str, Any]
"""In DynamoDB's JSON."""

_MOST_KINDS = 200
_SAMPLE = 2_000
_MOST_WORDS = 12
"""More words at one place are values."""
_MOST_OF = 0.5
"""The share of items that have a type, at least, where not all of them have one."""
_ODD = 0.02
"""The share of items whose key text may contradict the attribute that it is made of."""
_LITTLE = 20
"""So many items of a kind say little: a text that they share may be a coincidence."""


@dataclass
class Kind:
    """The items of one kind, as far as they are kept, and how many there are."""

    name: str
    items: list[Item] = field(default_factory=list[Item])
    count: int = 0

    def add(self, item: Item) -> None:
        self.count += 1
        if len(self.items) < _SAMPLE:
            self.items.append(item)


@dataclass(frozen=True)
class Inferred:
    """A design as a file has it, and what speaks against it or is not known: `notes`.

    `evidence`: what speaks for each template, by entity and key attribute. `untagged`: how many
    items have no type, although others have.
    """

    design: ir.JsonObject
    notes: tuple[str, ...]
    evidence: Mapping[tuple[str, str], tuple[str, ...]] = field(
        default_factory=dict[tuple[str, str], tuple[str, ...]]
    )
    untagged: int = 0


def infer_design(table: ir.JsonObject, items: Sequence[Item]) -> Inferred:
    """The entities of a table, which is given as a design file has it, by its items."""
    table = _with_types(table, items)
    keys, notes = _keys_of(table), list[str]()
    type_attribute = table.get("type_attribute") or _find_type(items, keys)
    kinds = _kinds(items, keys, type_attribute, notes)
    evidence = dict[tuple[str, str], tuple[str, ...]]()
    entities = list[ir.JsonObject]()
    for kind in kinds:
        entity, found = _entity(kind, keys, notes, type_attribute)
        entities.append(entity)
        evidence |= {(kind.name, name): lines for name, lines in found.items()}
    described = {**table, "type_attribute": type_attribute} if type_attribute else dict(table)
    design = {"singletable": 1, "tables": [described], "entities": entities, "patterns": []}
    untagged = sum(1 for each in items if type_attribute and type_attribute not in each)
    if untagged:
        notes.append(f"{untagged} of {len(items)} items have no {type_attribute}: known by key")
    return Inferred(design, tuple(notes), evidence, untagged)


def _with_types(table: ir.JsonObject, items: Sequence[Item]) -> ir.JsonObject:
    """The table with the types that key attributes have in items, where nobody says them."""

    def typed(part: ir.JsonObject) -> ir.JsonObject:
        sides = {side: part.get(side) or [] for side in ("partition", "sort")}
        found = {
            side: [_typed(each, items) for each in _listed(all_)] for side, all_ in sides.items()
        }
        return {**part, **found}

    indexes = [typed(each) for each in table.get("indexes", ())]
    return {**typed(table), "indexes": indexes}


def _listed(side: Any) -> list[Any]:
    return side if is_list(side) else [side]


def _typed(attribute: Any, items: Sequence[Item]) -> Any:
    """The attribute with its type, if it is no text."""
    if is_mapping(attribute):
        return attribute
    values = [item[attribute] for item in items if is_mapping(item.get(attribute))]
    kinds = {kind for value in values for kind in value}
    return {"name": attribute, "type": kinds.pop()} if kinds in ({"N"}, {"B"}) else attribute


@dataclass(frozen=True)
class _Keys:
    """The key attributes of a table: those of its primary key, and all, with its indexes'.

    `contradicted`: how many items of the present kind have another text in a key than in the field.
    """

    primary: tuple[str, ...]
    names: tuple[str, ...]
    delimiter: str
    contradicted: dict[tuple[str, str], int] = field(default_factory=dict[tuple[str, str], int])

    def shape(self, item: Item) -> tuple[str, ...]:
        """The words of the primary key, without what looks like a value."""
        return tuple(
            self.delimiter.join(map(_word, self.split(item, name))) for name in self.primary
        )

    def split(self, item: Item, name: str) -> list[str]:
        """The pieces of a key attribute's text."""
        return (_text(item, name) or "").split(self.delimiter)


def _keys_of(table: ir.JsonObject) -> _Keys:
    primary = _names(table)
    names = [name for index in table.get("indexes", ()) for name in _names(index)]
    return _Keys(primary, tuple(dict.fromkeys((*primary, *names))), table.get("delimiter", "#"))


def _names(part: Mapping[str, Any]) -> tuple[str, ...]:
    """The attributes of a key, which a file gives by names or with their types, one or several."""
    sides: list[Any] = [part.get(side) or [] for side in ("partition", "sort")]
    given = [each for side in sides for each in (side if is_list(side) else [side])]
    return tuple(each if isinstance(each, str) else each["name"] for each in given)


def _text(item: Item, name: str) -> str | None:
    value = item.get(name)
    if not is_mapping(value):
        return None
    text = value.get("S", value.get("N"))
    return text if isinstance(text, str) else None


def _find_type(items: Sequence[Item], keys: _Keys) -> str | None:
    """The attribute that every item has, or most have, with few values, of which each has other
    keys."""
    counted = Counter(name for item in items for name in item if name not in keys.names)
    for least in (len(items), _MOST_OF * len(items)):
        named = sorted(name for name, number in counted.items() if number >= least)
        found = _tells_kinds(named, items, keys)
        if found is not None:
            return found
    return None


def _tells_kinds(names: Iterable[str], items: Sequence[Item], keys: _Keys) -> str | None:
    best = None
    for name in names:
        values = defaultdict[str, set[tuple[str, ...]]](set)
        for item in (each for each in items if name in each):
            text = _text(item, name)
            if text is None or len(values) > _MOST_KINDS:
                break
            values[text].add(keys.shape(item))
        else:
            shapes = [shape for each in values.values() for shape in each]
            without = {tuple(part.replace(v, "*") for part in s) for v in values for s in values[v]}
            is_apart = len(shapes) == len(set(shapes)) == len(without)
            if is_apart and len(values) > 1:
                best = best or name
    return best


_NUMBERED = re.compile(r"([A-Za-z]{1,12}?)[0-9]+")


def _word(piece: str) -> str:
    """A piece of a key; a star for what looks like a value, and for the number behind letters."""
    numbered = _NUMBERED.fullmatch(piece)
    if numbered:
        return f"{numbered[1]}*"
    is_word = piece.replace("_", "").replace("-", "").replace('"', "").isalpha()
    return piece if is_word and (piece.isupper() or piece.islower()) else "*"


def _is_value(piece: str) -> bool:
    return "*" in _word(piece)


def _kinds(
    items: Sequence[Item],
    keys: _Keys,
    type_attribute: str | None,
    notes: list[str],
) -> list[Kind]:
    kinds, by_shape = dict[object, Kind](), dict[tuple[str, ...], str]()
    for item in items:
        known = _text(item, type_attribute) if type_attribute else None
        if known:
            by_shape.setdefault(keys.shape(item), known)
    for item in items:
        known = _text(item, type_attribute) if type_attribute else None
        shape = keys.shape(item)
        known = known or by_shape.get(shape)
        kind = kinds.setdefault(known or shape, Kind(known or _name_of(shape, keys.delimiter)))
        kind.add(item)
    if len(kinds) > _MOST_KINDS:
        notes.append(f"{len(kinds)} shapes of keys: what stands for values looks like words")
    merged = list(kinds.values()) if type_attribute else _merge(kinds.values(), keys)
    names = Counter[str]()
    for kind in merged:
        names[kind.name] += 1
        if names[kind.name] > 1:
            kind.name += str(names[kind.name])
    return merged


def _merge(kinds: Iterable[Kind], keys: _Keys) -> list[Kind]:
    """Takes kinds for one whose keys differ in a word that each of their items has as a value."""
    by_width = defaultdict[tuple[object, ...], list[Kind]](list)
    for kind in kinds:
        first = kind.items[0]
        texts = [keys.split(first, name) for name in keys.primary]
        words = tuple((len(each), each[0] if _word(each[0]) != "*" else "*") for each in texts)
        attributes = frozenset(first).difference(keys.names)
        by_width[(words, attributes)].append(kind)
    merged = list[Kind]()
    for group in by_width.values():
        head, *others = group
        all_items = [item for kind in group for item in kind.items]
        if others and len(group) <= _MOST_WORDS and not _tells_values(all_items, keys):
            merged += group
            continue
        for other in others:
            for item in other.items:
                head.add(item)
            head.count += other.count - len(other.items)
        merged.append(head)
    return merged


def _tells_values(items: Sequence[Item], keys: _Keys) -> bool:
    """Whether each word in which the keys differ is the value of an attribute, too."""
    for name in keys.primary:
        split = [keys.split(item, name) for item in items]
        for at in range(min(map(len, split))):
            column = [each[at] for each in split]
            if len({_word(text) for text in column}) > 1 and not _attribute(column, items, keys):
                return False
    return True


def _name_of(shape: Sequence[str], delimiter: str) -> str:
    """A name of the words of a shape: `OrderLine`."""
    words = [word for text in shape for word in text.split(delimiter) if word.isalpha()]
    unique = dict.fromkeys(words[-2:] if len(words) > 2 else words)
    return "".join(word.title().replace("_", "").replace("-", "") for word in unique) or "Item"


def _entity(
    kind: Kind, keys: _Keys, notes: list[str], type_attribute: str | None
) -> tuple[ir.JsonObject, dict[str, tuple[str, ...]]]:
    """The entity as a file has it, and what speaks for it."""
    templates, patterns = dict[str, str](), dict[str, str]()
    keys.contradicted.clear()
    for name in keys.names:
        having = [item for item in kind.items if _text(item, name) is not None]
        if not having:
            continue
        templates[name] = _template(name, having, keys, patterns)
        if len(having) < len(kind.items):
            share = f"{len(having)} of {len(kind.items)}"
            notes.append(f"{kind.name}: {name} is there in {share} items")
    notes += [
        f"{kind.name}: {name} and {field_} say different things in {wrong} of"
        f" {len(kind.items)} items"
        for (name, field_), wrong in keys.contradicted.items()
    ]
    if kind.count < _LITTLE:
        notes.append(f"{kind.name}: {kind.count} items alone")
    fields, odd = infer_fields(
        kind.items,
        templates,
        patterns,
        primary=keys.primary,
        unstored={*keys.names, *filter(None, [type_attribute])},
    )
    notes += [f"{kind.name}: {each}" for each in odd]
    entity = {"name": kind.name, "keys": templates, "fields": fields}
    return entity, evidence_of(kind.items, templates, kind.count)


def _template(name: str, items: Sequence[Item], keys: _Keys, patterns: dict[str, str]) -> str:
    """The template of a key attribute: literal where all are alike, else fields. An attribute
    without any word of its own, that no other attribute has the text of, is a field itself."""
    split = [keys.split(item, name) for item in items]
    width = min(map(len, split))
    is_even = all(len(each) == width for each in split)
    columns = [[each[at] for each in split] for at in range(width - (not is_even))]
    if not is_even:
        columns.append([keys.delimiter.join(each[width - 1 :]) for each in split])
    pieces = [_piece(name, at, column, items, keys) for at, column in enumerate(columns)]
    if pieces == [f"{{{_name_of_place(name, 0)}}}"]:
        if not is_even:
            patterns[name] = ".+"
        return f"{{{name}}}"
    if not is_even:
        patterns |= dict.fromkeys(fields_in(pieces[-1]), ".+")
    return keys.delimiter.join(pieces)


def _piece(name: str, at: int, column: Sequence[str], items: Sequence[Item], keys: _Keys) -> str:
    has_digits = any(map(str.isdigit, column[0]))
    is_word = not has_digits and (not _is_value(column[0]) or len(column) >= _LITTLE)
    if is_word and len(set(column)) == 1:
        return _escaped(column[0])
    found = _attribute(column, items, keys, name)
    if found is not None:
        return f"{{{found}}}"
    numbered = [_NUMBERED.fullmatch(text) for text in column]
    prefixes = {each[1] for each in numbered if each}
    prefix = prefixes.pop() if all(numbered) and len(prefixes) == 1 else ""
    rest = [text[len(prefix) :] for text in column]
    if prefix:
        found = _attribute(rest, items, keys, name)
        return _escaped(prefix) + f"{{{found or _name_of_place(name, at)}}}"
    return f"{{{_name_of_place(name, at)}}}"


def _name_of_place(name: str, at: int) -> str:
    return f"{name.lower()}_{at + 1}"


def _attribute(
    column: Sequence[str], items: Sequence[Item], keys: _Keys, key: str | None = None
) -> str | None:
    """The attribute that has the same text in each item; of many, in all but a few, which then
    contradict their `key`: that is noted."""
    first, most = next(iter(items)), int(len(items) * _ODD)
    best, least = None, most + 1
    for name in (each for each in first if each not in keys.names):
        wrong = _contradictions(name, column, items, most if key else 0)
        if wrong is not None and wrong < least:
            best, least = name, wrong
    if best is not None and least and key is not None:
        keys.contradicted[key, best] = least
    return best


def _contradictions(
    name: str, column: Sequence[str], items: Sequence[Item], most: int
) -> int | None:
    """How many items have another text; None if it is more than so many, or some have none."""
    wrong = 0
    for item, text in zip(items, column, strict=True):
        found = _key_text(item, name)
        if found is None:
            return None
        wrong += found != text
        if wrong > most:
            return None
    return wrong


def _key_text(item: Item, name: str) -> str | None:
    """The text that an attribute has in keys: of a number, what is printed of a whole one."""
    text, value = _text(item, name), item.get(name, {})
    return text if "S" in value or WHOLE_NUMBER.fullmatch(text or "") else None


def _escaped(text: str) -> str:
    return text.replace("{", "{{").replace("}", "}}")
