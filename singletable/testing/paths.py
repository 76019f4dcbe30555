"""Document paths: found in an item, kept apart from each other, and cut out of it."""

from __future__ import annotations

from collections.abc import Iterable
from enum import Enum
from itertools import pairwise
from typing import Final, Literal, TypeAlias

from singletable.testing.errors import build_validation
from singletable.testing.values import Item, Value

Path: TypeAlias = tuple[str | int, ...]
"""Names and list indexes, from the attribute inwards."""


class _Missing(Enum):
    MISSING = "missing"


MISSING: Final = _Missing.MISSING
Missing: TypeAlias = Literal[_Missing.MISSING]


def find(item: Item, path: Path) -> Value | Missing:
    """The value at a path; MISSING where there is none."""
    found: Value = item
    for step in path:
        inner = _step_into(found, step)
        if inner is MISSING:
            return MISSING
        found = inner
    return found


def _step_into(value: Value, step: str | int) -> Value | Missing:
    if isinstance(value, dict) and isinstance(step, str):
        return value.get(step, MISSING)
    if isinstance(value, tuple) and isinstance(step, int) and step < len(value):
        return value[step]
    return MISSING


def order_of(path: Path) -> tuple[tuple[bool, int, str], ...]:
    """A sort key by which indexes are ordered as numbers."""
    return tuple((True, step, "") if isinstance(step, int) else (False, 0, step) for step in path)


def check_apart(label: str, paths: Iterable[Path]) -> None:
    """Refuses a path that is another's beginning, and one that takes a map for a list."""
    ordered = sorted(paths, key=order_of)
    kinds: dict[Path, Path] = {}
    for first, second in pairwise(ordered):
        if second[: len(first)] == first:
            raise _collision(label, "overlap", first, second)
    for path in ordered:
        for at in range(1, len(path)):
            other = kinds.setdefault(path[:at], path)
            if type(other[at]) is not type(path[at]):
                raise _collision(label, "conflict", other, path)


def _collision(label: str, problem: str, first: Path, second: Path) -> Exception:
    return build_validation(
        f"Invalid {label}: Two document paths {problem} with each other; must remove or rewrite "
        f"one of these paths; path one: {show(first)}, path two: {show(second)}"
    )


def show(path: Path) -> str:
    steps = (f"[{step}]" if isinstance(step, int) else step for step in path)
    return f"[{', '.join(steps)}]"


class Projection:
    """The part of an item that some paths name; lists close up around what is left out."""

    def __init__(self, paths: Iterable[Path]) -> None:
        self._steps: dict[str | int, Projection | None] = {}
        inner: dict[str | int, list[Path]] = {}
        for path in sorted(paths, key=order_of):
            inner.setdefault(path[0], []).append(path[1:])
        for step, rests in inner.items():
            self._steps[step] = Projection(rests) if rests[0] else None

    @property
    def names(self) -> set[str]:
        """The attributes that the paths begin with."""
        return {step for step in self._steps if isinstance(step, str)}

    def cut(self, item: Item) -> Item:
        """The item with nothing but the paths."""
        part: Item = {}
        for step, inner in self._steps.items():
            if isinstance(step, str) and step in item:
                value = item[step] if inner is None else inner._cut_value(item[step])
                if value is not MISSING:
                    part[step] = value
        return part

    def _cut_value(self, value: Value) -> Value | Missing:
        if isinstance(value, dict):
            return self.cut(value) or MISSING
        if isinstance(value, tuple):
            return self._cut_list(value) or MISSING
        return MISSING

    def _cut_list(self, elements: tuple[Value, ...]) -> tuple[Value, ...]:
        part: list[Value] = []
        for step, inner in self._steps.items():
            if isinstance(step, int) and step < len(elements):
                value = elements[step] if inner is None else inner._cut_value(elements[step])
                if value is not MISSING:
                    part.append(value)
        return tuple(part)
