"""The codec's face: a compiled coder with its place in every message, open to placeholders."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from singletable.codec.compiler import Compiler
from singletable.codec.faults import DecodeError, EncodeError
from singletable.codec.moments import EPOCH_SECONDS
from singletable.codec.records import is_absent
from singletable.codec.unions import optional
from singletable.codec.wire import MISSING, AttributeValue, Inner, class_of, load
from singletable.errors.request import UnstorableValue


@dataclass(frozen=True, slots=True)
class Coder:
    """One annotation, compiled.

    `tags`: what it may produce at the top level. `encode` gives None for what is stored as an
    absent attribute (None, the empty set) and raises `UnstorableValue`; `decode` raises ValueError.
    `absent`: what an absent attribute loads as: None, an empty set, or MISSING if it must be there.
    """

    tags: frozenset[str]
    encode: Callable[[Any], AttributeValue | None]
    decode: Callable[[AttributeValue], Any]
    absent: Any = MISSING


def compile_coder(annotation: Any, where: str) -> Coder:
    """Raises `UnsupportedAnnotation` for what could not be stored and read back unchanged."""
    return _finish(Compiler().compile(annotation, where), where)


def epoch_seconds(where: str) -> Coder:
    """For a TTL field, `datetime` or `datetime | None`: whole seconds since 1970 as N."""
    return _finish(optional("datetime", EPOCH_SECONDS), where)


def _finish(inner: Inner, where: str) -> Coder:
    def encode(value: Any) -> AttributeValue | None:
        if getattr(class_of(value), "__singletable_symbol__", None) is not None:
            return {"S": value.__singletable_symbol__}
        if is_absent(inner, value):
            return None
        try:
            return inner.encode(value, 1)
        except EncodeError as error:
            raise UnstorableValue(
                where=where + error.path, value=_printable(error.value), reason=error.reason
            ) from None

    def decode(attribute: AttributeValue) -> Any:
        try:
            return load(inner, attribute, 1)
        except DecodeError as error:
            place = where + error.path
            raise ValueError(f"{place}: found {error.found}, expected {error.expected}") from None

    return Coder(inner.tags - {"NULL"}, encode, decode, inner.absent)


def _printable(value: object) -> object:
    """The value, unless it cannot be shown in a message: a giant int, a tangle too deep."""
    try:
        repr(value)
    except (ValueError, RecursionError):
        return f"<{type(value).__name__}>"
    return value
