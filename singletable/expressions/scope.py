"""`Scope`: the fields of one entity, or raw attributes, that an expression may name."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import cast

from singletable.codec import AttributeValue, Coder, compile_coder
from singletable.errors.declaration import UnsupportedAnnotation
from singletable.errors.request import InvalidItem, UnstorableValue
from singletable.expressions.binder import Binder
from singletable.tracing import Symbol

Step = str | int


@dataclass(frozen=True)
class Scope:
    """What an expression may name.

    `stored` gives the attribute's name of a field, `encode` the wire form of a field's value.
    """

    entity: str
    stored: Callable[[str], str]
    encode: Callable[[str, object], AttributeValue | None]

    def path(self, binder: Binder, steps: Sequence[Step]) -> str:
        """The path as text, such as `#n0.#n1[2]`; names are bound."""
        first, *others = steps
        text = binder.name(self.stored(str(first)))
        for step in others:
            text += f"[{step}]" if isinstance(step, int) else f".{binder.name(step)}"
        return text

    def value(self, binder: Binder, steps: Sequence[Step], value: object) -> str:
        """Binds a value, encoded as what stands at the path."""
        whole = len(steps) == 1
        encoded = self.encode(str(steps[0]), value) if whole else self.by_type(value)
        if encoded is None:
            raise InvalidItem(
                entity=self.entity,
                problems=f"{steps[0]} is compared with {value!r}, which is stored as no attribute",
            )
        name = self.stored(str(steps[0])) if whole else _last_name(steps)
        return binder.value(encoded, name)

    @staticmethod
    def by_type(value: object) -> AttributeValue | None:
        """The wire form that the value's own type implies, for nested values and elements."""
        try:
            coder = _coder_of(_kind_of(value))
        except UnsupportedAnnotation as error:
            raise UnstorableValue(
                where="condition", value=value, reason=f"has no stored form: {error.declared}"
            ) from None
        return coder.encode(value)


def _last_name(steps: Sequence[Step]) -> str:
    return next(step for step in reversed(steps) if isinstance(step, str))


def _kind_of(value: object) -> Hashable:
    return cast(Hashable, str if isinstance(value, Symbol) else type(value))


@lru_cache(maxsize=256)
def _coder_of(kind: Hashable) -> Coder:
    return compile_coder(kind, "condition")
