"""Coders of list, deque and tuple as L, of dict as M, of set and frozenset as SS, NS or BS."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Mapping, Sequence, Set
from dataclasses import replace
from decimal import Decimal
from itertools import repeat
from typing import Final, TypeGuard, TypeVar

from singletable.codec.errors import DecodeError, EncodeError, index_step, short_repr
from singletable.codec.scalars import STR, instance_of
from singletable.codec.source import Source
from singletable.codec.unknown_names import keep_in_list, keep_in_map, keep_in_tuple
from singletable.codec.wire import (
    DEEPEST,
    AttributeValue,
    Inner,
    Payload,
    emit_read,
    emit_write,
    encode_at,
    encoding,
    load,
    load_at,
    loading,
    usual,
)

T = TypeVar("T")

LONGEST_NAME: Final = 65535
_LIST: Final = frozenset({"L"})
_MAP: Final = frozenset({"M"})
_ONLY_TEXTS: Final = frozenset({str})
SET_TAGS: Final[Mapping[str, str]] = {"S": "SS", "N": "NS", "B": "BS"}


def require(name: str, accepts: Callable[[object], TypeGuard[T]], value: object, level: int) -> T:
    """The value, if it is of its coder's type and may hold a further level."""
    if not accepts(value):
        raise EncodeError(value, f"is no {name}")
    if level >= DEEPEST:
        raise EncodeError(value, f"is nested deeper than DynamoDB's {DEEPEST} levels")
    return value


def check_depth(level: int) -> None:
    if level >= DEEPEST:
        raise DecodeError("a list or map below the last level", f"at most {DEEPEST} levels")


def _is_tuple(value: object) -> TypeGuard[tuple[object, ...]]:
    return isinstance(value, tuple)


def _is_dict(value: object) -> TypeGuard[dict[object, object]]:
    return isinstance(value, dict)


def _is_set(value: object) -> TypeGuard[Set[object]]:
    return isinstance(value, (set, frozenset))


def sequence(
    name: str,
    make: type[list[object]] | type[tuple[object, ...]] | type[deque[object]],
    element: Inner,
) -> Inner:
    """The coder of `list[X]`, `deque[X]` or `tuple[X, ...]`."""
    accepts = instance_of(make)

    def encode(value: object, level: int) -> AttributeValue:
        elements = require(name, accepts, value, level)
        return {"L": [encode_at(element, each, level + 1, at) for at, each in enumerate(elements)]}

    def decode(tag: str, payload: Payload, level: int) -> object:
        check_depth(level)
        return make(load_at(element, each, level + 1, at) for at, each in enumerate(payload))

    inner = Inner(name, _LIST, accepts, encode, decode, keep=keep_in_list(element))
    return _with_list_source(inner, make, element)


def _with_list_source(inner: Inner, make: type[object], element: Inner) -> Inner:
    """The coder of a sequence, as source text too."""

    def reading(source: Source, wire: str, level: int) -> str:
        found, payload, each = source.name(), source.name("p"), source.name("e")
        with source.block(f"if {usual(wire, 'L', 'list', payload)}:"):
            source.line(f"{found} = []")
            with source.block(f"for {each} in {payload}:"):
                source.line(f"{found}.append({emit_read(element, source, each, level + 1)})")
            if make is not list:
                source.line(f"{found} = {source.bind(make, 'make')}({found})")
        with source.block("else:"):
            source.line(f"{found} = {loading(inner, source, wire, level)}")
        return found

    def writing(source: Source, value: str, level: int) -> str:
        made, parts, each = source.name("w"), source.name("parts"), source.name("e")
        with source.block(f"if type({value}) is {source.bind(make, 'make')}:"):
            source.line(f"{parts} = []")
            with source.block(f"for {each} in {value}:"):
                source.line(f"{parts}.append({emit_write(element, source, each, level + 1)})")
            source.line(f"{made} = {{'L': {parts}}}")
        with source.block("else:"):
            source.line(f"{made} = {encoding(inner, source, value, level)}")
        return made

    return replace(inner, reading=reading, writing=writing)


def fixed_tuple(name: str, elements: Sequence[Inner]) -> Inner:
    """The coder of `tuple[X, Y]`."""
    width = len(elements)

    def encode(value: object, level: int) -> AttributeValue:
        values = require(name, _is_tuple, value, level)
        if len(values) != width:
            raise EncodeError(value, f"has {len(values)} elements, not {width}")
        parts = zip(elements, values, repeat(level + 1), range(width), strict=False)
        return {"L": [encode_at(*part) for part in parts]}

    def decode(tag: str, payload: Payload, level: int) -> object:
        check_depth(level)
        if len(payload) != width:
            raise DecodeError(f"{len(payload)} elements", f"{name} ({width} elements)")
        parts = zip(elements, payload, repeat(level + 1), range(width), strict=False)
        return tuple(load_at(*part) for part in parts)

    return Inner(name, _LIST, _is_tuple, encode, decode, keep=keep_in_tuple(elements))


