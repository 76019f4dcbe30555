"""Finds stored maps in which two names are one key, and the types of keys that allow for it.

The codec finds what its own reading makes one. What validators do to keys is seen after it: of two
entries, one would be lost in silence.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import field
from datetime import date, datetime, time
from enum import Enum
from typing import Any, Final, TypeAlias, cast, get_args, get_origin
from uuid import UUID

from pydantic import ConfigDict, TypeAdapter, ValidationError

from singletable.codec.models import fields_of, is_record
from singletable.codec.wire import is_class, is_mapping
from singletable.formats import Format, Text
from singletable.records import record
from singletable.schema.attribute import Attribute
from singletable.schema.core_schema import Node
from singletable.schema.members import types_in

Select: TypeAlias = Callable[[Any], Iterable[object]]
"""The values at one place inside a decoded value, if it is of the kind that has the place."""

_MAPS: Final = (dict, Mapping)
_LISTS: Final = (list, deque, Sequence)
_KEPT: Final = (int, date, datetime, time, UUID)
_TEXT_OPTIONS: Final = ("str_to_lower", "str_to_upper", "str_strip_whitespace")


@record(eq=False, frozen=False)
class _Place:
    """One type: what validates its keys, if that may fold them, and what is inside its values."""

    keys: TypeAdapter[Any] | None = None
    parts: list[tuple[Select, list[_Place]]] = field(
        default_factory=list[tuple[Select, "list[_Place]"]]
    )

    def is_folded(self, value: object) -> bool:
        if self.keys is not None and is_mapping(value) and _loses(self.keys, value):
            return True
        return any(
            place.is_folded(inner)
            for select, places in self.parts
            for inner in select(value)
            for place in places
        )


class FoldedKeys:
    """What an entity's maps may lose: of the fields that have keys which validators may fold."""

    def __init__(self, attributes: Mapping[str, Attribute], config: ConfigDict) -> None:
        compiler = _Compiler()
        found = {name: compiler.places(at.annotation, config) for name, at in attributes.items()}
        self._places = {
            name: places
            for name, places in found.items()
            if any(_may_fold(place, set()) for place in places)
        }

    @property
    def may_fold(self) -> bool:
        return bool(self._places)

    def describe(self, fields: Mapping[str, object]) -> str:
        """Names the first field with a map in which two names are validated as one key."""
        for name, places in self._places.items():
            if name in fields and any(place.is_folded(fields[name]) for place in places):
                return f"{name}: found two names that are read as the same key"
        return ""


def _loses(keys: TypeAdapter[Any], value: Mapping[Any, object]) -> bool:
    if len(value) < 2:
        return False
    try:
        return len(keys.validate_python(dict.fromkeys(value))) < len(value)
    except ValidationError:
        return False  # it is of another member of a union


def _may_fold(place: _Place, seen: set[_Place]) -> bool:
    if place in seen:
        return False
    seen.add(place)
    inner = (each for _, places in place.parts for each in places)
    return place.keys is not None or any(_may_fold(each, seen) for each in inner)


class _Compiler:
    """Compiles annotations; remembers the records on the way, as they may contain themselves."""

    def __init__(self) -> None:
        self._records = dict[type, _Place]()

    def places(self, annotation: object, config: ConfigDict) -> list[_Place]:
        return [self._place(kind, config) for kind in types_in(annotation)]

    def _place(self, kind: object, config: ConfigDict) -> _Place:
        if is_class(kind) and is_record(kind):
            return self._record(kind, config)
        origin, arguments = get_origin(kind) or kind, get_args(kind)
        if not arguments:
            return _Place()
        if origin in _MAPS:
            part = (_values_of, self.places(arguments[1], config))
            return _Place(_key_adapter(arguments[0], config), [part])
        if origin in _LISTS or arguments[1:] == (...,):
            return _Place(None, [(_elements_of, self.places(arguments[0], config))])
        if origin is tuple:
            inner = [self.places(each, config) for each in arguments]
            return _Place(None, [(_element_at(at), each) for at, each in enumerate(inner)])
        return _Place()

    def _record(self, kind: type[object], config: ConfigDict) -> _Place:
        if kind not in self._records:
            place = self._records[kind] = _Place()
            own = cast(ConfigDict, getattr(kind, "model_config", config))
            place.parts += [
                (_member_of(each.loaded), self.places(each.annotation, own))
                for each in fields_of(kind)[0]
            ]
        return self._records[kind]


def _key_adapter(key: Any, config: ConfigDict) -> TypeAdapter[Any] | None:
    """What validates names as keys; None where each stays itself."""
    is_plain = key is str and not any(config.get(option) for option in _TEXT_OPTIONS)
    if is_plain or key in _KEPT or (is_class(key) and issubclass(key, Enum)):
        return None
    kind: Any = dict[key, Any]
    return TypeAdapter(kind, config=config)


def has_one_spelling(key: Any, config: ConfigDict) -> bool:
    """Whether each key of a dict is read from one stored text alone; False where nobody knows."""
    if any(config.get(option) for option in _TEXT_OPTIONS):
        return False
    return key is str or _is_exact(TypeAdapter(key).core_schema)


def _is_exact(node: Node) -> bool:
    kind: str = node["type"]
    if kind in ("function-after", "function-before"):
        format_ = getattr(node["function"]["function"], "__self__", None)
        return _changes_nothing(format_) and _is_exact(node["schema"])
    if kind == "json-or-python":
        return _is_exact(node["json_schema"])
    if kind == "str":
        return not any(node.get(option.removeprefix("str_")) for option in _TEXT_OPTIONS)
    members = node.get("members", node.get("expected", ())) if kind in ("enum", "literal") else ()
    texts = [isinstance(each.value if isinstance(each, Enum) else each, str) for each in members]
    return kind == "date" or (bool(texts) and all(texts))


def _changes_nothing(format_: object) -> bool:
    """Whether a format takes each text as it is."""
    if not isinstance(format_, Format) or format_.attribute_type is not None:
        return False
    is_folded = isinstance(format_, Text) and (format_.lower or format_.fold is not None)
    return type(format_).accept in (Format.accept, Text.accept) and not is_folded


def _values_of(value: Any) -> Iterable[object]:
    return value.values() if is_mapping(value) else ()


def _elements_of(value: Any) -> Sequence[object]:
    return cast(Sequence[object], value) if isinstance(value, list | tuple | deque) else ()


def _element_at(at: int) -> Select:
    return lambda value: _elements_of(value)[at : at + 1] if isinstance(value, tuple) else ()


def _member_of(name: str) -> Select:
    return lambda value: (value[name],) if is_mapping(value) and name in value else ()
