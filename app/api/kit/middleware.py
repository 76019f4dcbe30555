"""One ASGI middleware around every request, and CORS within it.

It begins the request's context and its deadline, takes the base path off, limits the body, answers
HEAD, compresses, completes the headers of the answer, answers what nothing else has answered, and
reports the request to the log and the metrics.
"""

from __future__ import annotations

import logging
import re
from time import monotonic, perf_counter
from typing import Any
from uuid import uuid4

from brotli_asgi import BrotliMiddleware
from starlette.datastructures import Headers, MutableHeaders
from starlette.middleware.cors import CORSMiddleware
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from app.api.kit.answers import METHODS, answer, problem_response
from app.core.context import current_context, request_context
from app.core.metrics import Answered, Meter, open_tally
from app.core.problems import ForeignOrigin, TooLarge
from app.core.settings import Settings

log = logging.getLogger("app.access")

REQUEST_ID_HEADER = "X-Request-Id"
QUOTA_HEADERS = ("RateLimit-Policy", "RateLimit")
ANSWER_SECONDS = 0.5
"""What sending an answer takes on Lambda, at most."""

_ACCEPTED_ID = re.compile(r"[0-9A-Za-z-]{8,64}")
_COOKIE_PATH = re.compile(rb"(; *path=)(/[^;]+)", re.IGNORECASE)
_CREDENTIALS = frozenset({b"authorization", b"cookie", b"x-preview-token"})
_ALWAYS = [
    (b"x-content-type-options", b"nosniff"),
    (b"x-frame-options", b"DENY"),
    (b"referrer-policy", b"no-referrer"),
]
_ONLY_HTTPS = (b"strict-transport-security", b"max-age=31536000")
_NO_CONTENT_RUNS = (b"content-security-policy", b"default-src 'none'; frame-ancestors 'none'")


class RequestMiddleware:
    """Surrounds everything else that answers requests.

    Answers to reads without credentials are compressed, by brotli or gzip, and no others: the
    length of a compressed answer tells of its content, and where a secret stands beside what an
    attacker can choose, it gives the secret away (BREACH). What strangers read has no secrets.
    """

    def __init__(self, app: ASGIApp, settings: Settings) -> None:
        self.settings = settings
        self.always = [*_ALWAYS, *([] if settings.is_local else [_ONLY_HTTPS])]
        self._app = app
        self._compressing = BrotliMiddleware(app, minimum_size=1024)  # pyright: ignore[reportUnknownMemberType]
        self._meter = Meter.of(settings)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        sent = _single_headers(scope)
        request_id, seconds = sent.get(b"x-request-id", ""), self.settings.request_seconds
        remaining = getattr(scope.get("aws.context"), "get_remaining_time_in_millis", None)
        if remaining is not None:
            seconds = min(seconds, remaining() / 1000 - ANSWER_SECONDS)
        with (
            request_context(
                sent.get(b"traceparent", ""),
                sent.get(b"x-amzn-trace-id", ""),
                request_id=request_id if _ACCEPTED_ID.fullmatch(request_id) else str(uuid4()),
                deadline=monotonic() + seconds,
            ),
            open_tally() as tally,
        ):
            exchange, start = _Exchange(self, sent, scope, receive, send), perf_counter()
            app = self._compressing if exchange.is_compressed else self._app
            try:
                await app(exchange.scope, exchange.read, exchange.write)
            except Exception as error:
                if exchange.status:  # half an answer cannot be taken back
                    raise
                response = await answer(Request(exchange.scope), error)
                await response(exchange.scope, receive, exchange.write)
            finally:
                answered = exchange.answered((perf_counter() - start) * 1000)
                if self._meter is not None:
                    self._meter.report(answered, tally)


