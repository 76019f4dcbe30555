"""NDJSON, one item a line: read piece by piece, and what any line may be refused for."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Annotated, Any, TypeAlias

from pydantic import AwareDatetime, BeforeValidator, ValidationError
from pydantic.alias_generators import to_camel

from app.core.problems import MalformedBody, Unprocessable, unprocessable
from app.core.strict_json import parse_json
from singletable.formats import instant

LONGEST_LINE = 400 * 1024
PIECE = 1024 * 1024
_BOM = b"\xef\xbb\xbf"

Read: TypeAlias = Callable[[int, int], bytes]
"""Up to so many bytes (second) from an offset (first) on; none at the end."""


@dataclass(frozen=True)
class Line:
    """`text` has no line feed, and is None if it was too long; `end` is where the next begins."""

    number: int
    text: bytes | None
    end: int


def lines(read: Read, start: int, before: int) -> Iterator[Line]:
    """Those from the offset `start` on, which `before` lines precede.

    Blank ones are counted and left out: a million of them take a moment.
    """
    growing, number, end = _Growing(), before, start
    for piece in pieces(read, start):
        *ends, rest = piece.split(b"\n")
        for text in ends:
            number += 1
            if not growing.size and not text.strip():
                end += len(text) + 1
                continue
            growing.add(text)
            end += growing.size + 1
            if not growing.is_blank:
                yield Line(number, growing.text, end)
            growing = _Growing()
        growing.add(rest)
    if not growing.is_blank:
        yield Line(number + 1, growing.text, end + growing.size)


def pieces(read: Read, start: int) -> Iterator[bytes]:
    """All bytes from an offset on."""
    while piece := read(start, PIECE):
        yield piece
        start += len(piece)


@dataclass
class _Growing:
    """A line as far as it was read; what is too long is not kept."""

    size: int = 0
    is_blank: bool = True
    _parts: list[bytes] = field(default_factory=list[bytes])

    def add(self, part: bytes) -> None:
        self.size += len(part)
        self.is_blank = self.is_blank and not part.strip()
        if self.size <= LONGEST_LINE:
            self._parts.append(part)

    @property
    def text(self) -> bytes | None:
        return b"".join(self._parts) if self.size <= LONGEST_LINE else None


def write_line(kind: str, facts: Mapping[str, Any]) -> bytes:
    """With a line feed; `kind` comes first."""
    named = {"kind": kind, **{to_camel(name): value for name, value in facts.items()}}
    return json.dumps(named, ensure_ascii=False, separators=(",", ":")).encode() + b"\n"


def parse_line(line: Line) -> Any:
    """The JSON of a line. Raises a `Problem`."""
    if line.text is None:
        raise MalformedBody(reason=f"the line has more than {LONGEST_LINE} bytes")
    return parse_json(line.text.removeprefix(_BOM) if line.number == 1 else line.text)


def unprocessable_line(error: ValidationError) -> Unprocessable:
    findings = error.errors(include_url=False, include_context=False, include_input=False)
    return unprocessable([{**each, "loc": ("line", *each["loc"])} for each in findings])


def _written_out(value: object) -> object:
    if not isinstance(value, str):
        raise ValueError("an instant is written as 2026-11-25T12:00:00Z")
    return value


Moment = Annotated[AwareDatetime, instant(), BeforeValidator(_written_out)]
