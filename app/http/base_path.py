"""The path that a gateway puts in front: a stage, or the base path of a domain's mapping.

Everything behind knows paths from `/` on. Knows no route.
"""

from __future__ import annotations

import re

from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

_PATH = re.compile(r"(; *path=)(/[^;]+)", re.IGNORECASE)


class BasePathMiddleware:
    """Takes `base` off paths, and puts it in front of `Location` and of the paths of cookies.

    Other paths stay as they are; a cookie of the whole host stays one.
    """

    def __init__(self, app: ASGIApp, base: str) -> None:
        self._app = app
        self._base = base

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or not self._is_below(scope["path"]):
            await self._app(scope, receive, send)
            return
        inner = {**scope, "path": scope["path"][len(self._base) :] or "/"}
        if raw := scope.get("raw_path"):
            inner["raw_path"] = raw[len(self._base) :] or b"/"

        async def send_below(message: Message) -> None:
            if message["type"] == "http.response.start":
                self._relocate(MutableHeaders(scope=message))
            await send(message)

        await self._app(inner, receive, send_below)

    def _is_below(self, path: str) -> bool:
        return path == self._base or path.startswith(f"{self._base}/")

    def _relocate(self, headers: MutableHeaders) -> None:
        location = headers.get("location", "")
        if location.startswith("/"):
            headers["location"] = self._base + location
        cookies = headers.getlist("set-cookie")
        del headers["set-cookie"]
        for cookie in cookies:
            headers.append("set-cookie", _PATH.sub(rf"\1{self._base}\2", cookie))
