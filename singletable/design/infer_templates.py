"""Templates of key attributes: what the texts of items of one kind have in common."""

from __future__ import annotations

from collections.abc import Sequence

from singletable.design.infer_fields import WHOLE_NUMBER, fields_in
from singletable.design.infer_keys import ENTITY, NUMBERED, Item, Keys, is_value, text_of

_ODD = 0.02
"""The share of items whose key text may contradict the attribute that it is made of."""
LITTLE = 20
"""So many items of a kind say little: a text that they share may be a coincidence."""


def template_of(name: str, items: Sequence[Item], keys: Keys, patterns: dict[str, str]) -> str:
    """The template of a key attribute: literal where all are alike, else fields. An attribute
    without any word of its own, that no other attribute has the text of, is a field itself."""
    split = [keys.split(item, name) for item in items]
    width = min(map(len, split))
    is_even = all(len(each) == width for each in split)
    columns = [[each[at] for each in split] for at in range(width - (not is_even))]
    if not is_even:
        columns.append([keys.delimiter.join(each[width - 1 :]) for each in split])
    pieces = [
        _piece(name, at, column, items, keys, is_prefix=at == 0 and width > 1)
        for at, column in enumerate(columns)
    ]
    if pieces == [f"{{{_name_of_place(name, 0)}}}"]:
        if not is_even:
            patterns[name] = ".+"
        return f"{{{name}}}"
    if not is_even:
        patterns |= dict.fromkeys(fields_in(pieces[-1]), ".+")
    return keys.delimiter.join(pieces)


def _piece(
    name: str,
    at: int,
    column: Sequence[str],
    items: Sequence[Item],
    keys: Keys,
    *,
    is_prefix: bool,
) -> str:
    has_digits = any(map(str.isdigit, column[0])) and not ENTITY.fullmatch(column[0])
    is_named = not is_value(column[0]) or (is_prefix and keys.is_prefix(column[0], name))
    is_word = not has_digits and (is_named or len(column) >= LITTLE)
    if is_word and len(set(column)) == 1:
        return _escaped(column[0])
    found = attribute_of(column, items, keys, name)
    if found is not None:
        return f"{{{found}}}"
    numbered = [NUMBERED.fullmatch(text) for text in column]
    prefixes = {each[1] for each in numbered if each}
    prefix = prefixes.pop() if all(numbered) and len(prefixes) == 1 else ""
    rest = [text[len(prefix) :] for text in column]
    if prefix:
        found = attribute_of(rest, items, keys, name)
        return _escaped(prefix) + f"{{{found or _name_of_place(name, at)}}}"
    return f"{{{_name_of_place(name, at)}}}"


def _name_of_place(name: str, at: int) -> str:
    return f"{name.lower()}_{at + 1}"


def attribute_of(
    column: Sequence[str], items: Sequence[Item], keys: Keys, key: str | None = None
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
    text, value = text_of(item, name), item.get(name, {})
    return text if "S" in value or WHOLE_NUMBER.fullmatch(text or "") else None


def _escaped(text: str) -> str:
    return text.replace("{", "{{").replace("}", "}}")
