"""Answers what nothing inside answered: an unexpected exception never reaches the server.

Otherwise the server would log it a second time, and the answer would lack its headers.
"""

from __future__ import annotations

from starlette.requests import Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from app.http.answers import answer


class LastResortMiddleware:
    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        started = False

        async def watching(message: Message) -> None:
            nonlocal started
            started = started or message["type"] == "http.response.start"
            await send(message)

        try:
            await self.app(scope, receive, watching)
        except Exception as error:
            if scope["type"] != "http" or started:  # half an answer cannot be taken back
                raise
            response = await answer(Request(scope), error)
            await response(scope, receive, send)
