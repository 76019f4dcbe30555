"""Reads base64url and JSON strictly, as RFC 4648 and RFC 8259 have them.

Each value has one spelling: what another reader might read differently is refused.
"""

from __future__ import annotations

import base64
import json
import math
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, NoReturn, cast

from app.core.problems import MalformedBody

_BASE64URL = re.compile(r"[0-9A-Za-z_-]+")


@dataclass(eq=False)
class Unreadable(ValueError):
    """`reason` is a slug for logs, `words` are for clients; neither quotes what was read."""

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


def parse_json(
    document: bytes, most_digits: int = 4000, parse_float: Callable[[str], float] = float
) -> Any:
    """A value whose objects name each member once. Raises `Unreadable`."""

    def parse_int(text: str) -> int:
        if len(text) > most_digits:
            raise Unreadable("number", "a number has too many digits")
        return int(text)

    try:
        return json.loads(
            document.decode("utf-8"),
            object_pairs_hook=_members,
            parse_constant=_refuse_constant,
            parse_float=parse_float,
            parse_int=parse_int,
        )
    except UnicodeDecodeError as error:
        raise Unreadable("utf-8", f"byte {error.start} is not UTF-8") from None
    except json.JSONDecodeError as error:
        line = f"line {error.lineno}, " if b"\n" in document else ""
        raise Unreadable("json", f"{line}column {error.colno}") from None
    except RecursionError:
        raise Unreadable("depth", "it is nested too deeply") from None


def _members(pairs: list[tuple[str, object]]) -> dict[str, object]:
    members = dict(pairs)
    if len(members) != len(pairs):
        raise Unreadable("duplicate", "an object names a member twice")
    return members


def _refuse_constant(name: str) -> NoReturn:
    raise Unreadable("number", f"{name} is not JSON")


def parse_body(body: bytes) -> Any:
    """Raises `MalformedBody`, which says what is wrong and quotes nothing."""
    try:
        return parse_json(body)
    except Unreadable as unreadable:
        raise MalformedBody(reason=unreadable.words) from None


MOST_DIGITS = 20
DEEPEST = 8


def json_object(document: bytes) -> dict[str, object]:
    """An object for machines: at most `DEEPEST` deep, numbers short and finite.

    Raises `Unreadable`.
    """
    value: object = parse_json(document, MOST_DIGITS, _finite)
    if not isinstance(value, dict):
        raise Unreadable("object")
    _refuse_depth(cast("dict[str, object]", value))
    return cast("dict[str, object]", value)


def _finite(text: str) -> float:
    number = float(text)
    if not math.isfinite(number):
        raise Unreadable("number")
    return number


def _refuse_depth(value: object) -> None:
    level: list[object] = [value]
    for _ in range(DEEPEST):
        level = [below for each in level for below in _below(each)]
        if not level:
            return
    raise Unreadable("depth")


def _below(value: object) -> Sequence[object]:
    if isinstance(value, dict):
        return list(cast("dict[str, object]", value).values())
    return cast("list[object]", value) if isinstance(value, list) else ()
