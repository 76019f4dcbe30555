"""Signed tokens become claims. The only module that knows `jose`, and it asks for signatures alone.

The library's own checks of claims are too lenient to be of use: `compact` and `claims` do them.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from functools import lru_cache

from jose import jwk, jws
from jose.backends.base import Key

from app.auth.claims import Claims, Expected, TokenRefused, claims_of
from app.auth.compact import json_of, kid_of
from app.auth.key_set import ALGORITHM, MOST_KEYS, SigningKey
from app.auth.keys import SigningKeys


class JwtVerifier:
    """Takes tokens of one kind; another kind is another verifier on the same keys."""

    def __init__(
        self, expected: Expected, keys: SigningKeys, clock: Callable[[], datetime]
    ) -> None:
        self._expected = expected
        self._keys = keys
        self._clock = clock

    def verify(self, token: str, *, expired_ok: bool = False) -> Claims:
        """May wait for a fetch of keys: call it from a thread, not from the event loop.

        Raises `TokenRefused`, or `KeysUnavailable` where nothing can be said about the token.
        """
        key = self._keys.key_for(kid_of(token))
        if key is None:
            raise TokenRefused("kid-unknown")
        raw = json_of(_signed_payload(token, key), "payload")
        return claims_of(raw, self._expected, self._clock(), expired_ok=expired_ok)


def _signed_payload(token: str, key: SigningKey) -> bytes:
    try:
        return jws.verify(token, _built(key), algorithms=[ALGORITHM])
    except Exception:  # noqa: BLE001 - whatever a library makes of a hostile token, it is refused
        raise TokenRefused("signature") from None


@lru_cache(maxsize=2 * MOST_KEYS)
def _built(key: SigningKey) -> Key:
    """By the key's value, not by its name: a name may get another key."""
    return jwk.construct({"kty": "RSA", "n": key.modulus, "e": key.exponent}, ALGORITHM)
