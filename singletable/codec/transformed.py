"""The coder of values that functions of the user's make what is stored of."""

from __future__ import annotations

from functools import cached_property

from pydantic import TypeAdapter

from singletable.codec.errors import DecodeError, EncodeError, short_repr
from singletable.codec.wire import AttributeValue, Inner, Payload, load
from singletable.formats import StoredAs
from singletable.records import record


def transformed(
    mark: StoredAs, name: str, kind: type[object], stored: Inner, *, is_rebuilt: bool
) -> Inner:
    """The coder of a class whose values are stored as what a function makes of them.

    `stored`: the coder of that; `is_rebuilt`: whether Pydantic makes its objects.
    """
    known = _Transformed(mark, name, kind, stored, is_rebuilt)
    return Inner(
        name,
        stored.tags,
        known.accepts,
        known.encode,
        known.decode,
        keep=stored.keep,
        transform=mark,
    )


@record(sealed=True)
class _Transformed:
    mark: StoredAs
    name: str
    kind: type[object]
    stored: Inner
    is_rebuilt: bool

    def accepts(self, value: object) -> bool:
        return isinstance(value, self.kind)

    def encode(self, value: object, level: int) -> AttributeValue:
        """Encodes a value, which must be read again as itself."""
        if not self.accepts(value):
            raise EncodeError(value, f"is no {self.name}")
        wire = self._write(value, level)
        try:
            again = self._read(load(self.stored, wire, level))
            is_same = _is_same(again, value)
        except Exception as error:
            raise EncodeError(value, f"is not decoded again: {_show(error)}") from error
        if not is_same or self._write(again, level) != wire:
            raise EncodeError(value, "is decoded as another value")
        return wire

    def decode(self, tag: str, payload: Payload, level: int) -> object:
        loaded = self.stored.decode(tag, payload, level)
        try:
            return self._read(loaded)
        except Exception as error:
            expected = f"what decodes to {self.name}: {_show(error)}"
            raise DecodeError(short_repr(payload), expected) from error

    def _write(self, value: object, level: int) -> AttributeValue:
        try:
            plain = self.mark.encode(value)
        except Exception as error:
            raise EncodeError(value, f"is not encoded: {_show(error)}") from error
        return self.stored.encode(plain, level)

    def _read(self, loaded: object) -> object:
        return self.mark.decode(self._adapter.validate_python(loaded) if self._adapter else loaded)

    @cached_property
    def _adapter(self) -> TypeAdapter[object] | None:
        """What makes objects of what is decoded, such as models."""
        return TypeAdapter(self.mark.kind) if self.is_rebuilt else None


def _is_same(again: object, value: object) -> bool:
    """Whether it is of the same class, and equal if the class says what is."""
    if type(again) is not type(value):
        return False
    return type(value).__eq__ is object.__eq__ or bool(again == value)


def _show(error: Exception) -> str:
    """The error as text; its class alone where it has none."""
    try:
        return f"{type(error).__name__}: {error}"
    except Exception:  # noqa: BLE001 (a class of the user's may raise anything)
        return type(error).__name__