class _Exchange:
    """One request and its answer: watches the messages of both."""

    def __init__(
        self,
        middleware: RequestMiddleware,
        sent: dict[bytes, str],
        scope: Scope,
        receive: Receive,
        send: Send,
    ) -> None:
        self._middleware, self._sent = middleware, sent
        self._receive, self._send = receive, send
        self.scope: dict[str, Any] = {**scope}
        self._method: str = scope["method"]
        self._limit = middleware.settings.max_body_bytes
        self._size = self.status = 0
        path, self._base = scope["path"], middleware.settings.base_path
        if not path.startswith(f"{self._base}/") and path != self._base:
            self._base = ""
        if self._base:
            self.scope["path"] = path[len(self._base) :] or "/"
            if raw := scope.get("raw_path"):
                self.scope["raw_path"] = raw[len(self._base) :] or b"/"
        if self._method == "HEAD":
            self.scope["method"] = "GET"
        self.is_compressed = self.scope["method"] == "GET" and _CREDENTIALS.isdisjoint(sent)

    def answered(self, milliseconds: float) -> Answered:
        """Its outcome, which is logged. No route: none has the path, or it was not routed."""
        route: str | None = getattr(self.scope.get("route"), "path_format", None)
        facts = {
            "method": self._method,
            "route": route,
            "status": self.status,
            "durationMs": round(milliseconds, 2),
            "patterns": list(current_context().patterns),
            **current_context().log_fields,
        }
        shown = (self._method, route or "(no route)", self.status)
        log.info("%s %s %s", *shown, extra={"facts": facts})
        return Answered(self._method, route, self.status, milliseconds)

    async def read(self) -> Message:
        """Raises `TooLarge`: before reading if Content-Length says so, else while reading."""
        if not self._size and self._declares_too_much():
            raise TooLarge(limit=self._limit)
        message = await self._receive()
        self._size += len(message.get("body", b""))
        if self._size > self._limit:
            raise TooLarge(limit=self._limit)
        return message

    def _declares_too_much(self) -> bool:
        digits = self._sent.get(b"content-length", "").strip().lstrip("0")
        if not digits.isdigit():
            return False  # the server refuses odd lengths, and what arrives is counted
        return len(digits) > len(str(self._limit)) or int(digits) > self._limit

    async def write(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self.status = message["status"]
            if self.is_compressed:
                _note_coding(MutableHeaders(scope=message))
            message["headers"] = self._complete(list(message.get("headers", ())))
        elif self._method == "HEAD" and message["type"] == "http.response.body":
            message = {**message, "body": b""}
        await self._send(message)

    def _complete(self, headers: list[tuple[bytes, bytes]]) -> list[tuple[bytes, bytes]]:
        if self._base:
            headers = [_relocated(name, value, self._base.encode()) for name, value in headers]
        names = dict(headers)
        headers += self._middleware.always
        headers.append((b"x-request-id", current_context().request_id.encode()))
        for name, value in current_context().headers.items():
            headers.append((name.lower().encode(), value.encode()))
        if b"content-security-policy" not in names:
            headers.append(_NO_CONTENT_RUNS)
        if b"cache-control" not in names:
            # What has an entity tag may be kept by its reader, and asked about; failures have none.
            kept = b"private, no-cache" if b"etag" in names else b"no-store"
            headers.append((b"cache-control", kept))
        return headers


def _single_headers(scope: Scope) -> dict[bytes, str]:
    """All headers by name; empty where they are sent twice, and so ambiguous, or not ASCII."""
    found: dict[bytes, str] = {}
    for name, value in scope["headers"]:
        found[name] = str(value, "ascii") if name not in found and value.isascii() else ""
    return found


def _relocated(name: bytes, value: bytes, base: bytes) -> tuple[bytes, bytes]:
    """A cookie of the whole host stays one."""
    if name == b"location" and value.startswith(b"/"):
        return name, base + value
    if name == b"set-cookie":
        return name, _COOKIE_PATH.sub(rb"\1" + base + rb"\2", value)
    return name, value


def _note_coding(headers: MutableHeaders) -> None:
    """A tag is one of a text as it was sent: compressed it is another one."""
    if "accept-encoding" not in headers.get("vary", "").lower():
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
        """A refusal has the shape of all refusals. An allowed page is told what it may send: then
        its browser names the header or method that it may not."""
        answer = super().preflight_response(request_headers)
        if "access-control-allow-origin" not in answer.headers:
            return problem_response(ForeignOrigin())
        answer.status_code = 200
        return answer


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
