"""Lines of Python as formatters leave them, whether they allow 88 characters or more."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

WIDTH = 88


def quoted(text: str) -> str:
    """A string literal, in the quotation marks that need fewer escapes."""
    quote = "'" if text.count('"') > text.count("'") else '"'
    return quote + "".join(_escaped(each, quote) for each in text) + quote


def _escaped(character: str, quote: str) -> str:
    if character in (quote, "\\"):
        return f"\\{character}"
    return character if character.isprintable() else repr(character)[1:-1]


def plain(text: str) -> str:
    """Text on one line, without what cannot be shown."""
    return " ".join("".join(each if each.isprintable() else " " for each in text).split())


def docstring(text: str) -> str:
    """A docstring of one line."""
    shown = plain(text).replace("\\", "\\\\").replace('"', "'")
    return f'"""{shown}"""'


def comment(text: str, indent: str = "") -> str:
    return f"{indent}# {plain(text)}"


def call(head: str, arguments: Sequence[str], tail: str = "", indent: str = "") -> list[str]:
    """`head(arguments)tail` on one line, or with a line for each argument where it is too long."""
    line = f"{indent}{head}({', '.join(arguments)}){tail}"
    if len(line) <= WIDTH or not arguments:
        return [line]
    return [
        f"{indent}{head}(",
        *(f"{indent}    {each}," for each in arguments),
        f"{indent}){tail}",
    ]


def subscript(head: str, arguments: Sequence[str], indent: str = "", before: int = 0) -> str:
    """`head[arguments]`, over several lines where it does not fit behind `before` characters."""
    line = f"{head}[{', '.join(arguments)}]"
    if len(indent) + before + len(line) <= WIDTH:
        return line
    inner = "".join(f"{indent}    {each},\n" for each in arguments)
    return f"{head}[\n{inner}{indent}]"


def chain(
    first: tuple[str, Sequence[str]], calls: Iterable[tuple[str, Sequence[str]]], indent: str
) -> Iterator[str]:
    """`return first(...).second(...)`; where that is too long, a step after the other."""
    steps = [first, *calls]
    whole = ".".join(f"{head}({', '.join(arguments)})" for head, arguments in steps)
    if len(f"{indent}return {whole}") <= WIDTH:
        yield f"{indent}return {whole}"
        return
    head, arguments = first
    if len(steps) == 1:
        yield from call(f"return {head}", arguments, indent=indent)
        return
    yield from call(f"asked = {head}", arguments, indent=indent)
    for head, arguments in steps[1:-1]:
        yield from call(f"asked = asked.{head}", arguments, indent=indent)
    head, arguments = steps[-1]
    yield from call(f"return asked.{head}", arguments, indent=indent)


def tuple_of(parts: Sequence[str]) -> str:
    """A tuple of expressions; of one, with its comma."""
    return f"({parts[0]},)" if len(parts) == 1 else f"({', '.join(parts)})"
