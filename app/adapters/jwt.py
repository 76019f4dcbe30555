"""Verifies signed tokens, by the user pool's signing keys.

The only module that imports `jose`, and only to check signatures: the library's own checks of
claims are too lenient, `app.services.sessions` does them.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from http.client import HTTPConnection, HTTPException, HTTPResponse, HTTPSConnection
from threading import Lock
from typing import TYPE_CHECKING, TypeGuard, cast
from urllib.parse import urlsplit

from app.core.problems import Unavailable
from app.core.strict_json import Unreadable, from_base64url, json_object
from app.services.sessions import Claims, Expected, TokenRefused, claims_of

if TYPE_CHECKING:
    from jose.backends.base import Key

ALGORITHM = "RS256"
LONGEST_KID = 128


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
        from jose import jws  # noqa: PLC0415  # loads long, and a first anonymous read needs none

        try:
            payload = jws.verify(token, _build_key(key), algorithms=[ALGORITHM])
        except Exception:  # noqa: BLE001 - whatever a library makes of a hostile token, it is refused
            raise TokenRefused("signature") from None
        raw = _json_of(payload, "payload")
        return claims_of(raw, self._expected, self._clock(), expired_ok=expired_ok)


MOST_CHARACTERS = 8 * 1024
HEADER_MEMBERS = frozenset({"alg", "kid", "typ"})


def kid_of(token: str) -> str:
    """The key that the header names, if the token has the one form that is taken.

    Three parts in canonical base64url, and a header that names RS256, a key, and nothing else
    but its type: members that name other keys, compress, nest or extend are refused, known or
    not. Raises `TokenRefused`.
    """
    if len(token) > MOST_CHARACTERS:
        raise TokenRefused("size")
    parts = token.split(".")
    if len(parts) != 3 or not all(parts):
        raise TokenRefused("parts")
    try:
        header, *_ = map(from_base64url, parts)
    except Unreadable:
        raise TokenRefused("base64url") from None
    return _named_key(_json_of(header, "header"))


def _json_of(part: bytes, name: str) -> dict[str, object]:
    """The JSON object of a part. Raises `TokenRefused`, whose reason begins with the name."""
    try:
        return json_object(part)
    except Unreadable as unreadable:
        raise TokenRefused(f"{name}-{unreadable.reason}") from None


def _named_key(header: dict[str, object]) -> str:
    if header.get("alg") != ALGORITHM:
        raise TokenRefused("alg")
    if not header.keys() <= HEADER_MEMBERS:
        raise TokenRefused("header-member")
    if header.get("typ", "JWT") != "JWT":
        raise TokenRefused("typ")
    kid = header.get("kid")
    if not _is_kid(kid):
        raise TokenRefused("kid")
    return kid


def _is_kid(kid: object) -> TypeGuard[str]:
    return isinstance(kid, str) and 0 < len(kid) <= LONGEST_KID


@dataclass(frozen=True)
class SigningKey:
    """A public RSA key: modulus and exponent in base64url, as the set has them."""

    kid: str
    modulus: str
    exponent: str


MOST_KEYS = 20
MODULUS_BITS = range(2048, 8192 + 1)
EXPONENTS = range(65537, 2**32, 2)


@lru_cache(maxsize=2 * MOST_KEYS)
def _build_key(key: SigningKey) -> Key:
    """By the key's value, not by its name: a name may get another key."""
    from jose import jwk  # noqa: PLC0415  # see above

    return jwk.construct({"kty": "RSA", "n": key.modulus, "e": key.exponent}, ALGORITHM)


def parse_key_set(document: bytes) -> Mapping[str, SigningKey]:
    """The usable keys by `kid`, one at least. Raises `Unreadable`.

    A key of another kind is left out, as RFC 7517 asks; a set that is ambiguous is refused whole.
    """
    listed = json_object(document).get("keys")
    if not isinstance(listed, list):
        raise Unreadable("keys")
    members = cast("list[object]", listed)
    if len(members) > MOST_KEYS:
        raise Unreadable("too-many-keys")
    usable = [key for each in members if (key := _usable_key(each))]
    by_kid = {key.kid: key for key in usable}
    if len(by_kid) != len(usable):
        raise Unreadable("duplicate-kid")
    if not by_kid:
        raise Unreadable("no-keys")
    return by_kid


def _usable_key(member: object) -> SigningKey | None:
    """None for a key that signs nothing of ours, or is too weak or too odd to be believed."""
    if not isinstance(member, dict):
        return None
    raw = cast("dict[str, object]", member)
    defaults = {"use": "sig", "alg": ALGORITHM} | raw
    if (raw.get("kty"), defaults["use"], defaults["alg"]) != ("RSA", "sig", ALGORITHM):
        return None
    kid, n, e = (raw.get(name) for name in ("kid", "n", "e"))
    if not (_is_kid(kid) and isinstance(n, str) and isinstance(e, str)):
        return None
    key = SigningKey(kid, n, e)
    return key if _is_sound(key) else None


