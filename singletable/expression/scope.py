"""What an expression may name: the fields of one entity, or raw attributes."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from singletable.codec import AttributeValue, Coder, compile_coder
from singletable.errors.request import InvalidItem
from singletable.expression.binder import Binder
from singletable.symbol import Symbol

Step = str | int


@dataclass(frozen=True)
class Scope:
    """`stored` maps a field to its attribute's name, `encode` a field and value to wire form."""

    entity: str
    stored: Callable[[str], str]
    encode: Callable[[str, Any], AttributeValue | None]

    def path(self, binder: Binder, steps: Sequence[Step]) -> str:
        """`#n0.#n1[2]`."""
        first, *others = steps
        text = binder.name(self.stored(str(first)))
        for step in others:
            text += f"[{step}]" if isinstance(step, int) else f".{binder.name(step)}"
        return text

    def value(self, binder: Binder, steps: Sequence[Step], value: Any) -> str:
        """Binds `value` as what stands at the path."""
        if len(steps) == 1:
            encoded = self.encode(str(steps[0]), value)
        else:
            encoded = self.by_type(value)
        if encoded is None:
            raise InvalidItem(
                entity=self.entity,
                problems=f"{steps[0]} is compared with {value!r}, which is stored as no attribute",
            )
        return binder.value(encoded)

    @staticmethod
    def by_type(value: Any) -> AttributeValue | None:
        """The wire form that the value's own type implies, for nested values and elements."""
        kind = str if isinstance(value, Symbol) else type(value)
        return _coder_of(kind).encode(value)


@lru_cache(maxsize=256)
def _coder_of(kind: type) -> Coder:
    return compile_coder(kind, "condition")
