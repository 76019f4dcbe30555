"""Compares templates: can they produce the same text, or one a text that begins the other's?

Values never contain the delimiter, so a text falls into a fixed number of cells; two templates
coincide only where every pair of cells can. Where the key attribute is a field itself its value
may be any text, delimiters included. Says "may" when in doubt, never "cannot".
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from singletable.formats import OneOf
from singletable.templates.template import Part, Template


@dataclass(frozen=True)
class Cell:
    """The text between two delimiters: literals (`str`) and placeholders (`Part`)."""

    pieces: tuple[str | Part, ...]

    @property
    def literal(self) -> str | None:
        texts = [piece for piece in self.pieces if isinstance(piece, str)]
        return "".join(texts) if len(texts) == len(self.pieces) else None

    @property
    def start(self) -> str:
        """The literal text that every value of this cell starts with."""
        first = self.pieces[0] if self.pieces else ""
        return first if isinstance(first, str) else ""

    def texts(self) -> frozenset[str] | None:
        """Every text this cell can have, when that is a small closed set."""
        if self.literal is not None:
            return frozenset({self.literal})
        if len(self.pieces) == 1 and isinstance(self.pieces[0], Part):
            format_ = self.pieces[0].format
            if isinstance(format_, OneOf):
                return frozenset(text for text, _ in format_.members)
        return None

    def admits(self, text: str) -> bool:
        """Whether some values of the placeholders give this text."""
        parts = [piece for piece in self.pieces if isinstance(piece, Part)]
        body = "".join(
            re.escape(piece) if isinstance(piece, str) else piece.expression
            for piece in self.pieces
        )
        found = re.fullmatch(body, text, re.DOTALL)
        return found is not None and all(
            _can_decode(part, value) for part, value in zip(parts, found.groups(), strict=True)
        )


def _can_decode(part: Part, text: str) -> bool:
    try:
        part.format.decode(text)
    except ValueError:
        return False
    return True


def cells(template: Template, delimiter: str, count: int | None = None) -> list[Cell]:
    """The cells of the template, or of its first `count` parts and the literal after them."""
    pieces = [list[str | Part]()]
    shown = template.parts if count is None else template.parts[:count]
    for piece in (template.literal, *(piece for part in shown for piece in (part, part.after))):
        if isinstance(piece, Part):
            pieces[-1].append(piece)
            continue
        first, *others = piece.split(delimiter)
        pieces[-1] += [first] if first else []
        empty = list[str | Part]()
        pieces += [empty + [other] * bool(other) for other in others]
    return [Cell(tuple(cell)) for cell in pieces]


def _is_free(template: Template, delimiter: str) -> bool:
    """Whether a value may contain the delimiter, so that the text has no cells."""
    return any(
        delimiter not in part.forbidden
        and (part.format.alphabet is None or delimiter in part.format.alphabet)
        for part in template.parts
    )


def may_coincide(one: Template, other: Template, delimiter: str) -> bool:
    """Whether some text fits both templates."""
    if _is_free(one, delimiter) or _is_free(other, delimiter):
        return True
    mine, theirs = cells(one, delimiter), cells(other, delimiter)
    return len(mine) == len(theirs) and all(map(_cells_coincide, mine, theirs))


def may_start_with(prefix: Template, count: int, other: Template, delimiter: str) -> bool:
    """Whether a text of `other` can start with `prefix` rendered for its first `count` parts."""
    if count == len(prefix.parts):
        return may_coincide(prefix, other, delimiter)
    if _is_free(other, delimiter):
        return True
    *closed, open_cell = cells(prefix, delimiter, count)
    theirs = cells(other, delimiter)
    if len(theirs) <= len(closed) or not all(map(_cells_coincide, closed, theirs)):
        return False
    # The prefix may end within a cell. What stands there after the literal start, a placeholder or
    # nothing, can be continued by any text, so only the literal starts can rule the match out.
    return _starts_may_agree(open_cell.start, theirs[len(closed)].start)


def _cells_coincide(one: Cell, other: Cell) -> bool:
    mine, theirs = one.texts(), other.texts()
    if mine is not None and theirs is not None:
        return bool(mine & theirs)
    if mine is not None:
        return any(map(other.admits, mine))
    if theirs is not None:
        return any(map(one.admits, theirs))
    return _starts_may_agree(one.start, other.start)


def _starts_may_agree(one: str, other: str) -> bool:
    return one.startswith(other) or other.startswith(one)
