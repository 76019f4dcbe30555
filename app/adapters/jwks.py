"""The user pool's signing keys: fetched from its JWKS endpoint, checked, cached, renewed.

A key of another kind is left out, as RFC 7517 asks; a set that is ambiguous is refused whole.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from http.client import HTTPException
from threading import Lock
from typing import Any, cast
from urllib.error import HTTPError
from urllib.parse import urlsplit
from urllib.request import (
    HTTPDefaultErrorHandler,
    HTTPErrorProcessor,
    HTTPHandler,
    HTTPSHandler,
    OpenerDirector,
)

from app.core.problems import Unavailable
from app.core.strict_json import Unreadable, from_base64url, json_object

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


FRESH = 3600.0


USABLE = 24 * 3600.0


PAUSE = 30.0


PAUSE_WITHOUT_KEYS = 2.0


LONGEST_REASON = 200


logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class _Known:
    keys: Mapping[str, SigningKey]
    since: float


def fetched(url: str) -> bytes:
    """What a 200 answers, 64 KiB at most. Raises `OSError` for all that goes wrong."""
    deadline = time.monotonic() + TIMEOUT_SECONDS
    try:
        if urlsplit(url).scheme not in {"http", "https"}:
            raise OSError("neither http nor https")
        with _opener().open(url, timeout=TIMEOUT_SECONDS) as answer:
            if answer.status != 200:
                raise OSError(f"status {answer.status}")
            return _read(answer, deadline)
    except HTTPError as answer:
        answer.close()
        raise OSError(f"status {answer.code}") from None
    except (HTTPException, ValueError) as error:
        raise OSError(type(error).__name__) from error


class SigningKeys:
    """Safe under threads. The first caller, and whoever names an unknown key, may wait for a fetch.

    `fetch` raises `OSError` if it fails; `clock` counts seconds, and never goes back.
    """

    def __init__(
        self,
        url: str,
        fetch: Callable[[str], bytes] = fetched,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._url = url
        self._fetch = fetch
        self._clock = clock
        self._known: _Known | None = None
        self._tried: float | None = None
        self._is_failing = False
        self._lock = Lock()

    def key_for(self, kid: str) -> SigningKey | None:
        """None if the pool has no such key. Raises `Unavailable`."""
        known = self._usable()
        if known is None or kid not in known.keys:
            with self._lock:
                self._renew_if_due(kid)
        elif self._is_due(kid) and self._lock.acquire(blocking=False):
            try:
                self._renew_if_due(kid)
            finally:
                self._lock.release()
        known = self._usable()
        if known is None:
            raise Unavailable(cause="the keys that sign tokens cannot be fetched")
        return known.keys.get(kid)

    def _usable(self) -> _Known | None:
        known = self._known
        return known if known and self._clock() - known.since < USABLE else None

    def _is_due(self, kid: str) -> bool:
        """Whether the set is missing, old, or lacks the key, and was not tried for just now."""
        known, now = self._usable(), self._clock()
        pause = PAUSE if known else PAUSE_WITHOUT_KEYS
        if self._tried is not None and now - self._tried < pause:
            return False
        return known is None or now - known.since >= FRESH or kid not in known.keys

    def _renew_if_due(self, kid: str) -> None:
        """Asked again by each who waited: the first one's fetch serves all."""
        if not self._is_due(kid):
            return
        try:
            keys = parsed_key_set(self._fetch(self._url))
        except (OSError, ValueError) as error:
            self._note(failing=True, reason=str(error)[:LONGEST_REASON])
        else:
            self._known = _Known(keys, self._clock())
            self._note(failing=False, reason="")
        finally:
            self._tried = self._clock()

    def _note(self, *, failing: bool, reason: str) -> None:
        """A line when it begins and one when it ends, however often it happens between."""
        if failing and not self._is_failing:
            facts = {"keysAreKnown": self._known is not None, "reason": reason}
            logger.warning("signing keys can't be fetched", extra={"facts": facts})
        elif self._is_failing and not failing:
            logger.info("signing keys are fetched again")
        self._is_failing = failing


MOST_BYTES = 64 * 1024


TIMEOUT_SECONDS = 3.0


_CHUNK = 8192


def _opener() -> OpenerDirector:
    opener = OpenerDirector()
    for handler in (HTTPHandler, HTTPSHandler, HTTPErrorProcessor, HTTPDefaultErrorHandler):
        opener.add_handler(handler())
    return opener


def _read(answer: Any, deadline: float) -> bytes:
    """Piece by piece: a server that sends a byte a second does not hold us for long."""
    body = bytearray()
    while chunk := answer.read1(_CHUNK):
        body += chunk
        if len(body) > MOST_BYTES:
            raise OSError(f"more than {MOST_BYTES} bytes")
        if time.monotonic() > deadline:
            raise OSError(f"slower than {TIMEOUT_SECONDS} seconds")
    return bytes(body)
