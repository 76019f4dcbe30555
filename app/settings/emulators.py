"""Which addresses a local stage may ask: this machine's own, and hosts named as emulators'.

Nothing is resolved: a name that nobody listed is refused wherever it leads.
"""

from __future__ import annotations

import re
from ipaddress import ip_address

# The whole authority is matched, so that no other reader can find another host in the same text.
_WEB = re.compile(r"https?://([^\s/?#@\\:\[\]]+|\[[0-9a-fA-F:.]+\])(?::\d{1,5})?(?:/[^\\\s]*)?")
_REDIS = re.compile(
    r"rediss?://(?:[^@/?#\\\s]*@)?([^\s/?#@\\:\[\]]+|\[[0-9a-fA-F:.]+\])(?::\d{1,5})?(?:[/?]\S*)?"
)


def is_emulator(url: str, hosts: str) -> bool:
    """Whether an http or https address is at a loopback address or one of `hosts`, by commas."""
    return _is_local(_WEB.fullmatch(url), hosts)


def is_local_redis(url: str, hosts: str) -> bool:
    """The same for Redis; a socket of this machine's file system is local, too."""
    return url.startswith("unix:///") or _is_local(_REDIS.fullmatch(url), hosts)


def _is_local(found: re.Match[str] | None, hosts: str) -> bool:
    if found is None:
        return False
    host = found[1].strip("[]").lower()
    return host == "localhost" or host in hosts.split(",") or _is_loopback(host)


def _is_loopback(host: str) -> bool:
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False
