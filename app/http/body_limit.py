"""No request body may be larger than the limit, declared or sent; no more than that is kept."""

from __future__ import annotations

from starlette.datastructures import Headers
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from app.http.refusals import TooLarge


class BodyLimitMiddleware:
    """Raises `TooLarge`: before reading if Content-Length says so, else while reading."""

    def __init__(self, app: ASGIApp, limit: int) -> None:
        self.app = app
        self.limit = limit

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        if self._declares_too_much(Headers(scope=scope).get("content-length", "")):
            raise TooLarge(limit=self.limit)
        await self.app(scope, self._counted(receive), send)

    def _declares_too_much(self, length: str) -> bool:
        digits = length.strip().lstrip("0")
        if not (digits.isascii() and digits.isdigit()):
            return False  # the server refuses odd lengths, and what arrives is counted
        return len(digits) > len(str(self.limit)) or int(digits) > self.limit

    def _counted(self, receive: Receive) -> Receive:
        size = 0

        async def counting() -> Message:
            nonlocal size
            message = await receive()
            size += len(message.get("body", b""))
            if size > self.limit:
                raise TooLarge(limit=self.limit)
            return message

        return counting
