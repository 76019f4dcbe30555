"""Files of people and other programs, read as text, JSON or TOML; what they are not is said."""

from __future__ import annotations

import json
import re
import tomllib
from pathlib import Path
from typing import Any

_ENCODING = "utf-8-sig"
"""UTF-8, after a byte order mark or without one."""
_TOML_PLACE = re.compile(r"\(at (line \d+, column \d+|end of document)\)")


class Unreadable(ValueError):
    """What cannot be read; the text is a clause about it, such as "it is no JSON"."""


def read_text(path: Path) -> str:
    """The text of a file in UTF-8 without its byte order mark; `Unreadable` for any other file."""
    try:
        return path.read_text(_ENCODING)
    except OSError as error:
        raise Unreadable(f"it cannot be read: {error.strerror}") from None
    except UnicodeDecodeError as error:
        raise Unreadable(f"it is no UTF-8 text, at byte {error.start}") from None


def parse_json(text: str) -> Any:
    """What a text in JSON says; `Unreadable` with the place where it is none."""
    try:
        return json.loads(text)
    except json.JSONDecodeError as error:
        where = f"line {error.lineno}, column {error.colno}"
        raise Unreadable(f"it is no JSON, at {where}") from None
    except ValueError:
        raise Unreadable("it is no JSON: a number has too many digits") from None
    except RecursionError:
        raise Unreadable("it is no JSON: it is nested too deeply") from None


def parse_toml(text: str) -> dict[str, object]:
    """What a text in TOML says; `Unreadable` with the place where it is none."""
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        place = _TOML_PLACE.search(str(error))
        where = f", at {place[1]}" if place else ""
        raise Unreadable(f"it is no TOML{where}") from None
    except (ValueError, RecursionError):
        raise Unreadable("it is no TOML") from None
