"""What may stand between a repository's callers and its transport: a cache, for one."""

from __future__ import annotations

from typing import Protocol, TypeVar

from singletable.operation import Context, Operation

R = TypeVar("R")


class CarryOut(Protocol):
    """Sends an operation and loads its answer."""

    def __call__(self, operation: Operation[R], context: Context, /) -> R: ...


class Intermediary(Protocol):
    """Answers an operation: by carrying it out, or from what it knows."""

    def __call__(self, operation: Operation[R], context: Context, carry_out: CarryOut, /) -> R: ...
