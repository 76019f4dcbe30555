"""The middleware protocols: callables around every operation of a repository, such as a cache."""

from __future__ import annotations

from collections.abc import Awaitable
from typing import Protocol, TypeVar

from singletable.errors.base import abridge
from singletable.errors.request import InvalidOperation
from singletable.operations import Context, Operation

R = TypeVar("R")
R2 = TypeVar("R2")


class Execute(Protocol):
    """Sends an operation and loads its result."""

    def __call__(self, operation: Operation[R], context: Context, /) -> R: ...


class Middleware(Protocol):
    """Returns the result of an operation: executes it, changed or not, or answers by itself."""

    def __call__(self, operation: Operation[R], context: Context, execute: Execute, /) -> R: ...


class AsyncExecute(Protocol):
    """Sends an operation and loads its result."""

    def __call__(self, operation: Operation[R], context: Context, /) -> Awaitable[R]: ...


class AsyncMiddleware(Protocol):
    """The same for an asynchronous repository."""

    def __call__(
        self, operation: Operation[R], context: Context, execute: AsyncExecute, /
    ) -> Awaitable[R]: ...


def wrap(middleware: Middleware, execute: Execute) -> Execute:
    """Wraps a middleware around an `Execute`."""
    _check_callable(middleware)

    def through(operation: Operation[R2], context: Context, /) -> R2:
        return middleware(operation, context, execute)

    return through


def wrap_async(middleware: AsyncMiddleware, execute: AsyncExecute) -> AsyncExecute:
    """Wraps an asynchronous middleware around an `AsyncExecute`."""
    _check_callable(middleware)

    def through(operation: Operation[R2], context: Context, /) -> Awaitable[R2]:
        return middleware(operation, context, execute)

    return through


def _check_callable(middleware: object) -> None:
    if not callable(middleware):
        raise InvalidOperation(
            where="with_middleware",
            declared=f"{abridge(middleware)} is given",
            allowed="a function that takes an operation, its context, and what executes it",
        )
