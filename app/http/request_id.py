"""The identity of a request: taken from `X-Request-Id` or made, and sent back with every answer.

Logs and the envelope's `traceId` read it from here, in whichever thread they run.
"""

from __future__ import annotations

import re
from contextvars import ContextVar
from uuid import uuid4

from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

HEADER = "X-Request-Id"
_ACCEPTED = re.compile(rb"[0-9A-Za-z-]{8,64}")
_current: ContextVar[str] = ContextVar("request_id", default="")


def current_request_id() -> str:
    """Empty outside a request."""
    return _current.get()


class RequestIdMiddleware:
    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        request_id = _received(scope) or str(uuid4())

        async def send_with_id(message: Message) -> None:
            if message["type"] == "http.response.start":
                MutableHeaders(scope=message)[HEADER] = request_id
            await send(message)

        token = _current.set(request_id)
        try:
            await self.app(scope, receive, send_with_id)
        finally:
            _current.reset(token)


def _received(scope: Scope) -> str | None:
    """The caller's id, unless it is odd or ambiguous."""
    values = [value for name, value in scope["headers"] if name == HEADER.lower().encode()]
    if len(values) == 1 and _ACCEPTED.fullmatch(values[0]):
        return str(values[0], "ascii")
    return None
