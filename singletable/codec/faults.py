"""What goes wrong inside the codec, and where: faults that gather their path on the way out."""

from __future__ import annotations

import json
import reprlib


class PathError(Exception):
    """Collects the path to a fault on its way out, so that encoding need not carry it in."""

    path: str = ""

    def enter(self, step: str) -> None:
        self.path = step + self.path


class EncodeError(PathError):
    def __init__(self, value: object, reason: str) -> None:
        super().__init__(reason)
        self.value = value
        self.reason = reason


class DecodeError(PathError):
    def __init__(self, found: str, expected: str) -> None:
        super().__init__(found, expected)
        self.found = found
        self.expected = expected


def shown(value: object) -> str:
    """A short text of anything, for messages; never raises."""
    try:
        return reprlib.repr(value)
    except ValueError:  # an int too long for text
        return f"<{type(value).__name__}>"


def index_step(at: object) -> str:
    return f"[{json.dumps(at, ensure_ascii=False) if isinstance(at, str) else repr(at)}]"


def field_step(name: object) -> str:
    return f".{name}"
