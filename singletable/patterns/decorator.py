"""`@access_pattern`: traces the function once, checks the plan, remembers it."""

from __future__ import annotations

import functools
from collections.abc import Callable
from dataclasses import replace
from typing import Any, ParamSpec, TypeVar, cast

from singletable.errors.declaration import InvalidPattern
from singletable.operations import Operation, Origin
from singletable.patterns.plan import tables_of
from singletable.patterns.signature import name_of, read_signature, where_of
from singletable.patterns.trace import trace

P = ParamSpec("P")
R = TypeVar("R")


def access_pattern(function: Callable[P, R]) -> Callable[P, R]:
    """Declares an access pattern, named `module.function`.

    The function is called once, here, with symbols in place of its arguments. It must be pure,
    use every argument, have a docstring and annotations, and return one operation. A
    contradiction is a `DeclarationError`, raised while the module loads.
    """
    signature = read_signature(function)
    pattern = trace(function, signature)
    origin = Origin(name_of(function))

    @functools.wraps(function)
    def ask(*args: P.args, **kwargs: P.kwargs) -> R:
        operation: Any = function(*args, **kwargs)
        return cast(R, replace(operation, origin=origin))

    for table in tables_of(pattern.operation):
        if pattern.name in table.patterns:
            raise InvalidPattern(
                where=where_of(function),
                declared=f"{pattern.name} is already at {table.patterns[pattern.name].where}",
                allowed="one pattern of each name",
            )
        asking = cast(Callable[..., Operation[Any]], ask)
        table.patterns[pattern.name] = replace(pattern, function=asking)
    return ask
