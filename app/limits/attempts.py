"""Attempts at what a stranger may try: counted, and refused when there are too many.

Knows no HTTP but the refusals. Where the counts are not to be had, nothing is let in.
"""

from __future__ import annotations

from math import ceil

from app.http.refusals import TooManyRequests, Unavailable
from app.limits.rules import Keys
from app.limits.windows import CountersUnavailable, Window, Windows


class Attempts:
    """`base`: attempts a minute at one account from one source; `rules` has what follows of it.

    `secret`: whoever shares the counts has to share it.
    """

    def __init__(self, windows: Windows, base: int, secret: bytes) -> None:
        self._windows = windows
        self._base = base
        self._keys = Keys(secret)

    def spend(self, route: str, source: str, account: str | None) -> None:
        """Counts one attempt, or raises `TooManyRequests` or `Unavailable`.

        `route`: any name; routes are counted apart. `source`: the client's IP address.
        `account`: the e-mail address that is tried, if there is one.
        """
        windows = tuple(self._keys.windows(self._base, route, source, account))
        try:
            self._refuse_if_full(windows)
            for window in windows:
                if not self._windows.take(window):  # another was faster since the look
                    self._refuse_if_full((window,), at_least=1)
        except CountersUnavailable:
            raise Unavailable from None

    def close(self) -> None:
        """Gives up the connections, when the app shuts down."""
        self._windows.close()

    def _refuse_if_full(self, windows: tuple[Window, ...], at_least: int = 0) -> None:
        """Looks at all windows before any is counted in: a refusal must not prolong itself."""
        seconds = max(ceil(max(map(self._windows.wait, windows))), at_least)
        if seconds:
            raise TooManyRequests(seconds=seconds)
