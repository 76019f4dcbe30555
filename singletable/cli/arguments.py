"""`name=value` words → a pattern's arguments, by the types of its parameters."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from singletable.cli.usage import UsageError
from singletable.design import PatternCaller
from singletable.errors.suggestions import did_you_mean


def arguments_of(
    caller: PatternCaller, words: Sequence[str], *, examples: bool, example_entities: bool
) -> Mapping[str, object]:
    """Parses every argument; a missing one becomes an example, if asked for, else an error."""
    texts = _split(caller, words)
    given = {name: _parse(caller, name, texts[name]) for name in caller.parameters if name in texts}
    left_out = [each for name, each in caller.parameters.items() if name not in given]
    needed = [each for each in left_out if not (examples or (example_entities and each.entity))]
    if needed:
        shown = ", ".join(f"{each.name} ({each.type})" for each in needed)
        raise UsageError(f"{caller.pattern.name} needs {shown}; write name=value, or --example")
    return {**caller.examples(), **given} if left_out else given


def _split(caller: PatternCaller, words: Sequence[str]) -> Mapping[str, str]:
    pattern, names = caller.pattern.name, list(caller.parameters)
    texts = dict[str, str]()
    for word in words:
        name, equals, text = word.partition("=")
        if not equals:
            raise UsageError(f"{word!r}: arguments are written name=value")
        if name not in names:
            raise UsageError(f"{pattern} has no argument {name!r}{did_you_mean(name, names)}")
        if name in texts:
            raise UsageError(f"{name} is given twice")
        texts[name] = text
    return texts


def _parse(caller: PatternCaller, name: str, text: str) -> object:
    parameter = caller.parameters[name]
    try:
        return caller.parse(name, text)
    except ValueError as error:
        wanted = parameter.type + (", as JSON" if parameter.entity else "")
        raise UsageError(f"{name} is no {wanted}: {error}") from None
