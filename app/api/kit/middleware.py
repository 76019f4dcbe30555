"""One ASGI middleware around every request, and CORS within it.

It begins the request's context and its deadline, takes the base path off, limits the body, answers
HEAD, completes the headers of the answer, and reports the request to the log and the metrics.
"""

from __future__ import annotations

import logging
import re
from collections.abc import Generator
from contextlib import contextmanager
from time import monotonic, perf_counter
from uuid import uuid4

from brotli_asgi import BrotliMiddleware
from starlette.datastructures import Headers, MutableHeaders
from starlette.middleware.cors import CORSMiddleware
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from app.api.kit.answers import METHODS, envelope
from app.core.context import RequestContext, answer_headers, request_context
from app.core.meter import Answered, Meter
from app.core.metrics import open_tally
from app.core.problems import ForeignOrigin, TooLarge
from app.core.settings import Settings

log = logging.getLogger("app.access")

REQUEST_ID_HEADER = "X-Request-Id"
QUOTA_HEADERS = ("RateLimit-Policy", "RateLimit")
ANSWER_SECONDS = 0.5
"""What sending an answer takes on Lambda, at most."""

_ACCEPTED_ID = re.compile(r"[0-9A-Za-z-]{8,64}")
_COOKIE_PATH = re.compile(rb"(; *path=)(/[^;]+)", re.IGNORECASE)
_ALWAYS = [
    (b"x-content-type-options", b"nosniff"),
    (b"x-frame-options", b"DENY"),
    (b"referrer-policy", b"no-referrer"),
]
_ONLY_HTTPS = (b"strict-transport-security", b"max-age=31536000")
_NO_CONTENT_RUNS = (b"content-security-policy", b"default-src 'none'; frame-ancestors 'none'")

RawHeaders = list[tuple[bytes, bytes]]


class RequestMiddleware:
    """Surrounds everything else that answers requests."""

    def __init__(self, app: ASGIApp, settings: Settings) -> None:
        self._app = app
        self.settings = settings
        self._base = settings.base_path
        self._meter = Meter.of(settings) if settings.metrics != "off" else None
        self.always = [*_ALWAYS, *([] if settings.is_local else [_ONLY_HTTPS])]

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        base = self._base if self._is_below_base(scope["path"]) else ""
        inner = _below(scope, base)
        with request_context(
            _only_value(scope, b"traceparent"),
            _only_value(scope, b"x-amzn-trace-id"),
            request_id=_accepted_id(scope),
            deadline=monotonic() + min(self.settings.request_seconds, _invocation(scope)),
        ) as context:
            exchange = _Exchange(self, context, inner, base, receive, send)
            with self._reported(exchange):
                await self._app(inner, exchange.receive, exchange.send)

    def _is_below_base(self, path: str) -> bool:
        return path == self._base or path.startswith(f"{self._base}/")

    @contextmanager
    def _reported(self, exchange: _Exchange) -> Generator[None]:
        with open_tally() as tally:
            start = perf_counter()
            try:
                yield
            finally:
                milliseconds = (perf_counter() - start) * 1000
                answered = Answered(
                    exchange.method, exchange.route(), exchange.status, milliseconds
                )
                _log(answered, exchange.context)
                if self._meter is not None:
                    self._meter.report(answered, tally)


