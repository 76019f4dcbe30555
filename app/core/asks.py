"""Access patterns as routes and workers declare them: no other is carried out on their behalf.

Least privilege within a process, and the data behind "Asked by" and the rights of functions.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Generator, Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from typing import Any, TypeVar

from singletable import inspect
from singletable.inspect import Context, Execute, Operation

R = TypeVar("R")
C = TypeVar("C")

_DECLARED = "asked_patterns"


def asks(*patterns: Callable[..., Operation[Any]]) -> Callable[[C], C]:
    """Declares the patterns that a function or a class asks by itself."""
    names = frozenset(str(inspect.pattern_name(each)) for each in patterns)
    return lambda caller: declare_patterns(caller, names)


def declare_patterns(caller: C, names: Collection[str]) -> C:
    setattr(caller, _DECLARED, names)
    return caller


def declared_patterns(callers: Iterable[object]) -> frozenset[str]:
    """The names of what these declare, together."""
    return frozenset(name for each in callers for name in getattr(each, _DECLARED, ()))


@dataclass(eq=False)
class UndeclaredPattern(Exception):
    """An operation of a pattern that its route or worker does not declare."""

    caller: str
    pattern: str

    def __str__(self) -> str:
        return (
            f"{self.caller} asks {self.pattern} without declaring it;"
            f" add {self.pattern} to the @asks(...) of its endpoint, or of the dependency that asks"
        )


_asking: ContextVar[tuple[str, Collection[str]] | None] = ContextVar("asking", default=None)


@contextmanager
def asking(caller: str, patterns: Collection[str]) -> Generator[None]:
    """Limits a repository with `check_declared` to these patterns, in this context."""
    token = _asking.set((caller, patterns))
    try:
        yield
    finally:
        _asking.reset(token)


def check_declared(operation: Operation[R], context: Context, execute: Execute) -> R:
    """A middleware: raises `UndeclaredPattern`. It stands closest to the table, so that it sees
    what others attach."""
    if (limits := _asking.get()) is not None:
        caller, patterns = limits
        for name in asked_patterns(operation):
            check_pattern(caller, name, patterns)
    return execute(operation, context)


def check_pattern(caller: str, name: str, patterns: Collection[str]) -> None:
    """Raises `UndeclaredPattern`."""
    if name not in patterns:
        raise UndeclaredPattern(caller, name)


def asked_patterns(operation: Operation[Any]) -> Iterator[str]:
    """The pattern that made the operation, and those that made parts of it."""
    for each in (operation, *inspect.writes(operation), *getattr(operation, "gets", ())):
        if name := inspect.pattern_name(each):
            yield name
