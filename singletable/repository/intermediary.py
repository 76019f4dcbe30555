"""What may stand between a repository's callers and its transport: a cache, for one."""

from __future__ import annotations

from typing import Protocol, TypeVar

from singletable.operations import Context, Operation

R = TypeVar("R")
R2 = TypeVar("R2")


class CarryOut(Protocol):
    """Sends an operation and loads its answer."""

    def __call__(self, operation: Operation[R], context: Context, /) -> R: ...


class Intermediary(Protocol):
    """Answers an operation: by carrying it out, or from what it knows."""

    def __call__(self, operation: Operation[R], context: Context, carry_out: CarryOut, /) -> R: ...


def before(first: Intermediary, second: Intermediary | None) -> Intermediary:
    """One after the other: what the first carries out, the second is given."""
    if second is None:
        return first

    def both(operation: Operation[R], context: Context, carry_out: CarryOut) -> R:
        def onward(passed: Operation[R2], context: Context, /) -> R2:
            return second(passed, context, carry_out)

        return first(operation, context, onward)

    return both
