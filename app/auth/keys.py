"""The user pool's signing keys: fetched when first needed, kept, renewed. Knows no token.

Who sends tokens can't drive the traffic: whatever `kid` they name, one fetch in `PAUSE` at most.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from threading import Lock

from app.auth.fetching import fetched
from app.auth.key_set import SigningKey, parsed_key_set

FRESH = 3600.0
USABLE = 24 * 3600.0
PAUSE = 30.0
PAUSE_WITHOUT_KEYS = 2.0
LONGEST_REASON = 200

logger = logging.getLogger(__name__)


class KeysUnavailable(Exception):
    """No key is known, or only outdated ones, and none can be fetched: nobody's fault who asks."""

    def __str__(self) -> str:
        return "the keys that sign tokens can't be fetched"


@dataclass(frozen=True)
class _Known:
    keys: Mapping[str, SigningKey]
    since: float


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
        """None if the pool has no such key. Raises `KeysUnavailable`."""
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
            raise KeysUnavailable()
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
