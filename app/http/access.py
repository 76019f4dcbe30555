"""One line per request: who asked what, the outcome, the time it took.

The route is its template: paths, query strings, headers and bodies may hold secrets.
"""

from __future__ import annotations

import logging
from contextvars import ContextVar
from time import perf_counter

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from app.http.route_template import RouteTemplates
from singletable.inspect import Observed

log = logging.getLogger("app.access")
_asked: ContextVar[dict[str, None] | None] = ContextVar("asked_patterns", default=None)


def note_pattern(observed: Observed) -> None:
    """For a repository's `observe`: the line of the request names what was asked, each once.

    Threads see the same names, for they run in copies of the request's context.
    """
    names = _asked.get()
    if names is not None and observed.pattern is not None and observed.sent:
        names[observed.pattern] = None


class AccessLogMiddleware:
    def __init__(self, app: ASGIApp) -> None:
        self.app = app
        self._templates = RouteTemplates()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        method, start, status = scope["method"], perf_counter(), 0
        asked = dict[str, None]()
        token = _asked.set(asked)

        async def noting(message: Message) -> None:
            nonlocal status
            status = message.get("status", status)
            await send(message)

        try:
            await self.app(scope, receive, noting)
        finally:
            _asked.reset(token)
            route = self._templates.of(scope)
            facts = {
                "method": method,
                "route": route,
                "status": status,
                "durationMs": round((perf_counter() - start) * 1000, 2),
                "patterns": list(asked),
                **scope.get("state", {}).get("log", {}),
            }
            log.info("%s %s %s", method, route or "(no route)", status, extra={"facts": facts})
