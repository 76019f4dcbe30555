"""One request's place in the quotas: counted once, for its caller or for its source."""

from __future__ import annotations

from collections.abc import Callable

from fastapi import Request

from app.http.quota import note_quota
from app.http.refusals import TooManyRequests
from app.http.source import source_of
from app.limits.kinds import Kind
from app.limits.requests import Requests, Standing

_STATE = "counting"


class Counting:
    """Kept with the request, so that whoever learns first who asks may count."""

    def __init__(self, request: Request, requests: Requests, kind: Kind) -> None:
        self._request = request
        self._requests = requests
        self._kind = kind
        self._is_done = False
        setattr(request.state, _STATE, self)

    def by_caller(self, subject: str) -> None:
        """Raises `TooManyRequests`."""
        self._once(lambda: self._requests.of_caller(self._kind, subject))

    def by_source(self) -> None:
        """Raises `TooManyRequests`."""
        self._once(lambda: self._requests.of_source(self._kind, source_of(self._request)))

    def _once(self, count: Callable[[], Standing]) -> None:
        if self._is_done:
            return
        self._is_done = True
        standing = count()
        note_quota(
            self._request.scope,
            standing.kind,
            quota=standing.quota,
            window=standing.window,
            left=standing.counted.left,
            seconds=standing.seconds,
        )
        if not standing.counted.admitted:
            raise TooManyRequests(seconds=standing.seconds)


def count_caller(request: Request, subject: str) -> None:
    """Before anything is asked for the caller's sake; nothing where requests are not counted."""
    counting: Counting | None = getattr(request.state, _STATE, None)
    if counting is not None:
        counting.by_caller(subject)
