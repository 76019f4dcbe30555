"""`Source`: the text of a function that reads or writes one kind of item, written and compiled.

Knows no coder and no entity. Tracebacks show the lines, which `linecache` is given.
"""

from __future__ import annotations

import linecache
from collections.abc import Callable, Generator
from contextlib import contextmanager
from itertools import count
from keyword import iskeyword
from typing import Any, Final

LONGEST: Final = 800
"""The lines after which coders are called instead of written out, as compiling takes its time."""

DEEPEST_BLOCK: Final = 16
"""The depth after which coders are called: Python takes 20 loops within each other."""

_numbers = count(1)


class Source:
    """The lines of one function, and the objects that they name."""

    def __init__(self, head: str) -> None:
        self.lines = [head]
        self._depth = 1
        self._names = count(1)
        self._objects: dict[str, object] = {}
        self._bound: dict[int, str] = {}

    @property
    def is_full(self) -> bool:
        return len(self.lines) > LONGEST or self._depth > DEEPEST_BLOCK

    def line(self, text: str) -> None:
        self.lines.append("    " * self._depth + text)

    @contextmanager
    def block(self, head: str) -> Generator[None]:
        """The lines that follow are in a block."""
        self.line(head)
        self._depth += 1
        yield
        self._depth -= 1

    def name(self, hint: str = "v") -> str:
        """A name that is not used yet."""
        return f"{hint}{next(self._names)}"

    def bind(self, value: object, hint: str) -> str:
        """The name of an object outside of the function; one for each object."""
        known = self._bound.get(id(value))
        if known is None:
            known = self._bound[id(value)] = self.name(f"{hint}_")
            self._objects[known] = value
        return known

    def keep(self, expression: str, hint: str = "v") -> str:
        """The name of a variable that is given the value."""
        name = self.name(hint)
        self.line(f"{name} = {expression}")
        return name

    def compile(self, title: str) -> Callable[..., Any]:
        """The function; `title` is its file's name in tracebacks."""
        lines = [f"{line}\n" for line in self.lines]
        file = f"<{title.encode('unicode_escape').decode()} {next(_numbers)}>"
        names: dict[str, Any] = dict(self._objects)
        exec(compile("".join(lines), file, "exec"), names)  # noqa: S102 - names stand in quotes
        linecache.cache[file] = (sum(map(len, lines)), None, lines, file)
        function: Callable[..., Any] = names[lines[0].removeprefix("def ").partition("(")[0]]
        return function


def attribute(value: str, name: str) -> str:
    """The expression of an object's attribute, whatever its name is."""
    is_plain = name.isascii() and name.isidentifier() and not iskeyword(name)  # others are folded
    return f"{value}.{name}" if is_plain else f"getattr({value}, {name!r})"
