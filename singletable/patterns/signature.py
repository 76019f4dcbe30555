"""Reads and checks the signature of a pattern function."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping
from pathlib import Path
from types import FunctionType
from typing import get_type_hints

from singletable.errors.base import abridge
from singletable.errors.declaration import InvalidPattern
from singletable.patterns.pattern import Parameter
from singletable.records import record

_PLAIN = (inspect.Parameter.POSITIONAL_OR_KEYWORD, inspect.Parameter.KEYWORD_ONLY)


@record
class Signature:
    """The signature of a pattern; `where` is its name and place, for errors."""

    where: str
    parameters: tuple[Parameter, ...]
    returns: object


_SHAPES = (
    (inspect.iscoroutinefunction, "an async function"),
    (inspect.isgeneratorfunction, "a generator"),
    (inspect.isasyncgenfunction, "an async generator"),
)


def pattern_name(function: Callable[..., object]) -> str:
    """The name of a pattern, `posts.by_id`: the module's last part and the function's name."""
    name = getattr(function, "__name__", repr(function))
    return f"{function.__module__.rpartition('.')[2]}.{name}"


def pattern_place(function: FunctionType) -> str:
    """The pattern's name and its place: `posts.by_id (posts.py:12)`."""
    code = function.__code__
    return f"{pattern_name(function)} ({Path(code.co_filename).name}:{code.co_firstlineno})"


def read_signature(function: Callable[..., object]) -> Signature:
    """Reads the signature; `InvalidPattern` where docs or trace would miss something."""
    if not isinstance(function, FunctionType):
        raise InvalidPattern(
            where=abridge(function), declared="no function", allowed="a plain function of a module"
        )
    where = pattern_place(function)
    for has_shape, shape in _SHAPES:
        if has_shape(function):
            raise InvalidPattern(where=where, declared=shape, allowed="a plain function: no I/O")
    if not (function.__doc__ or "").strip():
        raise InvalidPattern(where=where, declared="no docstring", allowed="the question it asks")
    try:
        hints = get_type_hints(function, include_extras=True)
    except Exception as error:
        raise InvalidPattern(
            where=where,
            declared=f"an annotation that cannot be read: {error}",
            allowed="names imported at run time, outside `if TYPE_CHECKING`",
        ) from error
    if "return" not in hints:
        raise InvalidPattern(
            where=where, declared="no return annotation", allowed="such as `-> Query[Post]`"
        )
    parameters = tuple(
        _parameter(parameter, hints, where)
        for parameter in inspect.signature(function).parameters.values()
    )
    return Signature(where, parameters, hints["return"])


def _parameter(parameter: inspect.Parameter, hints: Mapping[str, object], where: str) -> Parameter:
    if parameter.kind not in _PLAIN:
        raise InvalidPattern(
            where=where, declared=f"the parameter {parameter}", allowed="named parameters"
        )
    if parameter.default is not parameter.empty:
        raise InvalidPattern(
            where=where,
            declared=f"the parameter {parameter.name} has a default",
            allowed="parameters that are always given; another pattern for another question",
        )
    if parameter.name not in hints:
        raise InvalidPattern(
            where=where,
            declared=f"the parameter {parameter.name} has no annotation",
            allowed="annotated parameters",
        )
    return Parameter(parameter.name, hints[parameter.name])
