"""Positions ⇄ signed text. Knows wire keys; no query and no transport."""

from __future__ import annotations

import binascii
import hashlib
import hmac
import json
import secrets
from base64 import b64decode, b64encode, urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Mapping, Sequence

from singletable.codec import AttributeValue
from singletable.errors.request import InvalidCursor

Position = Mapping[str, AttributeValue] | bool
"""Where one partition stands: the key read last, False if unread, True if read to its end."""

_TAG_BYTES = 16
SECRET_BYTES = 16
_MOST_CHARACTERS = 2_097_152
"""Enough for two hundred shards with the longest keys there can be."""


class CursorSeal:
    """Signs cursors with HMAC-SHA256 under `secret`, or under a key of this process alone."""

    def __init__(self, secret: bytes | None = None) -> None:
        self._secret = secret or secrets.token_bytes(32)

    def seal(self, positions: Sequence[Position], binding: bytes) -> str:
        """Encodes positions as text; `binding` says of what query, and is not part of the text."""
        plain = [_plain(position) for position in positions]
        payload = json.dumps(plain, separators=(",", ":"), ensure_ascii=False).encode()
        return _text(self._tag(payload, binding) + payload)

    def open(self, text: str, binding: bytes) -> list[Position]:
        """Decodes positions; anything but what `seal` made for this binding is `InvalidCursor`."""
        raw = _raw(text)
        tag, payload = raw[:_TAG_BYTES], raw[_TAG_BYTES:]
        if not hmac.compare_digest(tag, self._tag(payload, binding)):
            raise InvalidCursor
        return [_wire(position) for position in json.loads(payload)]

    def _tag(self, payload: bytes, binding: bytes) -> bytes:
        bound = len(binding).to_bytes(8, "big") + binding + payload
        return hmac.new(self._secret, bound, hashlib.sha256).digest()[:_TAG_BYTES]


def _text(raw: bytes) -> str:
    return urlsafe_b64encode(raw).decode().rstrip("=")


def _raw(text: object) -> bytes:
    """The bytes of a text; refuses texts that base64 reads but would never write."""
    if not isinstance(text, str) or len(text) > _MOST_CHARACTERS or not text.isascii():
        raise InvalidCursor
    try:
        raw = urlsafe_b64decode(text + "=" * (-len(text) % 4))
    except (binascii.Error, ValueError):
        raise InvalidCursor from None
    if _text(raw) != text:
        raise InvalidCursor
    return raw


def _plain(position: Position) -> Mapping[str, object] | bool:
    if isinstance(position, bool):
        return position
    return {
        name: {"B": b64encode(value["B"]).decode()} if "B" in value else dict(value)
        for name, value in position.items()
    }


def _wire(position: Position) -> Position:
    if isinstance(position, bool):
        return position
    return {
        name: {"B": b64decode(value["B"])} if "B" in value else value
        for name, value in position.items()
    }
