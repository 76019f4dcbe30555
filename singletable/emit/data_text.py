"""Data as text: JSON that is read, YAML in block style with CloudFormation's short functions.

Knows no template; evaluates no expression.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import cast

from singletable.design.wire_text import GREATEST

_UNREADABLE = re.compile("[\x7f-\x9f\u2028\u2029\ud800-\udfff\ufeff\ufffe\uffff]")
"""The characters that YAML keeps as escapes alone."""
_PLAIN = re.compile(r"[A-Za-z_][\w./#*-]*(:{1,2}[A-Za-z_][\w./#*-]*)*", re.ASCII)
_WORDS = frozenset({"y", "n", "yes", "no", "on", "off", "true", "false", "null"})
_SHOWN_NUMBERS = 8
_LEAF = re.compile(r"([{\[])\n\s+([^{}\[\]\n]+(?:,\n\s+[^{}\[\]\n]+)?)\n\s+([}\]])")
INTRINSIC = re.compile(r"!(?P<tag>[A-Z][A-Za-z]*) +(?P<text>\S.*)")


@dataclass(frozen=True)
class RawExpression:
    """Text that is no value but stands for one: `!Ref TableName`."""

    text: str


Text = str | RawExpression
Switch = bool | RawExpression


def intrinsic(text: str) -> RawExpression | None:
    """CloudFormation's short form of a function, on one line; None for any other text."""
    return RawExpression(text) if INTRINSIC.fullmatch(text) else None


def yaml_text(value: object) -> str:
    """The document's lines; the same text from the same data, in its order."""
    return "\n".join(_lines(value)) + "\n"


def _lines(value: object) -> Iterator[str]:
    if isinstance(value, Mapping):
        for name, part in cast(Mapping[str, object], value).items():
            yield from _under(f"{_scalar(name)}:", part)
    else:
        for part in cast(list[object], value):
            first, *others = [_scalar(part)] if _is_scalar(part) else _lines(part)
            yield f"- {first}"
            yield from (f"  {line}" for line in others)


def _under(head: str, value: object) -> Iterator[str]:
    if _is_scalar(value):
        yield f"{head} {_scalar(value)}"
    else:
        yield head
        yield from (f"  {line}" for line in _lines(value))


def _is_scalar(value: object) -> bool:
    return not (isinstance(value, (Mapping, list)) and value)


def _scalar(value: object) -> str:
    """Plain where every reader of YAML takes it for the same text, else as JSON."""
    if isinstance(value, RawExpression):
        return value.text
    if isinstance(value, str) and _PLAIN.fullmatch(value) and value.lower() not in _WORDS:
        return value
    text = json.dumps(value, ensure_ascii=False)
    return _UNREADABLE.sub(lambda found: f"\\u{ord(found[0]):04x}", text)


def json_text(value: object) -> str:
    """Indented JSON, one line of data where it is short; no character that cannot be shown."""
    text = json.dumps(value, ensure_ascii=False, indent=2)
    return _LEAF.sub(_on_one_line, text).replace(GREATEST, "\\udbff\\udfff")


def shown_json(value: object) -> str:
    """The same for a reader, without most of the numbers of a vector."""
    return json_text(_without_most(value))


def _without_most(value: object) -> object:
    if isinstance(value, Mapping):
        known = cast(Mapping[str, object], value)
        return {name: _without_most(part) for name, part in known.items()}
    if not isinstance(value, list):
        return value
    parts = cast(list[object], value)
    if len(parts) > _SHOWN_NUMBERS and all(map(_is_number, parts)):
        return [*parts[:3], f"… {len(parts) - 3} more"]
    return [_without_most(part) for part in parts]


def _is_number(value: object) -> bool:
    if isinstance(value, Mapping):
        return [*cast(Mapping[str, object], value)] == ["N"]
    return isinstance(value, int | float) and not isinstance(value, bool)


def _on_one_line(found: re.Match[str]) -> str:
    """`{"S": "POST#1"}`: attribute values are read as a word."""
    content = re.sub(r",\n\s+", ", ", found[2])
    short = len(content) < 100 and ", " not in content
    return f"{found[1]}{content}{found[3]}" if short else found[0]
