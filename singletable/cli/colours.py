"""Colours of a terminal, where there is one and nobody refuses them."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from typing import IO, Literal, TypeAlias

Colour = Literal["red", "yellow", "blue", "green", "bold"]
Paint: TypeAlias = Callable[[str, Colour], str]
"""The text in a colour, or as it is."""

_CODES: Mapping[Colour, str] = {
    "red": "1;31",
    "yellow": "1;33",
    "blue": "1;34",
    "green": "1;32",
    "bold": "1",
}


def painter(stream: IO[str]) -> Paint:
    """What colours texts for this stream: with NO_COLOR nothing, with FORCE_COLOR all of them,
    else those for a terminal that is not dumb."""
    return _coloured if _has_colours(stream) else _plain


def _has_colours(stream: IO[str]) -> bool:
    if os.environ.get("NO_COLOR"):
        return False
    forced = os.environ.get("FORCE_COLOR")
    if forced:
        return forced != "0"
    return stream.isatty() and os.environ.get("TERM") != "dumb"


def _coloured(text: str, colour: Colour) -> str:
    return f"\x1b[{_CODES[colour]}m{text}\x1b[0m"


def _plain(text: str, colour: Colour) -> str:
    return text
