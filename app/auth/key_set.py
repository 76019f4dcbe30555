"""A JSON Web Key Set, reduced to the RSA keys that may sign our tokens. Knows no network.

A key of another kind is left out, as RFC 7517 asks; a set that is ambiguous is refused whole.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import cast

from app.auth.reading import Unreadable, from_base64url, json_object

ALGORITHM = "RS256"
LONGEST_KID = 128
MOST_KEYS = 20
MODULUS_BITS = range(2048, 8192 + 1)
EXPONENTS = range(65537, 2**32, 2)


@dataclass(frozen=True)
class SigningKey:
    """A public RSA key: modulus and exponent in base64url, as the set has them."""

    kid: str
    modulus: str
    exponent: str


def parsed_key_set(document: bytes) -> Mapping[str, SigningKey]:
    """The usable keys by `kid`, one at least. Raises `Unreadable`."""
    listed = json_object(document).get("keys")
    if not isinstance(listed, list):
        raise Unreadable("keys")
    members = cast("list[object]", listed)
    if len(members) > MOST_KEYS:
        raise Unreadable("too-many-keys")
    usable = [key for each in members if (key := _usable(each))]
    by_kid = {key.kid: key for key in usable}
    if len(by_kid) != len(usable):
        raise Unreadable("duplicate-kid")
    if not by_kid:
        raise Unreadable("no-keys")
    return by_kid


def _usable(member: object) -> SigningKey | None:
    """None for a key that signs nothing of ours, or is too weak or too odd to be believed."""
    if not isinstance(member, dict):
        return None
    raw = cast("dict[str, object]", member)
    kid, modulus, exponent = raw.get("kid"), raw.get("n"), raw.get("e")
    if not (isinstance(kid, str) and isinstance(modulus, str) and isinstance(exponent, str)):
        return None
    if not 0 < len(kid) <= LONGEST_KID or not _signs(raw) or not _is_sound(modulus, exponent):
        return None
    return SigningKey(kid, modulus, exponent)


def _signs(raw: Mapping[str, object]) -> bool:
    return (
        raw.get("kty") == "RSA"
        and raw.get("use", "sig") == "sig"
        and raw.get("alg", ALGORITHM) == ALGORITHM
    )


def _is_sound(modulus: str, exponent: str) -> bool:
    try:
        n, e = (int.from_bytes(from_base64url(each)) for each in (modulus, exponent))
    except Unreadable:
        return False
    return n.bit_length() in MODULUS_BITS and n % 2 == 1 and e in EXPONENTS
