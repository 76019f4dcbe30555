"""Reads base64url and JSON strictly, as RFC 4648 and RFC 8259 have them.

Each value has one spelling: what another reader might read differently is refused.
"""

from __future__ import annotations

import base64
import json
import math
import re
from dataclasses import dataclass
from typing import Any, NoReturn, cast

from app.core.problems import MalformedBody

MOST_DIGITS = 20
DEEPEST = 8
_BASE64URL = re.compile(r"[0-9A-Za-z_-]+")


@dataclass(eq=False)
class Unreadable(ValueError):
    """`reason` is a slug, `words` are for people; neither quotes what was read."""

    reason: str
    words: str = ""

    def __str__(self) -> str:
        return self.reason


def from_base64url(text: str) -> bytes:
    """Without padding, white space or left-over bits; not empty. Raises `Unreadable`."""
    if not _BASE64URL.fullmatch(text) or len(text) % 4 == 1:
        raise Unreadable("base64url")
    decoded = base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
    if base64.urlsafe_b64encode(decoded).rstrip(b"=").decode() != text:
        raise Unreadable("base64url")
    return decoded


def parse_json(body: bytes) -> Any:
    """Raises `MalformedBody`, which says what is wrong and quotes nothing."""
    try:
        return _value(body)
    except Unreadable as unreadable:
        raise MalformedBody(reason=unreadable.words) from None


def json_object(document: bytes) -> dict[str, object]:
    """An object, at most `DEEPEST` deep. Raises `Unreadable`."""
    value = _value(document)
    if not isinstance(value, dict):
        raise Unreadable("object")
    members = cast("dict[str, object]", value)
    if _is_deeper(members, DEEPEST):
        raise Unreadable("depth")
    return members


def _is_deeper(value: object, levels: int) -> bool:
    if not levels:
        return True
    if isinstance(value, dict):
        value = list(cast("dict[str, object]", value).values())
    for each in cast("list[object]", value) if isinstance(value, list) else ():
        if _is_deeper(each, levels - 1):
            return True
    return False


def _value(document: bytes) -> object:
    try:
        return json.loads(
            document.decode("utf-8"),
            object_pairs_hook=_members,
            parse_constant=_refuse_constant,
            parse_float=_finite,
            parse_int=_short,
        )
    except UnicodeDecodeError as error:
        raise Unreadable("utf-8", f"byte {error.start} is not UTF-8") from None
    except json.JSONDecodeError as error:
        line = f"line {error.lineno}, " if b"\n" in document else ""
        raise Unreadable("json", f"{line}column {error.colno}") from None
    except RecursionError:
        raise Unreadable("depth", "it is nested too deeply") from None


def _members(pairs: list[tuple[str, object]]) -> dict[str, object]:
    """Of two members of one name, different readers take different ones."""
    members = dict(pairs)
    if len(members) != len(pairs):
        raise Unreadable("duplicate", "an object names a member twice")
    return members


def _refuse_constant(name: str) -> NoReturn:
    raise Unreadable("number", f"{name} is not JSON")


def _finite(text: str) -> float:
    number = float(text)
    if not math.isfinite(number):
        raise Unreadable("number", "a number is too large")
    return number


def _short(text: str) -> int:
    if len(text) > MOST_DIGITS:
        raise Unreadable("number", "a number has too many digits")
    return int(text)
