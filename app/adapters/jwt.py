"""Verifies signed tokens. The only module that imports `jose`, which checks signatures alone.

The library's own checks of claims are too lenient: `app.services.tokens` does them.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from functools import lru_cache

from jose import jwk, jws
from jose.backends.base import Key

from app.adapters.jwks import ALGORITHM, LONGEST_KID, MOST_KEYS, SigningKey, SigningKeys
from app.core.strict_json import Unreadable, from_base64url, json_object
from app.services.tokens import Claims, Expected, TokenRefused, claims_of


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

        Raises `TokenRefused`, or `Unavailable` where nothing can be said about the token.
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


MOST_CHARACTERS = 8 * 1024


HEADER_MEMBERS = frozenset({"alg", "kid", "typ"})


def kid_of(token: str) -> str:
    """The key that the header names, if the token has the one form that is taken.

    Three parts in canonical base64url, and a header that names RS256, a key, and nothing else
    but its type. Raises `TokenRefused`.
    """
    if len(token) > MOST_CHARACTERS:
        raise TokenRefused("size")
    parts = token.split(".")
    if len(parts) != 3 or not all(parts):
        raise TokenRefused("parts")
    try:
        header, *_ = [from_base64url(part) for part in parts]
    except Unreadable:
        raise TokenRefused("base64url") from None
    return _named_key(json_of(header, "header"))


def json_of(part: bytes, name: str) -> dict[str, object]:
    """The JSON object of a part. Raises `TokenRefused`, whose reason begins with the name."""
    try:
        return json_object(part)
    except Unreadable as unreadable:
        raise TokenRefused(f"{name}-{unreadable.reason}") from None


def _named_key(header: dict[str, object]) -> str:
    """Members that name other keys, compress, nest or extend are refused, known or not."""
    if header.get("alg") != ALGORITHM:
        raise TokenRefused("alg")
    if not header.keys() <= HEADER_MEMBERS:
        raise TokenRefused("header-member")
    if header.get("typ", "JWT") != "JWT":
        raise TokenRefused("typ")
    kid = header.get("kid")
    if not isinstance(kid, str) or not 0 < len(kid) <= LONGEST_KID:
        raise TokenRefused("kid")
    return kid
