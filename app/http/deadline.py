"""The moment at which a request has to be answered, for whatever is done on its behalf.

Knows nothing of what is done. On Lambda the invocation's own end counts, if that is earlier.
"""

from __future__ import annotations

from contextvars import ContextVar
from time import monotonic

from starlette.types import ASGIApp, Receive, Scope, Send

ANSWER_SECONDS = 0.5
_end: ContextVar[float | None] = ContextVar("end_of_the_request", default=None)


def seconds_left() -> float | None:
    """Until the answer has to be there; below 0 afterwards. None outside a request."""
    end = _end.get()
    return None if end is None else end - monotonic()


class DeadlineMiddleware:
    """`seconds` that a request may take."""

    def __init__(self, app: ASGIApp, seconds: float) -> None:
        self.app = app
        self.seconds = seconds

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        token = _end.set(monotonic() + min(self.seconds, _invocation(scope)))
        try:
            await self.app(scope, receive, send)
        finally:
            _end.reset(token)


def _invocation(scope: Scope) -> float:
    """Seconds that Lambda lets us, less what sending the answer takes; infinite elsewhere."""
    context = scope.get("aws.context")
    remaining = getattr(context, "get_remaining_time_in_millis", None)
    return float("inf") if remaining is None else remaining() / 1000 - ANSWER_SECONDS
