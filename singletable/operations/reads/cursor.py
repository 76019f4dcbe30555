"""Positions ⇄ encrypted text. Knows wire keys; no query and no transport.

A cursor is AES-256-GCM over the positions, with the query's binding as associated data: whoever
holds it learns nothing of the keys in it, which may be those of items that a filter hides.
"""

from __future__ import annotations

import binascii
import hmac
import json
import secrets
from base64 import b64decode, b64encode, urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from singletable.codec import AttributeValue
from singletable.errors.request import InvalidCursor

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.ciphers.aead import AESGCM

Position = Mapping[str, AttributeValue] | bool
"""Where one partition stands: the key read last, False if unread, True if read to its end."""

SECRET_BYTES = 16
_LABEL = b"singletable cursor"
_SALT_BYTES = _NONCE_BYTES = 12
_TAG_BYTES = 16
_PADDED_TO = 64
_ENCODE = json.JSONEncoder(separators=(",", ":"), ensure_ascii=False).encode
_MOST_CHARACTERS = 2_097_152
"""Enough for two hundred shards with the longest keys there can be."""


class CursorSeal:
    """Encrypts cursors under the first secret, or a key of this process alone; opens under all."""

    def __init__(self, *given: bytes) -> None:
        self._keys = [_extract(secret) for secret in given or (secrets.token_bytes(32),)]

    def seal(self, positions: Sequence[Position], binding: bytes) -> str:
        """Encrypts positions as text; `binding` says of what query, and is not part of the text."""
        plain = [_plain(position) for position in positions]
        payload = _ENCODE(plain).encode()
        # Blanks, which JSON ignores: the length of a key would tell names and addresses apart.
        payload += b" " * (-len(payload) % _PADDED_TO)
        start = secrets.token_bytes(_SALT_BYTES + _NONCE_BYTES)
        salt, nonce = start[:_SALT_BYTES], start[_SALT_BYTES:]
        return _text(start + _cipher(self._keys[0], salt).encrypt(nonce, payload, binding))

    def open(self, text: str, binding: bytes) -> list[Position]:
        """Decrypts positions; anything but what `seal` made for this binding is `InvalidCursor`."""
        raw = _raw(text)
        salt, sealed = raw[:_SALT_BYTES], raw[_SALT_BYTES:]
        nonce, encrypted = sealed[:_NONCE_BYTES], sealed[_NONCE_BYTES:]
        if len(encrypted) < _TAG_BYTES:
            raise InvalidCursor
        from cryptography.exceptions import InvalidTag  # noqa: PLC0415  # as in `_cipher`

        for key in self._keys:
            try:
                payload = _cipher(key, salt).decrypt(nonce, encrypted, binding)
            except InvalidTag:
                continue
            return [_wire(position) for position in json.loads(payload)]
        raise InvalidCursor


def _extract(secret: bytes) -> bytes:
    """HKDF-Extract (RFC 5869): a key of 32 bytes, for this purpose alone."""
    return hmac.digest(_LABEL, secret, "sha256")


def _cipher(key: bytes, salt: bytes) -> AESGCM:
    """AES-GCM under a key of its own for each cursor, by HKDF-Expand of one block.

    Under one key for all, random nonces are safe for 2³² cursors only.
    """
    # Loaded by the first cursor: it takes longer than to import a design.
    from cryptography.hazmat.primitives.ciphers.aead import AESGCM  # noqa: PLC0415

    return AESGCM(hmac.digest(key, _LABEL + salt + b"\x01", "sha256"))


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