def mapping(name: str, key: Inner, value: Inner) -> Inner:
    """The coder of `dict[K, V]`; the key's only tag is S or N, whose payload is the name."""

    def encode(found: object, level: int) -> AttributeValue:
        items = require(name, _is_dict, found, level)
        out = {name_text(key, at): encode_at(value, items[at], level + 1, at) for at in items}
        if len(out) != len(items):
            raise EncodeError(items, "has two keys that are stored as the same text")
        return {"M": out}

    def decode(tag: str, payload: Payload, level: int) -> object:
        check_depth(level)
        out = {_key(key, at): load_at(value, payload[at], level + 1, at) for at in payload}
        if len(out) != len(payload):
            raise DecodeError("two names that are read as the same key", name)
        return out

    def known_name(text: str) -> str:
        try:
            return name_text(key, _key(key, text))
        except (DecodeError, EncodeError):
            return text  # a validator passes over it: it stands for no entry

    inner = Inner(name, _MAP, _is_dict, encode, decode, keep=keep_in_map(value, known_name))
    return _with_map_source(inner, value) if key is STR else inner


def _with_map_source(inner: Inner, value: Inner) -> Inner:
    """The coder of a dict with keys of text, as source text too."""

    def reading(source: Source, wire: str, level: int) -> str:
        found, payload, at = source.name(), source.name("p"), source.name("k")
        test = usual(wire, "M", "dict", payload)
        with source.block(f"if {test} and {{*map(type, {payload})}} <= {_texts(source)}:"):
            source.line(f"{found} = {{}}")
            each = source.name("e")
            with source.block(f"for {at}, {each} in {payload}.items():"):
                source.line(f"{found}[{at}] = {emit_read(value, source, each, level + 1)}")
        with source.block("else:"):
            source.line(f"{found} = {loading(inner, source, wire, level)}")
        return found

    def writing(source: Source, given: str, level: int) -> str:
        made, entries, at, each = (source.name(hint) for hint in ("w", "entries", "k", "e"))
        test = f"type({given}) is dict and {source.bind(_are_plain_names, 'are_names')}({given})"
        with source.block(f"if {test}:"):
            source.line(f"{entries} = {{}}")
            with source.block(f"for {at}, {each} in {given}.items():"):
                source.line(f"{entries}[{at}] = {emit_write(value, source, each, level + 1)}")
            source.line(f"{made} = {{'M': {entries}}}")
        with source.block("else:"):
            source.line(f"{made} = {encoding(inner, source, given, level)}")
        return made

    return replace(inner, reading=reading, writing=writing)


def _texts(source: Source) -> str:
    return source.bind(_ONLY_TEXTS, "texts")


def _are_plain_names(names: Mapping[str, object]) -> bool:
    """Whether all of these are stored as they are, and together are no longer than one may be."""
    if not _ONLY_TEXTS.issuperset(map(type, names)) or "" in names:
        return False
    together = "".join(names)
    return together.isascii() and len(together) <= LONGEST_NAME


def name_text(key: Inner, at: object) -> str:
    """The stored text of a map's key."""
    try:
        text: str = next(iter(key.encode(at, 1).values()))
    except EncodeError as error:
        raise EncodeError(at, f"as a key {error.reason}") from None
    if not text:
        raise EncodeError(at, "as a key is empty")
    if len(text.encode()) > LONGEST_NAME:
        raise EncodeError(at, f"as a key is longer than {LONGEST_NAME} bytes")
    return text


def _key(key: Inner, text: str) -> object:
    [tag] = key.tags
    try:
        return load(key, {tag: text}, 1)
    except DecodeError as error:
        error.enter(index_step(text))
        error.found = f"key {short_repr(text)}"
        raise


def set_of(name: str, make: type[set[object]] | type[frozenset[object]], element: Inner) -> Inner:
    """The coder of a set, stored sorted. `element` has exactly one tag, one of `SET_TAGS`."""
    [scalar_tag] = element.tags
    tag = SET_TAGS[scalar_tag]
    order = Decimal if tag == "NS" else None

    def encode(value: object, level: int) -> AttributeValue:
        if not _is_set(value):
            raise EncodeError(value, f"is no {name}")
        if not value:
            raise EncodeError(value, "is empty: only a field can be an empty set, by its absence")
        parts = {element.encode(each, 1)[scalar_tag] for each in value}
        if len(parts) != len(value):
            raise EncodeError(value, "has two elements that are stored alike")
        return {tag: sorted(parts, key=order)}

    def decode(found: str, payload: Payload, level: int) -> object:
        return make(element.decode(scalar_tag, each, 1) for each in payload)

    def reading(source: Source, wire: str, level: int) -> str:
        payload = source.name("p")
        test = f"{usual(wire, tag, 'list', payload)} and {{*map(type, {payload})}} <= "
        made = f"{source.bind(make, 'make')}({payload}) if {test}{_texts(source)}"
        return f"({made} else {loading(inner, source, wire, level)})"

    inner = Inner(name, frozenset({tag}), _is_set, encode, decode, absent=make())
    return replace(inner, reading=reading) if element is STR else inner


def is_empty_set(value: object) -> bool:
    """Whether this is an empty set, which DynamoDB cannot store."""
    return _is_set(value) and not value
