"""Whether a page of another origin is behind a request that relies on cookies. Fails closed.

Browsers say it themselves, in `Origin` and `Sec-Fetch-Site`, which no page can forge.
Knows no cookie and no caller.
"""

from __future__ import annotations

import re

from fastapi import Request

from app.http.refusals import ForeignOrigin

SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})
DEFAULT_PORTS = {"http": 80, "https": 443}

_HOST = r"[a-z0-9_-]+(?:\.[a-z0-9_-]+)*\.?|\[[0-9a-f:.]+\]"
_ORIGIN = re.compile(rf"(?P<scheme>https?)://(?P<host>{_HOST})(?::(?P<port>[1-9][0-9]{{0,4}}))?")


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


def parse_origins(text: str) -> frozenset[str]:
    """Origins between commas, each in the one form in which they are compared.

    Raises `ValueError` for what no browser would send: a path, a user, letters beyond ASCII.
    """
    origins = {each.strip(): _normalised(each.strip()) for each in text.split(",") if each.strip()}
    if wrong := [each for each, origin in origins.items() if origin is None]:
        raise ValueError(f"not an origin (scheme://host[:port]): {', '.join(wrong)}")
    return frozenset(origin for origin in origins.values() if origin)


def _is_from_here(request: Request, allowed: frozenset[str]) -> bool:
    origins = request.headers.getlist("origin")
    sites = request.headers.getlist("sec-fetch-site")
    if not origins:
        return sites == ["same-origin"]
    if len(origins) > 1 or (origin := _normalised(origins[0])) is None:
        return False
    return origin in allowed or (origin == _own(request) and sites in ([], ["same-origin"]))


def _own(request: Request) -> str | None:
    """The origin that the request was sent to, as far as the app can see."""
    scheme, hosts = request.scope["scheme"], request.headers.getlist("host")
    return _normalised(f"{scheme}://{hosts[0]}") if len(hosts) == 1 else None


def _normalised(text: str) -> str | None:
    """Lower case, without a port that goes without saying; None if it is not an origin."""
    if not text.isascii() or not (found := _ORIGIN.fullmatch(text.lower())):
        return None
    scheme, host, port = found["scheme"], found["host"], int(found["port"] or 0)
    if port > 65_535:
        return None
    return f"{scheme}://{host}" + (f":{port}" if port not in (0, DEFAULT_PORTS[scheme]) else "")
