"""Makes a design of stored items: what their keys have in common, and with their attributes.

Items of one kind have keys of one shape: the same words at the same places. What varies is a field:
the attribute that has the same text, or one that is called after its place.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from singletable.design import ir
from singletable.design.infer_fields import evidence_of, infer_fields
from singletable.design.infer_keys import (
    ENTITY,
    MOST_WORDS,
    Item,
    Keys,
    keys_of,
    text_of,
    with_prefixes,
    with_types,
    word_of,
)
from singletable.design.infer_templates import LITTLE, attribute_of, template_of

_MOST_KINDS = 200
_SAMPLE = 2_000
_MOST_OF = 0.5
"""The share of items that have a type, at least, where not all of them have one."""


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
    table = with_types(table, items)
    keys, notes = with_prefixes(keys_of(table), items), list[str]()
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


def _find_type(items: Sequence[Item], keys: Keys) -> str | None:
    """The attribute that every item has, or most have, with few values, of which each has other
    keys."""
    counted = Counter(name for item in items for name in item if name not in keys.names)
    for least in (len(items), _MOST_OF * len(items)):
        named = sorted(name for name, number in counted.items() if number >= least)
        found = _tells_kinds(named, items, keys)
        if found is not None:
            return found
    return None


def _tells_kinds(names: Iterable[str], items: Sequence[Item], keys: Keys) -> str | None:
    best = None
    for name in names:
        values = defaultdict[str, set[tuple[str, ...]]](set)
        for item in (each for each in items if name in each):
            text = text_of(item, name)
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


def _kinds(
    items: Sequence[Item],
    keys: Keys,
    type_attribute: str | None,
    notes: list[str],
) -> list[Kind]:
    kinds, by_shape = dict[object, Kind](), dict[tuple[str, ...], str]()
    for item in items:
        known = text_of(item, type_attribute) if type_attribute else None
        if known:
            by_shape.setdefault(keys.shape(item), known)
    for item in items:
        known = text_of(item, type_attribute) if type_attribute else None
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


def _merge(kinds: Iterable[Kind], keys: Keys) -> list[Kind]:
    """Takes kinds for one whose keys differ in a word that each of their items has as a value."""
    by_width = defaultdict[tuple[object, ...], list[Kind]](list)
    for kind in kinds:
        first = kind.items[0]
        texts = [keys.split(first, name) for name in keys.primary]
        words = tuple(
            (len(each), each[0] if keys.words(each, name)[0] != "*" else "*")
            for name, each in zip(keys.primary, texts, strict=True)
        )
        attributes = frozenset(first).difference(keys.names)
        by_width[(words, attributes)].append(kind)
    merged = list[Kind]()
    for group in by_width.values():
        head, *others = group
        all_items = [item for kind in group for item in kind.items]
        if others and len(group) <= MOST_WORDS and not _tells_values(all_items, keys):
            merged += group
            continue
        for other in others:
            for item in other.items:
                head.add(item)
            head.count += other.count - len(other.items)
        merged.append(head)
    return merged


def _tells_values(items: Sequence[Item], keys: Keys) -> bool:
    """Whether each word in which the keys differ is the value of an attribute, too."""
    for name in keys.primary:
        split = [keys.split(item, name) for item in items]
        for at in range(min(map(len, split))):
            column = [each[at] for each in split]
            if len({word_of(text) for text in column}) > 1 and not attribute_of(
                column, items, keys
            ):
                return False
    return True


def _name_of(shape: Sequence[str], delimiter: str) -> str:
    """A name of the words of a shape: `OrderLine`."""
    pieces = [piece for text in shape for piece in text.split(delimiter)]
    words = [ENTITY.sub(r"\1", each) for each in pieces]
    words = [each for each in words if each.isalpha()]
    unique = dict.fromkeys(words[-2:] if len(words) > 2 else words)
    named = [word.capitalize() if word.isupper() else word[0].upper() + word[1:] for word in unique]
    return "".join(named) or "Item"


def _entity(
    kind: Kind, keys: Keys, notes: list[str], type_attribute: str | None
) -> tuple[ir.JsonObject, dict[str, tuple[str, ...]]]:
    """The entity as a file has it, and what speaks for it."""
    templates, patterns = dict[str, str](), dict[str, str]()
    keys.contradicted.clear()
    for name in keys.names:
        having = [item for item in kind.items if text_of(item, name) is not None]
        if not having:
            continue
        templates[name] = template_of(name, having, keys, patterns)
        if len(having) < len(kind.items):
            share = f"{len(having)} of {len(kind.items)}"
            notes.append(f"{kind.name}: {name} is there in {share} items")
    notes += [
        f"{kind.name}: {name} and {field_} say different things in {wrong} of"
        f" {len(kind.items)} items"
        for (name, field_), wrong in keys.contradicted.items()
    ]
    if kind.count < LITTLE:
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
