"""ASGI middlewares: request id, trace, deadline, access log, metrics, base path, headers."""

from __future__ import annotations

import logging
import re
from collections.abc import Callable, Mapping
from time import monotonic, perf_counter
from typing import Any
from uuid import uuid4

from fastapi.routing import iter_route_contexts
from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from app.core.context import continue_trace, deadline_var, patterns_var, request_id_var
from app.core.meter import Answered, Meter
from app.core.metrics import open_tally

TRACE_HEADER = b"traceparent"


XRAY_HEADER = b"x-amzn-trace-id"


class TraceMiddleware:
    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        with continue_trace(_only_value(scope, TRACE_HEADER), _only_value(scope, XRAY_HEADER)):
            await self.app(scope, receive, send)


def _only_value(scope: Scope, header: bytes) -> str:
    """Empty if it is missing, ambiguous or not ASCII."""
    values = [value for name, value in scope["headers"] if name == header]
    if len(values) != 1 or not values[0].isascii():
        return ""
    return str(values[0], "ascii")


REQUEST_ID_HEADER = "X-Request-Id"


_ACCEPTED_ID = re.compile(rb"[0-9A-Za-z-]{8,64}")


class RequestIdMiddleware:
    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        request_id = _received_id(scope) or str(uuid4())

        async def send_with_id(message: Message) -> None:
            if message["type"] == "http.response.start":
                MutableHeaders(scope=message)[REQUEST_ID_HEADER] = request_id
            await send(message)

        token = request_id_var.set(request_id)
        try:
            await self.app(scope, receive, send_with_id)
        finally:
            request_id_var.reset(token)


def _received_id(scope: Scope) -> str | None:
    """The caller's id, unless it is odd or ambiguous."""
    values = [
        value for name, value in scope["headers"] if name == REQUEST_ID_HEADER.lower().encode()
    ]
    if len(values) == 1 and _ACCEPTED_ID.fullmatch(values[0]):
        return str(values[0], "ascii")
    return None


ANSWER_SECONDS = 0.5


class DeadlineMiddleware:
    """`seconds` that a request may take."""

    def __init__(self, app: ASGIApp, seconds: float) -> None:
        self.app = app
        self.seconds = seconds

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        token = deadline_var.set(monotonic() + min(self.seconds, _invocation(scope)))
        try:
            await self.app(scope, receive, send)
        finally:
            deadline_var.reset(token)


def _invocation(scope: Scope) -> float:
    """Seconds that Lambda lets us, less what sending the answer takes; infinite elsewhere."""
    context = scope.get("aws.context")
    remaining = getattr(context, "get_remaining_time_in_millis", None)
    return float("inf") if remaining is None else remaining() / 1000 - ANSWER_SECONDS


log = logging.getLogger("app.access")


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
        token = patterns_var.set(asked)

        async def log_decision(message: Message) -> None:
            nonlocal status
            status = message.get("status", status)
            await send(message)

        try:
            await self.app(scope, receive, log_decision)
        finally:
            patterns_var.reset(token)
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


class RouteTemplates:
    """Of one app, whose routes are looked through when the first request was answered."""

    def __init__(self) -> None:
        self._by_endpoint: Mapping[Callable[..., Any], str | None] = {}

    def of(self, scope: Scope) -> str | None:
        """None if there is no such route. Known once the request was routed."""
        endpoint = scope.get("endpoint")
        if endpoint is None:
            return None
        if endpoint not in self._by_endpoint:
            contexts = iter_route_contexts(scope["app"].routes)
            self._by_endpoint = {
                each.endpoint: each.path_format for each in contexts if each.endpoint
            }
        return self._by_endpoint.get(endpoint)


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

        async def log_decision(message: Message) -> None:
            nonlocal status
            status = message.get("status", status)
            await send(message)

        with open_tally() as tally:
            try:
                await self.app(scope, receive, log_decision)
            finally:
                milliseconds = (perf_counter() - start) * 1000
                answered = Answered(method, self._templates.of(scope), status, milliseconds)
                self._meter.report(answered, tally)


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


POLICY, LEFT = "RateLimit-Policy", "RateLimit"


QUOTA_HEADERS = (POLICY, LEFT)


_QUOTA_STATE = "quota_headers"


def note_quota(
    scope: Scope, name: str, *, quota: int, window: int, left: int, seconds: int
) -> None:
    """The answer to this request will say so; `window` and `seconds` are seconds."""
    scope.setdefault("state", {})[_QUOTA_STATE] = {
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
                log_fields: Mapping[str, str] = scope.get("state", {}).get(_QUOTA_STATE, {})
                MutableHeaders(scope=message).update(log_fields)
            await send(message)

        await self.app(scope, receive, with_quota)
