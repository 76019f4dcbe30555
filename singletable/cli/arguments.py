"""`name=value` words → a pattern's arguments, by the types of its parameters."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from pydantic import TypeAdapter, ValidationError

from singletable.catalogue.arguments import example_arguments
from singletable.catalogue.types import show_type
from singletable.cli.usage import UsageError, did_you_mean
from singletable.patterns import Parameter, Pattern


def arguments_of(
    pattern: Pattern, words: Sequence[str], *, examples: bool, example_entities: bool
) -> dict[str, Any]:
    """Every argument; what is left out is an example if that was asked for, else refused."""
    texts = _split(pattern, words)
    given = {
        each.name: _parsed(each, texts[each.name])
        for each in pattern.parameters
        if each.name in texts
    }
    left_out = [each for each in pattern.parameters if each.name not in given]
    needed = [each for each in left_out if not (examples or (example_entities and each.entity))]
    if needed:
        shown = ", ".join(f"{each.name} ({show_type(each.annotation)})" for each in needed)
        raise UsageError(f"{pattern.name} needs {shown}; write name=value, or --example")
    return {**example_arguments(pattern), **given} if left_out else given


def _split(pattern: Pattern, words: Sequence[str]) -> Mapping[str, str]:
    names = [each.name for each in pattern.parameters]
    texts = dict[str, str]()
    for word in words:
        name, equals, text = word.partition("=")
        if not equals:
            raise UsageError(f"{word!r}: arguments are written name=value")
        if name not in names:
            raise UsageError(f"{pattern.name} has no argument {name!r}{did_you_mean(name, names)}")
        if name in texts:
            raise UsageError(f"{name} is given twice")
        texts[name] = text
    return texts


def _parsed(parameter: Parameter, text: str) -> Any:
    """The value; entities and containers are written as JSON, anything else as plain text."""
    adapter = TypeAdapter[Any](parameter.annotation)
    try:
        if parameter.entity is not None:
            return adapter.validate_json(text)
        return _plain_or_json(adapter, text)
    except ValidationError as error:
        wanted = show_type(parameter.annotation) + (", as JSON" if parameter.entity else "")
        raise UsageError(f"{parameter.name} is no {wanted}: {_reasons(error)}") from None


def _plain_or_json(adapter: TypeAdapter[Any], text: str) -> Any:
    try:
        return adapter.validate_strings(text)
    except ValidationError:
        if text[:1] not in ("{", "["):
            raise
    return adapter.validate_json(text)


def _reasons(error: ValidationError) -> str:
    problems = error.errors(include_url=False, include_context=False)
    return "; ".join(
        ": ".join(filter(None, (".".join(map(str, problem["loc"])), problem["msg"])))
        for problem in problems
    )
