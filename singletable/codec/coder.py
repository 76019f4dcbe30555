"""`Coder`: encodes and decodes the values of one annotation, and says where in its errors."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from singletable.codec.compiler import Compiler
from singletable.codec.errors import DecodeError, EncodeError
from singletable.codec.moments import EPOCH_SECONDS
from singletable.codec.records import is_absent
from singletable.codec.unions import optional
from singletable.codec.wire import MISSING, AttributeValue, Inner, load
from singletable.errors.request import UnstorableValue
from singletable.tracing import symbol_text


@dataclass(frozen=True, slots=True)
class Coder:
    """Encodes and decodes the values of one annotation.

    `tags`: what it may produce at the top level. `encode` gives None for what is stored as an
    absent attribute (None, the empty set) and raises `UnstorableValue`; `decode` raises ValueError.
    `absent`: what an absent attribute loads as: None, an empty set, or MISSING if it must be there.
    """

    tags: frozenset[str]
    encode: Callable[[object], AttributeValue | None]
    decode: Callable[[AttributeValue], object]
    absent: object = MISSING


def compile_coder(annotation: object, where: str) -> Coder:
    """The coder of an annotation.

    Raises `UnsupportedAnnotation` for what could not be stored and read back unchanged.
    """
    return _finish(Compiler().compile(annotation, where), where)


def epoch_seconds(where: str) -> Coder:
    """The coder of a TTL field, `datetime` or `datetime | None`: whole seconds since 1970 as N."""
    return _finish(optional("datetime", EPOCH_SECONDS), where)


def _finish(inner: Inner, where: str) -> Coder:
    def encode(value: object) -> AttributeValue | None:
        if is_absent(inner, value):
            return None
        try:
            return inner.encode(value, 1)
        except EncodeError as error:
            # A symbol is of no type that a coder accepts. Looking for it here, where the value is
            # refused already, keeps tracing out of every encoding at run time.
            symbol = symbol_text(value)
            if symbol is not None:
                return {"S": symbol}
            raise UnstorableValue(
                where=where + error.path, value=_safe_to_print(error.value), reason=error.reason
            ) from None

    def decode(attribute: AttributeValue) -> object:
        try:
            return load(inner, attribute, 1)
        except DecodeError as error:
            place = where + error.path
            raise ValueError(f"{place}: found {error.found}, expected {error.expected}") from None

    return Coder(inner.tags - {"NULL"}, encode, decode, inner.absent)


def _safe_to_print(value: object) -> object:
    """The value, or its type's name where `repr` fails: a giant int, an object nested too deep."""
    try:
        repr(value)
    except (ValueError, RecursionError):
        return f"<{type(value).__name__}>"
    return value
