"""Answers pages of the allowed origins, which may send cookies. Others get no leave to read."""

from __future__ import annotations

from starlette.datastructures import Headers
from starlette.middleware.cors import CORSMiddleware
from starlette.responses import Response
from starlette.types import ASGIApp

from app.http.answers import envelope
from app.http.quota import QUOTA_HEADERS
from app.http.refusals import ForeignOrigin

METHODS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE")
SENT = (
    "Authorization",
    "Content-Type",
    "Idempotency-Key",
    "If-Match",
    "If-None-Match",
    "traceparent",
    "X-Preview-Token",
    "X-Request-Id",
)
SHOWN = (
    "ETag",
    "Idempotent-Replayed",
    "Location",
    *QUOTA_HEADERS,
    "Retry-After",
    "X-Request-Id",
)
MAX_AGE = 600


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
            max_age=MAX_AGE,
        )

    def preflight_response(self, request_headers: Headers) -> Response:
        """A refusal has the shape of all refusals."""
        answer = super().preflight_response(request_headers)
        return answer if answer.status_code < 400 else envelope(ForeignOrigin())
