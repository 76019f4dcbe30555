"""Errors inside the codec; each gathers the path to the refused value while it propagates."""

from __future__ import annotations

import json
import reprlib


class PathError(Exception):
    """Collects its path while it propagates, so that coders need not pass one down."""

    path: str = ""

    def enter(self, step: str) -> None:
        self.path = step + self.path


class EncodeError(PathError):
    """A value that cannot be stored; `Coder.encode` raises `UnstorableValue` for it."""

    def __init__(self, value: object, reason: str) -> None:
        super().__init__(reason)
        self.value = value
        self.reason = reason


class DecodeError(PathError):
    """An attribute value that no `encode` wrote; `Coder.decode` raises ValueError for it."""

    def __init__(self, found: str, expected: str) -> None:
        super().__init__(found, expected)
        self.found = found
        self.expected = expected


def short_repr(value: object) -> str:
    """A short text of anything, for messages; never raises."""
    try:
        return reprlib.repr(value)
    except Exception:  # noqa: BLE001 (an int too long for text; a class of the user's)
        return f"<{type(value).__name__}>"


def index_step(at: object) -> str:
    """The step of a path into a list or map: `[2]`, `["colour"]`."""
    return f"[{json.dumps(at, ensure_ascii=False) if isinstance(at, str) else short_repr(at)}]"


def field_step(name: object) -> str:
    """The step of a path into a record: `.colour`."""
    return f".{name}"
