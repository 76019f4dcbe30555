"""Origins of web pages, each in the one form in which they are compared."""

from __future__ import annotations

import re
from urllib.parse import urlsplit

DEFAULT_PORTS = {"http": 80, "https": 443}


_HOST = r"[a-z0-9_-]+(?:\.[a-z0-9_-]+)*\.?|\[[0-9a-f:.]+\]"


_ORIGIN = re.compile(rf"(?P<scheme>https?)://(?P<host>{_HOST})(?::(?P<port>[1-9][0-9]{{0,4}}))?")


def parse_origins(text: str) -> frozenset[str]:
    """Origins between commas, each in the one form in which they are compared.

    Raises `ValueError` for what no browser would send: a path, a user, letters beyond ASCII.
    """
    origins = {
        each.strip(): normalize_origin(each.strip()) for each in text.split(",") if each.strip()
    }
    if wrong := [each for each, origin in origins.items() if origin is None]:
        raise ValueError(f"not an origin (scheme://host[:port]): {', '.join(wrong)}")
    return frozenset(origin for origin in origins.values() if origin)


def parse_hosts(text: str) -> frozenset[str]:
    """Names of hosts between commas, without ports and brackets."""
    hosts = (urlsplit(f"//{each.strip()}").hostname for each in text.split(","))
    return frozenset(host for host in hosts if host)


def normalize_origin(text: str) -> str | None:
    """Lower case, without a port that goes without saying; None if it is not an origin."""
    if not text.isascii() or not (found := _ORIGIN.fullmatch(text.lower())):
        return None
    scheme, host, port = found["scheme"], found["host"], int(found["port"] or 0)
    if port > 65_535:
        return None
    return f"{scheme}://{host}" + (f":{port}" if port not in (0, DEFAULT_PORTS[scheme]) else "")
