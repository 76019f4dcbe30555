"""Measures each request, and reports it when it was answered."""

from __future__ import annotations

from time import perf_counter

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from app.http.route_template import RouteTemplates
from app.metrics.meter import Answered, Meter
from app.metrics.tally import tallied


class MetricsMiddleware:
    def __init__(self, app: ASGIApp, meter: Meter) -> None:
        self.app = app
        self._meter = meter
        self._templates = RouteTemplates()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        method, start, status = scope["method"], perf_counter(), 0

        async def noting(message: Message) -> None:
            nonlocal status
            status = message.get("status", status)
            await send(message)

        with tallied() as tally:
            try:
                await self.app(scope, receive, noting)
            finally:
                milliseconds = (perf_counter() - start) * 1000
                answered = Answered(method, self._templates.of(scope), status, milliseconds)
                self._meter.report(answered, tally)
