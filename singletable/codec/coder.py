"""`Coder`: encodes and decodes the values of one annotation, and says where in its errors."""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import replace
from typing import cast

from singletable.codec.compiler import Compiler
from singletable.codec.errors import DecodeError, EncodeError
from singletable.codec.moments import EPOCH_SECONDS
from singletable.codec.records import is_absent
from singletable.codec.unions import optional
from singletable.codec.wire import MISSING, AttributeValue, Inner, Keep, load
from singletable.errors.request import UnstorableValue
from singletable.formats import Format, StoredAs
from singletable.records import record
from singletable.tracing import symbol_text


@record
class Coder:
    """Encodes and decodes the values of one annotation.

    `tags`: what it may produce at the top level. `encode` gives None for what is stored as an
    absent attribute (None, the empty set) and raises `UnstorableValue`; `decode` raises ValueError.
    `absent`: what an absent attribute loads as: None, an empty set, or MISSING if it must be there.
    `is_rebuilt`: whether Pydantic builds objects anew from what is decoded, such as models.
    `keep`, `transform`: as of `Inner`, which `inner` is: that of the whole value.
    """

    tags: frozenset[str]
    encode: Callable[[object], AttributeValue | None]
    decode: Callable[[AttributeValue], object]
    inner: Inner
    absent: object = MISSING
    is_rebuilt: bool = False
    keep: Keep | None = None
    transform: StoredAs | None = None

    @property
    def is_opaque(self) -> bool:
        """Whether functions make what is stored, which then has no order and no parts."""
        return self.transform is not None


def compile_coder(annotation: object, where: str, instants: Format | None = None) -> Coder:
    """The coder of an annotation; `instants`: the format of moments that declare none.

    Raises `UnsupportedAnnotation` for what could not be stored and read back unchanged.
    """
    compiler = Compiler(instants)
    inner = compiler.compile(annotation, where)
    return replace(_finish(inner, where), is_rebuilt=compiler.is_rebuilt)


def epoch_seconds(where: str, *, is_optional: bool) -> Coder:
    """The coder of a TTL field, `datetime` or `datetime | None`: whole seconds since 1970 as N."""
    inner = optional("datetime", EPOCH_SECONDS) if is_optional else EPOCH_SECONDS
    return _finish(inner, where)


def _finish(inner: Inner, where: str) -> Coder:
    def encode(value: object) -> AttributeValue | None:
        if is_absent(inner, value):
            return None
        try:
            return inner.encode(value, 1)
        except EncodeError as error:
            # A symbol is of no type that a coder accepts. Looking for it here, where the value is
            # refused already, keeps tracing out of every encoding at run time.
            symbol = _encode_symbols(value)
            if symbol is not None:
                return symbol
            raise UnstorableValue(
                where=where + error.path, value=safe_to_print(error.value), reason=error.reason
            ) from None

    def decode(attribute: AttributeValue) -> object:
        try:
            return load(inner, attribute, 1)
        except DecodeError as error:
            place = where + error.path
            raise ValueError(f"{place}: found {error.found}, expected {error.expected}") from None

    tags, transform = inner.tags - {"NULL"}, cast("StoredAs | None", inner.transform)
    return Coder(tags, encode, decode, inner, inner.absent, keep=inner.keep, transform=transform)


def _encode_symbols(value: object) -> AttributeValue | None:
    """A symbol, or a list or set of them, as texts; None for a real value."""
    if type(value) not in (list, set):
        text = symbol_text(value)
        return None if text is None else {"S": text}
    texts = [symbol_text(each) for each in cast("Collection[object]", value)]
    known = [text for text in texts if text is not None]
    if not known or len(known) < len(texts):
        return None
    return {"SS": sorted(known)} if type(value) is set else {"L": [{"S": text} for text in known]}


def safe_to_print(value: object) -> object:
    """The value, or its type's name where `repr` fails: a giant int, an object nested too deep."""
    try:
        repr(value)
    except Exception:  # noqa: BLE001 (a class of the user's may raise anything)
        return f"<{type(value).__name__}>"
    return value
