"""`record`: classes of immutable data; knows none of them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, fields
from operator import attrgetter
from typing import Any, TypeVar

from typing_extensions import dataclass_transform

T = TypeVar("T")

_GETTERS: dict[type[object], Callable[[Any], object]] = {}


@dataclass_transform(frozen_default=True, field_specifiers=(field,))
def record(kind: type[T]) -> type[T]:
    """Makes a class a dataclass that is frozen for type checkers.

    Equal are records of one class whose fields are equal, but for those with `compare=False`. Only
    the constructor is made for each class: to compile all that a frozen dataclass is given takes a
    third of the time of importing this package.
    """
    made = dataclass(repr=False, eq=False)(kind)
    for name, function in (("__eq__", _is_equal), ("__hash__", _hash), ("__repr__", _show)):
        if vars(kind).get(name) is None:
            setattr(made, name, function)
    return made


def _values(instance: object) -> object:
    """The values of the fields that are compared."""
    kind = type(instance)
    get = _GETTERS.get(kind)
    if get is None:
        names = [each.name for each in fields(kind) if each.compare]  # type: ignore[arg-type]
        get = _GETTERS[kind] = attrgetter(*names) if len(names) > 1 else _of_few(names)
    return get(instance)


def _of_few(names: Sequence[str]) -> Callable[[Any], object]:
    return lambda instance: tuple([getattr(instance, name) for name in names])


def _is_equal(self: object, other: object) -> object:
    return _values(self) == _values(other) if type(self) is type(other) else NotImplemented


def _hash(self: object) -> int:
    return hash(_values(self))


def _show(self: object) -> str:
    named = [each.name for each in fields(self) if each.repr]  # type: ignore[arg-type]
    shown = ", ".join(f"{name}={getattr(self, name)!r}" for name in named)
    return f"{type(self).__qualname__}({shown})"
