"""Requests to JSON and answers from it; binary values are bytes here and base64 there."""

from __future__ import annotations

import json
import re
from base64 import b64decode, b64encode
from collections.abc import Mapping, Sequence
from typing import Any, TypeGuard, cast

from pydantic_core import from_json

_BINARY = re.compile(rb'BS?"\s*:')
"""Where a key ends as the tags of binary values do. An answer without one has none."""


def encode(parameters: Mapping[str, Any]) -> bytes:
    """Raises `ValueError`, `TypeError` or `RecursionError` for what is no JSON."""
    return _ENCODER.encode(parameters).encode()


def decode(body: bytes) -> dict[str, Any] | None:
    """The object that a body has; None for what is none."""
    try:
        found = _parse(body)
        if type(found) is not dict:
            return None
        if _BINARY.search(body):
            _load_binary(cast(object, found))
    except (ValueError, RecursionError):
        return None
    return cast("dict[str, Any]", found)


def _parse(body: bytes) -> object:
    """By Pydantic's parser; json reads what that refuses: half a surrogate pair, deep nesting."""
    try:
        return from_json(body, cache_strings="keys")
    except ValueError:
        return json.loads(str(body, "utf-8"))


def _encode_other(value: object) -> object:
    if isinstance(value, (bytes, bytearray)):
        return b64encode(value).decode()
    if isinstance(value, Mapping):
        return dict(cast("Mapping[str, object]", value))
    if isinstance(value, Sequence):
        return list(cast("Sequence[object]", value))
    raise TypeError(f"a {type(value).__name__} cannot be sent")


_ENCODER = json.JSONEncoder(
    ensure_ascii=False, separators=(",", ":"), allow_nan=False, default=_encode_other
)


def _load_binary(found: object) -> None:
    """Puts bytes in place of base64: in attribute values, which alone have one name beside a text
    or texts. An attribute that is named B has an attribute value beside its name."""
    pending = [found]
    while pending:
        node = pending.pop()
        if type(node) is dict:
            values = cast("dict[str, Any]", node)
            if len(values) == 1:
                ((name, value),) = values.items()
                if name == "B" and isinstance(value, str):
                    values["B"] = b64decode(value, validate=True)
                elif name == "BS" and _are_texts(value):
                    values["BS"] = [b64decode(each, validate=True) for each in value]
            pending.extend(values.values())
        elif type(node) is list:
            pending.extend(cast("list[object]", node))


def _are_texts(value: object) -> TypeGuard[list[str]]:
    return isinstance(value, list) and all(
        isinstance(each, str) for each in cast("list[object]", value)
    )
