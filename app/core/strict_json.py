"""Reads base64url and JSON strictly, as RFC 4648 and RFC 8259 have them.

Each value has one spelling: what another reader might read differently is refused.
"""

from __future__ import annotations

import base64
import json
import math
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, NoReturn, cast

from app.core.problems import MalformedBody

MOST_DIGITS = 20


DEEPEST = 8


_BASE64URL = re.compile(r"[0-9A-Za-z_-]+")


@dataclass(eq=False)
class Unreadable(ValueError):
    """`reason` is a slug, and quotes nothing of what was read."""

    reason: str

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


def json_object(document: bytes) -> dict[str, object]:
    """An object whose members are named once, at most `DEEPEST` deep. Raises `Unreadable`."""
    try:
        value: object = json.loads(
            document.decode("utf-8"),
            object_pairs_hook=_members,
            parse_constant=_refuse_constant,
            parse_float=_finite,
            parse_int=_short,
        )
    except UnicodeDecodeError:
        raise Unreadable("utf-8") from None
    except json.JSONDecodeError:
        raise Unreadable("json") from None
    except RecursionError:
        raise Unreadable("depth") from None
    if not isinstance(value, dict):
        raise Unreadable("object")
    _refuse_depth(cast("dict[str, object]", value))
    return cast("dict[str, object]", value)


def _members(pairs: list[tuple[str, object]]) -> dict[str, object]:
    members = dict(pairs)
    if len(members) != len(pairs):
        raise Unreadable("duplicate")
    return members


def _refuse_constant(_name: str) -> NoReturn:
    raise Unreadable("number")


def _finite(text: str) -> float:
    number = float(text)
    if not math.isfinite(number):
        raise Unreadable("number")
    return number


def _short(text: str) -> int:
    if len(text) > MOST_DIGITS:
        raise Unreadable("number")
    return int(text)


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


def parsed_json(body: bytes) -> Any:
    """Raises `MalformedBody`, which says what is wrong and quotes nothing."""
    try:
        return json.loads(
            body.decode("utf-8"), parse_constant=_refuse_nan, object_pairs_hook=_refuse_duplicates
        )
    except UnicodeDecodeError as error:
        raise MalformedBody(reason=f"byte {error.start} is not UTF-8") from None
    except json.JSONDecodeError as error:
        line = f"line {error.lineno}, " if b"\n" in body else ""
        raise MalformedBody(reason=f"{line}column {error.colno}") from None
    except RecursionError:
        raise MalformedBody(reason="it is nested too deeply") from None
    except ValueError:
        raise MalformedBody(reason="a number has too many digits") from None


def _refuse_duplicates(members: list[tuple[str, Any]]) -> dict[str, Any]:
    """Of two members of one name, different readers take different ones."""
    found = dict(members)
    if len(found) != len(members):
        raise MalformedBody(reason="an object names a member twice")
    return found


def _refuse_nan(name: str) -> NoReturn:
    raise MalformedBody(reason=f"{name} is not JSON")
