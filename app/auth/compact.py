"""A compact signed token taken apart, before anything in it is believed. Knows no key, no claim."""

from __future__ import annotations

from app.auth.claims import TokenRefused
from app.auth.key_set import ALGORITHM, LONGEST_KID
from app.auth.reading import Unreadable, from_base64url, json_object

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
