"""Same-origin checks for requests with cookies, and CORS. Fails closed.

Browsers name the origin in `Origin` and `Sec-Fetch-Site`, which no page can forge.
"""

from __future__ import annotations

from fastapi import Request
from starlette.datastructures import Headers
from starlette.middleware.cors import CORSMiddleware
from starlette.responses import Response
from starlette.types import ASGIApp

from app.api.kit.answers import envelope
from app.api.kit.middleware import QUOTA_HEADERS
from app.core.problems import ForeignOrigin
from app.core.settings.base import normalize_origin

SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})


def check_origin(request: Request, allowed: frozenset[str]) -> None:
    """For requests whose credentials are cookies: a write has to show where it comes from.

    Raises `ForeignOrigin`. `allowed`: as `parse_origins` gives it.
    """
    if request.method not in SAFE_METHODS and not _is_from_here(request, allowed):
        raise ForeignOrigin()


def check_origin_if_sent(request: Request, allowed: frozenset[str]) -> None:
    """For routes that set cookies, whatever the method: no browser, no origin, no objection.

    Raises `ForeignOrigin`: a foreign page would sign its visitor in to somebody else's account.
    """
    names = request.headers.keys()
    is_told = "origin" in names or "sec-fetch-site" in names
    if is_told and not _is_from_here(request, allowed):
        raise ForeignOrigin()


def _is_from_here(request: Request, allowed: frozenset[str]) -> bool:
    origins = request.headers.getlist("origin")
    sites = request.headers.getlist("sec-fetch-site")
    if not origins:
        return sites == ["same-origin"]
    if len(origins) > 1 or (origin := normalize_origin(origins[0])) is None:
        return False
    return origin in allowed or (origin == _own(request) and sites in ([], ["same-origin"]))


def _own(request: Request) -> str | None:
    """The origin that the request was sent to, as far as the app can see."""
    scheme, hosts = request.scope["scheme"], request.headers.getlist("host")
    return normalize_origin(f"{scheme}://{hosts[0]}") if len(hosts) == 1 else None


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
