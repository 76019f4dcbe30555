"""The keys under which an item's value may be held: an upgrade or a fold may have come since.

The program that stored an item made its unique item of the value as it was then. What an entity
holds today may be another spelling of it.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from dataclasses import replace
from itertools import product

from singletable.codec import AttributeValue, same_value
from singletable.errors.request import InvalidKeyValue
from singletable.formats import Format
from singletable.formats.text import Text
from singletable.operations.writes.action import Item
from singletable.operations.writes.stored_form import StoredForm
from singletable.schema import Values
from singletable.schema.schema import AnySchema
from singletable.schema.unique import Unique
from singletable.templates.template import Part

_MOST_TEXTS = 36
"""How many spellings of one value are looked for; a transaction takes 100 actions."""


def held_keys(form: StoredForm, unique: Unique, values: Values) -> list[Item]:
    """The keys that the unique item of an item may have: of today's values, and of those stored."""
    if form.is_read and not unique.has_owner:
        # Another spelling, or a default, may be another item's, which nothing would tell.
        return _key_as_stored(form, unique, values)
    key = find_key(unique, values) if form.is_read else unique.key(values)
    current: list[Item] = [] if key is None else [key]
    if not form.is_read or not _is_spelled_otherwise(form, unique):
        return current
    parts = unique.template.parts
    choices = [tuple(enumerate(_texts(form, part, values))) for part in parts]
    # The likely ones come first: all of today, then all of the former spelling, then mixtures.
    likely = sorted(product(*choices), key=lambda chosen: max(at for at, _ in chosen))
    texts = dict.fromkeys(
        opening + "".join(text + part.after for (_, text), part in zip(chosen, parts, strict=True))
        for chosen in likely[:_MOST_TEXTS]
        for opening in dict.fromkeys(_openings(form, unique))
    )
    older = (unique.key_of(text) for text in texts if unique.takes(text))
    return [*current, *(each for each in older if each not in current)]


def find_key(unique: Unique, values: Values) -> Item | None:
    """The key of the unique item of these values; None where they make none.

    What was stored before the constraint was declared may be no key text: it has claimed nothing.
    """
    try:
        return unique.key(values)
    except InvalidKeyValue:
        return None


def has_no_text(form: StoredForm, unique: Unique, name: str) -> bool:
    """Whether what is stored of an attribute is no text of a key, so that nothing was claimed: it
    is absent, NULL, empty, a list, or too long."""
    stored = form.stored.get(name, {})
    raw = stored.get("S") or stored.get("N")
    return not raw or not unique.takes(unique.template.literal + raw)


def _key_as_stored(form: StoredForm, unique: Unique, values: Values) -> list[Item]:
    """The key of the texts that are stored; none where one of them is a default, or was made."""
    texts = [list(_text_as_stored(form, part, values)) for part in unique.template.parts]
    if not all(texts):
        return []
    parts = zip(texts, unique.template.parts, strict=True)
    text = unique.template.literal + "".join(each[0] + part.after for each, part in parts)
    return [unique.key_of(text)] if unique.takes(text) else []


def _text_as_stored(form: StoredForm, part: Part, values: Values) -> Iterator[str]:
    """The text of a field as its attribute, or the primary key, has it."""
    schema = form.schema
    attribute = schema.attribute(part.field)
    stored = form.stored.get(attribute.stored)
    is_told = attribute.in_key or part.field in schema.primary.fields
    is_told = is_told or part.field in schema.may_be_in_key.values()
    if stored is None and not is_told:
        return
    if stored is None or same_value(stored, form.encoded.get(attribute.stored)):
        with suppress(InvalidKeyValue, ValueError):
            yield from _present_text(part, values)
        return
    raw = stored.get("S") or stored.get("N")
    if isinstance(raw, str) and raw and part.forbidden.isdisjoint(raw):
        as_it_is = _unfolded(part.format)
        with suppress(ValueError):
            if as_it_is.encode(as_it_is.decode(raw)) == raw:
                yield raw


def _is_spelled_otherwise(form: StoredForm, unique: Unique) -> bool:
    for field in unique.fields:
        if not _is_as_encoded(form, field):
            return True
    return _stored_name(form) != form.schema.name


def respelled_names(form: StoredForm, unique: Unique) -> list[str]:
    """The stored names of its fields of which something else is stored than they encode to."""
    schema = form.schema
    return [schema.attribute(f).stored for f in unique.fields if not _is_as_encoded(form, f)]


def _is_as_encoded(form: StoredForm, field: str) -> bool:
    attribute = form.schema.attributes[field]
    if attribute.in_key:
        return True
    stored, encoded = form.stored.get(attribute.stored), form.encoded.get(attribute.stored)
    return stored == encoded or same_value(attribute.implied if stored is None else stored, encoded)


def _openings(form: StoredForm, unique: Unique) -> Iterator[str]:
    """The literals of the entity's present name, and of the one that an upgrade has replaced."""
    yield unique.template.literal
    name = _stored_name(form)
    if name is not None:
        yield unique.opening(name)


def _stored_name(form: StoredForm) -> str | None:
    table = form.schema.table
    kind = form.stored.get(table.type_attribute or "")
    if kind is None and table.knows_by_key:
        return form.schema.name
    name = kind.get("S") if kind else None
    return name if isinstance(name, str) else None


def _texts(form: StoredForm, part: Part, values: Values) -> Iterator[str]:
    """The texts that a field may have in the key."""
    seen = set[str]()
    for text in (*_present_text(part, values), *_older_texts(form, part)):
        if text not in seen:
            seen.add(text)
            yield text


def _present_text(part: Part, values: Values) -> Iterator[str]:
    value = values[part.field]
    if value is not None:
        yield part.encode(value)


def _older_texts(form: StoredForm, part: Part) -> Iterator[str]:
    schema = form.schema
    attribute = schema.attribute(part.field)
    stored = form.stored.get(attribute.stored)
    if _is_as_encoded(form, part.field):
        return
    for wire in [stored] if stored is not None else _stand_ins(form, part):
        yield from _texts_of(schema, part, wire)


def _stand_ins(form: StoredForm, part: Part) -> list[AttributeValue]:
    """What an absent attribute was: its default, or one that the upgrade may have made it of.

    That is a removed one which means the same, or any if none does.
    """
    schema, attribute = form.schema, form.schema.attribute(part.field)
    removed = [value for name, value in form.stored.items() if name not in form.upgraded]
    value = form.upgraded.get(attribute.stored)
    texts = set[str]() if value is None else set(_texts_of(schema, part, value))
    same = [each for each in removed if not texts.isdisjoint(_texts_of(schema, part, each))]
    return [*([] if attribute.implied is None else [attribute.implied]), *(same or removed)]


def _texts_of(schema: AnySchema, part: Part, wire: AttributeValue) -> Iterator[str]:
    """The texts of a stored value: by the format, by the format without its fold, and as it is."""
    raw = wire.get("S") or wire.get("N")
    if not isinstance(raw, str):
        return
    with suppress(ValueError):  # it may be of a kind that the field no longer takes
        yield part.format.encode(schema.attribute(part.field).coder.decode(wire))
    with suppress(ValueError):
        yield _unfolded(part.format).encode(raw)
    yield raw


def _unfolded(format_: Format) -> Format:
    return replace(format_, fold=None, lower=False) if isinstance(format_, Text) else format_
