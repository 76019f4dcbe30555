"""Wire values and expressions as a reader understands them: placeholders replaced by what they are.

Knows requests and nothing else.
"""

from __future__ import annotations

import json
import re
from base64 import b64encode
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any, cast

from singletable.codec.wire import is_mapping
from singletable.formats.base import HIGHEST
from singletable.operations import Context, Request
from singletable.operations.reads.cursor import CursorSeal

SYMBOLIC = Context("table", datetime(9999, 12, 30, 23, 59, 58, 765432, UTC), CursorSeal(bytes(32)))
"""The context of readable requests; its moment, told by no clock, is shown as `now`."""

_NOW = re.compile(
    f"{int(SYMBOLIC.now.timestamp())}|" + re.escape(SYMBOLIC.now.isoformat()[:-6]) + "Z"
)
_SYMBOL = re.compile(r"\{[A-Za-z_][\w.]*\}( \+ 1)?")
_PLACEHOLDER = re.compile(r"[#:][nv]\d+")


def key_text(value: Mapping[str, Any]) -> str:
    """A key attribute's value as it stands, without quotes: `CATEGORY#{category_id}`."""
    ((_, content),) = value.items()
    text = b64encode(content).decode() if isinstance(content, bytes) else str(content)
    return _NOW.sub("now", text).replace(HIGHEST, "U+10FFFF")


def value_text(value: Mapping[str, Any]) -> str:
    """A value as in JSON, but arguments bare: `"published"`, `7`, `{since}`."""
    ((tag, content),) = value.items()
    text = key_text(value)
    if tag == "N" or text == "now" or _SYMBOL.fullmatch(text):
        return text
    return json.dumps(text, ensure_ascii=False) if tag in "SB" else _nested(tag, content)


def _nested(tag: str, content: Any) -> str:
    if tag == "M":
        parts = (f"{name}: {value_text(value)}" for name, value in content.items())
        return "{" + ", ".join(parts) + "}"
    if tag == "L":
        return "[" + ", ".join(map(value_text, content)) + "]"
    if tag in ("SS", "NS", "BS"):
        return "{" + ", ".join(value_text({tag[0]: each}) for each in content) + "}"
    return json.dumps(None if tag == "NULL" else content)


def expression(parameters: Mapping[str, Any], name: str) -> str:
    """The expression of this name with its placeholders replaced; empty if there is none."""
    names: dict[str, str] = parameters.get("ExpressionAttributeNames", {})
    values: dict[str, Any] = parameters.get("ExpressionAttributeValues", {})

    def meaning(found: re.Match[str]) -> str:
        placeholder = found[0]
        return names[placeholder] if placeholder in names else value_text(values[placeholder])

    return _PLACEHOLDER.sub(meaning, parameters.get(name, ""))


def request_data(request: Request) -> dict[str, Any]:
    """The request as JSON can hold it: bytes in base64, as in DynamoDB's own protocol."""
    return {"operation": request.operation, "parameters": jsonable(request.parameters)}


def jsonable(value: Any) -> Any:
    """Wire data without bytes; other values as they are."""
    if isinstance(value, bytes):
        return b64encode(value).decode()
    if is_mapping(value):
        return {str(k): jsonable(v) for k, v in value.items()}
    if isinstance(value, (list, tuple)):
        return [jsonable(part) for part in cast(list[Any], value)]
    return value


def json_text(value: Any) -> str:
    """Indented JSON, one line of data where it is short; no character that cannot be shown."""
    text = json.dumps(value, ensure_ascii=False, indent=2)
    return _folded(text).replace(HIGHEST, "\\udbff\\udfff")


_LEAF = re.compile(r"([{\[])\n\s+([^{}\[\]\n]+(?:,\n\s+[^{}\[\]\n]+)?)\n\s+([}\]])")


def _folded(text: str) -> str:
    """`{"S": "POST#1"}` on one line: attribute values are read as a word."""

    def joined(found: re.Match[str]) -> str:
        content = re.sub(r",\n\s+", ", ", found[2])
        short = len(content) < 100 and ", " not in content
        return f"{found[1]}{content}{found[3]}" if short else found[0]

    return _LEAF.sub(joined, text)
