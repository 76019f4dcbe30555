"""set and frozenset as SS, NS or BS, sorted; DynamoDB stores no empty set."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import Any, Final

from singletable.codec.faults import EncodeError
from singletable.codec.scalars import instance_of
from singletable.codec.wire import AttributeValue, Inner

SET_TAGS: Final[Mapping[str, str]] = {"S": "SS", "N": "NS", "B": "BS"}
_ORDER: Final[Mapping[str, Callable[[Any], Any] | None]] = {"SS": None, "NS": Decimal, "BS": None}
_IS_SET: Final = instance_of(set, frozenset)


def set_of(name: str, make: type[set[Any]] | type[frozenset[Any]], element: Inner) -> Inner:
    """`element` has exactly one tag, and that in `SET_TAGS`."""
    [scalar_tag] = element.tags
    tag = SET_TAGS[scalar_tag]
    order = _ORDER[tag]

    def encode(value: Any, level: int) -> AttributeValue:
        if not _IS_SET(value):
            raise EncodeError(value, f"is no {name}")
        if not value:
            raise EncodeError(value, "is empty: only a field can be an empty set, by its absence")
        parts = {element.encode(each, 1)[scalar_tag] for each in value}
        if len(parts) != len(value):
            raise EncodeError(value, "has two elements that are stored alike")
        return {tag: sorted(parts, key=order)}

    def decode(found: str, payload: Any, level: int) -> Any:
        return make(element.decode(scalar_tag, each, 1) for each in payload)

    return Inner(name, frozenset({tag}), _IS_SET, encode, decode, absent=make())


def is_empty_set(value: Any) -> bool:
    return _IS_SET(value) and not value
