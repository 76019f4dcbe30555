"""The headers that say how much of a quota is left, on whatever answer, failures included.

In the form of draft-ietf-httpapi-ratelimit-headers-11. Knows no counter.
"""

from __future__ import annotations

from collections.abc import Mapping

from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

POLICY, LEFT = "RateLimit-Policy", "RateLimit"
QUOTA_HEADERS = (POLICY, LEFT)
_STATE = "quota_headers"


def note_quota(
    scope: Scope, name: str, *, quota: int, window: int, left: int, seconds: int
) -> None:
    """The answer to this request will say so; `window` and `seconds` are seconds."""
    scope.setdefault("state", {})[_STATE] = {
        POLICY: f'"{name}";q={quota};w={window}',
        LEFT: f'"{name}";r={left};t={seconds}',
    }


class QuotaHeadersMiddleware:
    """Adds what was noted while the request was handled; nothing to answers that do not count."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        async def with_quota(message: Message) -> None:
            if message["type"] == "http.response.start":
                noted: Mapping[str, str] = scope.get("state", {}).get(_STATE, {})
                MutableHeaders(scope=message).update(noted)
            await send(message)

        await self.app(scope, receive, with_quota)
