"""Wire values and expressions as a reader understands them. Knows requests and nothing else.

Requests made at the moment `NOW`, which no clock tells, show it as `now`.
"""

from __future__ import annotations

import json
import re
import sys
from base64 import b64encode
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any, cast

from singletable.codec.wire import AttributeValue, is_mapping
from singletable.design.ir import AttributeType, Expression, KeyCondition, Operand, Segment

NOW = datetime(9999, 12, 30, 23, 59, 58, 765432, UTC)
GREATEST = chr(sys.maxunicode)
"""The greatest character, which ends ranges and cannot be printed."""
LEAST = "\0"
"""The least character: with it begins what comes after a text."""

_NOW = f"{int(NOW.timestamp())}|" + re.escape(NOW.isoformat()[:-6]) + "Z"
_MOMENT = re.compile(_NOW)
_SYMBOL = re.compile(r"(-|-?[\d.]+ - (size of )?)?\{[A-Za-z_][\w.]*\}( \+ 1)?")
_PLACEHOLDER = re.compile(r"[#:]\w+")
_SEGMENT = re.compile(rf"\{{([A-Za-z_][\w.]*)\}}|({_NOW})|({GREATEST})|({LEAST})")
_SHOWN = {"now": "now", "greatest": "U+10FFFF", "least": "U+0000"}


def key_text(value: AttributeValue) -> str:
    """A key attribute's value as it stands, without quotes: `CATEGORY#{category_id}`."""
    text = _MOMENT.sub("now", _content(value)).replace(GREATEST, _SHOWN["greatest"])
    return text.replace(LEAST, _SHOWN["least"])


def _content(value: AttributeValue) -> str:
    ((_, content),) = value.items()
    return b64encode(content).decode() if isinstance(content, bytes) else str(content)


def value_text(value: AttributeValue) -> str:
    """The text of a value, as in JSON, but arguments bare: `"published"`, `7`, `{since}`."""
    ((tag, content),) = value.items()
    text = key_text(value)
    if tag == "N" or text == "now" or _SYMBOL.fullmatch(text):
        return text
    return json.dumps(text, ensure_ascii=False) if tag in "SB" else _container_text(tag, content)


def _container_text(tag: str, content: Any) -> str:
    if tag == "M":
        parts = (f"{name}: {value_text(value)}" for name, value in content.items())
        return "{" + ", ".join(parts) + "}"
    if tag == "L":
        return "[" + ", ".join(map(value_text, content)) + "]"
    if tag in ("SS", "NS", "BS"):
        return "{" + ", ".join(value_text({tag[0]: each}) for each in content) + "}"
    return json.dumps(None if tag == "NULL" else content)


def operand(value: AttributeValue) -> Operand:
    """A key attribute's value in segments: its own text, arguments, `now`."""
    ((tag, _),) = value.items()
    text, at, segments = _content(value), 0, list[Segment]()
    for found in _SEGMENT.finditer(text):
        segments += _text(text[at : found.start()])
        segments.append(_placeholder_segment(found))
        at = found.end()
    return Operand(cast(AttributeType, tag), (*segments, *_text(text[at:])))


def _placeholder_segment(found: re.Match[str]) -> Segment:
    argument, moment, greatest, _ = found.groups()
    if argument:
        return Segment("argument", argument)
    return Segment("now" if moment else "greatest" if greatest else "least")


def _text(text: str) -> list[Segment]:
    return [Segment("text", text)] if text else []


def operand_text(value: Operand) -> str:
    """An operand as `key_text` shows its value."""
    return "".join(
        f"{{{each.text}}}" if each.kind == "argument" else _SHOWN.get(each.kind, each.text)
        for each in value.segments
    )


def key_equalities(key: Mapping[str, AttributeValue]) -> tuple[KeyCondition, ...]:
    """One equality for each attribute of a key."""
    return tuple(KeyCondition(name, "=", (operand(value),)) for name, value in key.items())


_CONDITION = re.compile(
    r"begins_with\((?P<beginning>[#\w.-]+), (?P<start>:\w+)\)"
    r"|(?P<between>[#\w.-]+) BETWEEN (?P<low>:\w+) AND (?P<high>:\w+)"
    r"|(?P<compared>[#\w.-]+) (?P<operator>=|<=|>=|<|>) (?P<value>:\w+)"
)


def key_conditions(parameters: Mapping[str, Any]) -> tuple[KeyCondition, ...]:
    """Parses the key condition expression of a Query's parameters."""
    found = _CONDITION.finditer(parameters["KeyConditionExpression"])
    return tuple(_key_condition(each, parameters) for each in found)


def _key_condition(found: re.Match[str], parameters: Mapping[str, Any]) -> KeyCondition:
    names: Mapping[str, str] = parameters.get("ExpressionAttributeNames", {})
    values: Mapping[str, AttributeValue] = parameters["ExpressionAttributeValues"]
    name = found["beginning"] or found["between"] or found["compared"]
    given = filter(None, found.group("start", "low", "high", "value"))
    operator: Any = found["operator"] or ("begins_with" if found["beginning"] else "BETWEEN")
    return KeyCondition(names.get(name, name), operator, tuple(operand(values[v]) for v in given))


def expression(parameters: Mapping[str, Any], name: str) -> Expression | None:
    """The expression of this name with its placeholders replaced; None if there is none."""
    names: Mapping[str, str] = parameters.get("ExpressionAttributeNames", {})
    values: Mapping[str, AttributeValue] = parameters.get("ExpressionAttributeValues", {})
    text: str = parameters.get(name, "")
    if not text:
        return None

    def meaning(found: re.Match[str]) -> str:
        placeholder = found[0]
        return names[placeholder] if placeholder in names else value_text(values[placeholder])

    named = [names[each] for each in _PLACEHOLDER.findall(text) if each in names]
    return Expression(_PLACEHOLDER.sub(meaning, text), tuple(dict.fromkeys(named)))


def assignments(parameters: Mapping[str, Any]) -> dict[str, str]:
    """Maps stored names to the shown values that an update expression sets."""
    names: Mapping[str, str] = parameters.get("ExpressionAttributeNames", {})
    values: Mapping[str, AttributeValue] = parameters.get("ExpressionAttributeValues", {})
    pairs = re.findall(r"(#\w+) = (:\w+)", parameters.get("UpdateExpression", ""))
    return {names[name]: value_text(values[value]) for name, value in pairs}


def jsonable(value: Any) -> Any:
    """Wire data without bytes, which become base64; other values as they are."""
    if isinstance(value, bytes):
        return b64encode(value).decode()
    if is_mapping(value):
        return {str(k): jsonable(v) for k, v in value.items()}
    if isinstance(value, (list, tuple)):
        return [jsonable(part) for part in cast(list[Any], value)]
    return value
