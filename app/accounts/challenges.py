"""Binds a challenge to the address that it was given for: nobody answers one in another's name."""

from __future__ import annotations

import hmac
from base64 import urlsafe_b64encode
from hashlib import sha256

from app.accounts.pool_errors import SignInRefused


class Challenges:
    """`secret` is the same on every instance: a challenge may be answered by another one."""

    def __init__(self, secret: bytes) -> None:
        self._secret = hmac.digest(secret, b"challenges of sign-ins", sha256)

    def sealed(self, email: str, challenge: str) -> str:
        return f"{self._seal(email, challenge)}.{challenge}"

    def opened(self, email: str, sealed: str) -> str:
        """The pool's challenge. `SignInRefused` unless it was sealed for this address."""
        seal, _, challenge = sealed.partition(".")
        if not hmac.compare_digest(
            seal.encode("utf-8", "replace"), self._seal(email, challenge).encode()
        ):
            raise SignInRefused(reason="foreign-challenge")
        return challenge

    def _seal(self, email: str, challenge: str) -> str:
        text = f"{email.lower()}\0{challenge}".encode("utf-8", "surrogatepass")
        return urlsafe_b64encode(hmac.digest(self._secret, text, sha256)).decode().rstrip("=")