class _Exchange:
    """One request and its answer: watches the messages of both."""

    def __init__(
        self,
        middleware: RequestMiddleware,
        context: RequestContext,
        scope: Scope,
        base: str,
        receive: Receive,
        send: Send,
    ) -> None:
        self.context = context
        self.method: str = scope["method"]
        self.status = 0
        self._scope = scope
        self._base = base
        self._receive = receive
        self._send = send
        self._always = middleware.always
        self._limit = middleware.settings.max_body_bytes
        self._size = 0
        if self.method == "HEAD":
            scope["method"] = "GET"

    def route(self) -> str | None:
        """The template of the path; None if no route has it. Known once it was routed."""
        return getattr(self._scope.get("route"), "path_format", None)

    async def receive(self) -> Message:
        """Raises `TooLarge`: before reading if Content-Length says so, else while reading."""
        if not self._size and self._declares_too_much():
            raise TooLarge(limit=self._limit)
        message = await self._receive()
        self._size += len(message.get("body", b""))
        if self._size > self._limit:
            raise TooLarge(limit=self._limit)
        return message

    def _declares_too_much(self) -> bool:
        digits = Headers(scope=self._scope).get("content-length", "").strip().lstrip("0")
        if not (digits.isascii() and digits.isdigit()):
            return False  # the server refuses odd lengths, and what arrives is counted
        return len(digits) > len(str(self._limit)) or int(digits) > self._limit

    async def send(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self.status = message["status"]
            message["headers"] = self._completed(list(message.get("headers", ())))
        elif self.method == "HEAD" and message["type"] == "http.response.body":
            message = {**message, "body": b""}
        await self._send(message)

    def _completed(self, headers: RawHeaders) -> RawHeaders:
        if self._base:
            headers = [_relocated(name, value, self._base.encode()) for name, value in headers]
        names = {name for name, _ in headers}
        headers += self._always
        headers.append((b"x-request-id", self.context.request_id.encode()))
        headers += [
            (name.lower().encode(), value.encode()) for name, value in self.context.headers.items()
        ]
        if b"content-security-policy" not in names:
            headers.append(_NO_CONTENT_RUNS)
        if b"cache-control" not in names:
            # What has an entity tag may be kept by its reader, and asked about; failures have none.
            kept = b"private, no-cache" if b"etag" in names else b"no-store"
            headers.append((b"cache-control", kept))
        return headers


def _below(scope: Scope, base: str) -> Scope:
    inner = dict(scope)
    if base:
        inner["path"] = scope["path"][len(base) :] or "/"
        if raw := scope.get("raw_path"):
            inner["raw_path"] = raw[len(base) :] or b"/"
    return inner


def _relocated(name: bytes, value: bytes, base: bytes) -> tuple[bytes, bytes]:
    """A cookie of the whole host stays one."""
    if name == b"location" and value.startswith(b"/"):
        return name, base + value
    if name == b"set-cookie":
        return name, _COOKIE_PATH.sub(rb"\1" + base + rb"\2", value)
    return name, value


def _only_value(scope: Scope, header: bytes) -> str:
    """Empty if it is missing, ambiguous or not ASCII."""
    values = [value for name, value in scope["headers"] if name == header]
    if len(values) != 1 or not values[0].isascii():
        return ""
    return str(values[0], "ascii")


def _accepted_id(scope: Scope) -> str:
    """The caller's id, unless it is odd or ambiguous: then a new one."""
    sent = _only_value(scope, b"x-request-id")
    return sent if _ACCEPTED_ID.fullmatch(sent) else str(uuid4())


def _invocation(scope: Scope) -> float:
    """Seconds that Lambda lets us, less what sending the answer takes; infinite elsewhere."""
    remaining = getattr(scope.get("aws.context"), "get_remaining_time_in_millis", None)
    return float("inf") if remaining is None else remaining() / 1000 - ANSWER_SECONDS


def _log(answered: Answered, context: RequestContext) -> None:
    facts = {
        "method": answered.method,
        "route": answered.route,
        "status": answered.status,
        "durationMs": round(answered.milliseconds, 2),
        "patterns": list(context.patterns),
        **context.log_fields,
    }
    route = answered.route or "(no route)"
    log.info("%s %s %s", answered.method, route, answered.status, extra={"facts": facts})


def note_quota(name: str, *, quota: int, window: int, left: int, seconds: int) -> None:
    """The answer to this request will say so; `window` and `seconds` are seconds."""
    policy, rest = QUOTA_HEADERS
    answer_headers().update(
        {policy: f'"{name}";q={quota};w={window}', rest: f'"{name}";r={left};t={seconds}'}
    )


class CompressMiddleware(BrotliMiddleware):
    """Compresses answers to reads without credentials, by brotli or gzip; no others.

    The length of a compressed answer tells of its content: where a secret stands beside what an
    attacker can choose, it gives the secret away (BREACH). What strangers read has no secrets.
    """

    def __init__(self, app: ASGIApp) -> None:
        super().__init__(app, minimum_size=1024)  # pyright: ignore[reportUnknownMemberType]

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or not _is_read_by_strangers(scope):
            await self.app(scope, receive, send)
            return

        async def send_tagged(message: Message) -> None:
            if message["type"] == "http.response.start":
                _note_coding(MutableHeaders(scope=message))
            await send(message)

        await super().__call__(scope, receive, send_tagged)


_CREDENTIALS = frozenset({b"authorization", b"cookie", b"x-preview-token"})


def _is_read_by_strangers(scope: Scope) -> bool:
    return scope["method"] == "GET" and not any(n in _CREDENTIALS for n, _ in scope["headers"])


def _note_coding(headers: MutableHeaders) -> None:
    """A tag is one of a text as it was sent: compressed it is another one."""
    headers.add_vary_header("Accept-Encoding")
    coding, tag = headers.get("content-encoding"), headers.get("etag")
    if coding and tag:
        headers["etag"] = f'{tag[:-1]}-{coding}"'


class CorsMiddleware(CORSMiddleware):
    """`origins` as `parse_origins` gives them."""

    def __init__(self, app: ASGIApp, origins: frozenset[str]) -> None:
        super().__init__(
            app,
            allow_origins=sorted(origins),
            allow_credentials=True,
            allow_methods=METHODS,
            allow_headers=SENT,
            expose_headers=SHOWN,
            max_age=600,
        )

    def preflight_response(self, request_headers: Headers) -> Response:
        """A refusal has the shape of all refusals."""
        answer = super().preflight_response(request_headers)
        return answer if answer.status_code < 400 else envelope(ForeignOrigin())


SENT = (
    "Authorization",
    "Content-Type",
    "Idempotency-Key",
    "If-Match",
    "If-None-Match",
    "traceparent",
    "X-Preview-Token",
    REQUEST_ID_HEADER,
)
SHOWN = (
    "ETag",
    "Idempotent-Replayed",
    "Location",
    *QUOTA_HEADERS,
    "Retry-After",
    REQUEST_ID_HEADER,
)
