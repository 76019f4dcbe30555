"""What is made of the server's secret: names of requests, prints of what was sent, sealed answers.

The table never has a client's key. Without that key, and the server's secret, it tells nothing.
"""

from __future__ import annotations

import hmac
import json
import os
from collections.abc import Sequence
from hashlib import sha256

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from model import IdempotencyRecordId

_NONCE_BYTES = 12
_KEY_BYTES = 32


class UnreadableAnswer(Exception):
    """A kept answer was not sealed with this secret, for this request: somebody changed it."""

    def __str__(self) -> str:
        return "a kept answer is not what was written"


class Secrets:
    """`secret` is the same on every instance."""

    def __init__(self, secret: bytes) -> None:
        self._names = hmac.digest(secret, b"names of keyed requests", sha256)
        self._prints = hmac.digest(secret, b"prints of keyed requests", sha256)
        self._answers = hmac.digest(secret, b"answers to keyed requests", sha256)

    def name(self, *parts: str | Sequence[str]) -> IdempotencyRecordId:
        """Equal for equal parts alone, however they are cut."""
        text = json.dumps(parts).encode()
        return IdempotencyRecordId(hmac.digest(self._names, text, sha256).hex())

    def print_of(self, *parts: bytes) -> str:
        """Of bytes, whose lengths are part of it."""
        lengths = json.dumps([len(part) for part in parts]).encode()
        return hmac.digest(self._prints, lengths + b"".join(parts), sha256).hex()

    def sealed(self, plain: bytes, key: str, identity: IdempotencyRecordId) -> bytes:
        nonce = os.urandom(_NONCE_BYTES)
        return nonce + self._cipher(key).encrypt(nonce, plain, identity.encode())

    def opened(self, sealed: bytes, key: str, identity: IdempotencyRecordId) -> bytes:
        """Raises `UnreadableAnswer`."""
        nonce, text = sealed[:_NONCE_BYTES], sealed[_NONCE_BYTES:]
        try:
            return self._cipher(key).decrypt(nonce, text, identity.encode())
        except (InvalidTag, ValueError):
            raise UnreadableAnswer from None

    def _cipher(self, key: str) -> AESGCM:
        """Of two secrets: the table's readers lack both, the server the client's."""
        derived = HKDF(SHA256(), _KEY_BYTES, salt=self._answers, info=b"AES-256-GCM")
        return AESGCM(derived.derive(key.encode()))
