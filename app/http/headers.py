"""Headers that cost nothing: what a browser may do with an answer, and who may keep it."""

from __future__ import annotations

from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

ALWAYS = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "no-referrer",
}
NO_CONTENT_RUNS = "default-src 'none'; frame-ancestors 'none'"
ONLY_HTTPS = "max-age=31536000"


class HeadersMiddleware:
    """`https_only`: tells browsers to come back over HTTPS alone; off on a local stage."""

    def __init__(self, app: ASGIApp, https_only: bool) -> None:
        self.app = app
        self.always = ALWAYS | ({"Strict-Transport-Security": ONLY_HTTPS} if https_only else {})

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        async def with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                self._complete(MutableHeaders(scope=message))
            await send(message)

        await self.app(scope, receive, with_headers)

    def _complete(self, headers: MutableHeaders) -> None:
        headers.update(self.always)
        headers.setdefault("Content-Security-Policy", NO_CONTENT_RUNS)
        headers.setdefault("Cache-Control", _kept(headers))


def _kept(headers: MutableHeaders) -> str:
    """What has an entity tag may be kept by its reader, and asked about; failures have none."""
    return "private, no-cache" if "etag" in headers else "no-store"