def _is_sound(key: SigningKey) -> bool:
    try:
        n, e = (int.from_bytes(from_base64url(each)) for each in (key.modulus, key.exponent))
    except Unreadable:
        return False
    return n.bit_length() in MODULUS_BITS and n % 2 == 1 and e in EXPONENTS


TIMEOUT_SECONDS = 3.0
MOST_BYTES = 64 * 1024
_CHUNK = 8192


def fetch_document(url: str) -> bytes:
    """What a 200 answers, 64 KiB at most. Raises `OSError` for all that goes wrong.

    Follows no redirect, and asks no proxy of the environment.
    """
    deadline = time.monotonic() + TIMEOUT_SECONDS
    try:
        parts = urlsplit(url)
        if parts.scheme not in {"http", "https"} or not parts.hostname:
            raise OSError("neither http nor https")
        connect = HTTPSConnection if parts.scheme == "https" else HTTPConnection
        connection = connect(parts.hostname, parts.port, timeout=TIMEOUT_SECONDS)
        try:
            connection.request("GET", parts._replace(scheme="", netloc="").geturl() or "/")
            with connection.getresponse() as answer:
                return _read(answer, deadline)
        finally:
            connection.close()
    except (HTTPException, ValueError) as error:
        raise OSError(type(error).__name__) from error


def _read(answer: HTTPResponse, deadline: float) -> bytes:
    """Piece by piece: a server that sends a byte a second does not hold us for long."""
    if answer.status != 200:
        raise OSError(f"status {answer.status}")
    body = bytearray()
    while chunk := answer.read1(_CHUNK):
        body += chunk
        if len(body) > MOST_BYTES:
            raise OSError(f"more than {MOST_BYTES} bytes")
        if time.monotonic() > deadline:
            raise OSError(f"slower than {TIMEOUT_SECONDS} seconds")
    return bytes(body)


FRESH, USABLE = 3600.0, 24 * 3600.0
PAUSE, PAUSE_WITHOUT_KEYS = 30.0, 2.0
LONGEST_REASON = 200

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class _KeySet:
    keys: Mapping[str, SigningKey]
    since: float


class SigningKeys:
    """Fetched from the JWKS endpoint, checked, cached, renewed. Safe under threads.

    The first caller, and whoever names an unknown key, may wait for a fetch. `fetch` raises
    `OSError` if it fails; `clock` counts seconds, and never goes back.
    """

    def __init__(
        self,
        url: str,
        fetch: Callable[[str], bytes] = fetch_document,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._url = url
        self._fetch = fetch
        self._clock = clock
        self._key_set: _KeySet | None = None
        self._tried = float("-inf")
        self._is_failing = False
        self._lock = Lock()

    def key_for(self, kid: str) -> SigningKey | None:
        """None if the pool has no such key. Raises `Unavailable`."""
        known = self._usable()
        must_wait = known is None or kid not in known.keys
        if self._is_due(kid) and self._lock.acquire(blocking=must_wait):
            try:
                self._renew_if_due(kid)
            finally:
                self._lock.release()
        known = self._usable()
        if known is None:
            raise Unavailable(cause="the keys that sign tokens cannot be fetched")
        return known.keys.get(kid)

    def _usable(self) -> _KeySet | None:
        known = self._key_set
        return known if known and self._clock() - known.since < USABLE else None

    def _is_due(self, kid: str) -> bool:
        """Whether the set is missing, old, or lacks the key, and was not tried for just now."""
        known, now = self._usable(), self._clock()
        if now - self._tried < (PAUSE if known else PAUSE_WITHOUT_KEYS):
            return False
        return known is None or now - known.since >= FRESH or kid not in known.keys

    def _renew_if_due(self, kid: str) -> None:
        """Asked again by each who waited: the first one's fetch serves all."""
        if not self._is_due(kid):
            return
        try:
            keys = parse_key_set(self._fetch(self._url))
        except (OSError, ValueError) as error:
            if not self._is_failing:  # one line when it begins, however often it happens
                reason = str(error)[:LONGEST_REASON]
                facts = {"keysAreKnown": self._key_set is not None, "reason": reason}
                log.warning("signing keys can't be fetched", extra={"facts": facts})
            self._is_failing = True
        else:
            self._key_set = _KeySet(keys, self._clock())
            if self._is_failing:
                log.info("signing keys are fetched again")
            self._is_failing = False
        finally:
            self._tried = self._clock()
