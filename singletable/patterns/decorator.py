"""`@access_pattern`: traces the function once, checks the plan, remembers it."""

from __future__ import annotations

import functools
from collections.abc import Callable
from dataclasses import replace
from typing import Any, ParamSpec, TypeVar, cast

from singletable.operations import Origin
from singletable.patterns.pattern import AnyOperation, register_pattern
from singletable.patterns.plan import tables_of
from singletable.patterns.signature import pattern_name, read_signature
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
    asked = cast(Callable[..., AnyOperation], function)
    pattern = trace(asked, signature)
    origin = Origin(pattern_name(function))

    @functools.wraps(function)
    def ask(*args: P.args, **kwargs: P.kwargs) -> R:
        operation: Any = function(*args, **kwargs)
        return cast(R, replace(operation, origin=origin))

    asking = cast(Callable[..., AnyOperation], ask)
    register_pattern(replace(pattern, function=asking), tables_of(pattern.operation))
    return ask
