"""The cookies of a sign-in, and from which pages a request with cookies may come. Fails closed.

Cookies are read from the raw header: frameworks take one of two cookies of a name without a word.
Browsers name the origin of a page in `Origin` and `Sec-Fetch-Site`, which no page can forge.
"""

from __future__ import annotations

import re
from collections.abc import Collection
from dataclasses import dataclass, field
from typing import Self
from urllib.parse import urlsplit

from fastapi import Request, Response

from app.core.problems import ForeignOrigin
from app.core.settings_base import normalize_origin

ACCESS, IDENTITY, REFRESH = "fm-access", "fm-id", "fm-refresh"
PATHS = {ACCESS: "/", IDENTITY: "/", REFRESH: "/v1/auth"}

LONGEST_SENT = 4096  # name and value: browsers drop what is longer, and say nothing
LONGEST_READ = 8192
_TOKEN = re.compile(r"[A-Za-z0-9._~+/=-]+")
SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})
_USERNAME = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")


@dataclass(eq=False, kw_only=True)
class UnfitCookie(Exception):
    """A value that would not come back as it was sent; it is not in the message."""

    name: str
    reason: str

    def __str__(self) -> str:
        return f"the cookie {self.name} {self.reason}"


@dataclass(frozen=True)
class RefreshCookie:
    """A refresh token, and the user name that Cognito wants to see with it (a UUID)."""

    username: str = field(repr=False)
    token: str = field(repr=False)

    @classmethod
    def parse(cls, value: str) -> Self | None:
        username, _, token = value.partition(".")
        return cls(username, token) if _USERNAME.fullmatch(username) and token else None

    def text(self) -> str:
        return f"{self.username}.{self.token}"


@dataclass(frozen=True)
class Cookies:
    """The form of the cookies of one deployment.

    `domain`: every host of it and below it is sent them; empty: the API's own host alone.
    Without `is_secure` they travel over plain HTTP as well, on a local stage.
    """

    domain: str = ""
    is_secure: bool = True

    def name(self, cookie: str) -> str:
        """Prefixes are promises that browsers keep: `__Host-` to no other host, and `Path=/`."""
        if not self.is_secure:
            return cookie
        is_of_host = not self.domain and PATHS[cookie] == "/"
        return f"__Host-{cookie}" if is_of_host else f"__Secure-{cookie}"

    def set(
        self,
        response: Response,
        access: str,
        identity: str,
        refresh: RefreshCookie | None,
        max_age: int,
        *,
        refresh_age: int,
    ) -> None:
        """Ages in seconds; without `refresh` the browser keeps the one it has.

        Raises `UnfitCookie`, and then sets none.
        """
        wanted = [(ACCESS, access, max_age), (IDENTITY, identity, max_age)]
        if refresh:
            wanted.append((REFRESH, refresh.text(), refresh_age))
            if RefreshCookie.parse(refresh.text()) != refresh:
                reason = "has no user name of the form of a UUID, or no token"
                raise UnfitCookie(name=self.name(REFRESH), reason=reason)
        for line in [self._line(each, self._fit(each, value), age) for each, value, age in wanted]:
            response.headers.append("set-cookie", line)

    def clear(self, response: Response, names: Collection[str] = tuple(PATHS)) -> None:
        """Makes the browser forget them: all three, unless some are named."""
        for name in names:
            response.headers.append("set-cookie", self._line(name, "", 0))

    def access(self, request: Request) -> str | None:
        """The access token; None without one, with two, or with what no token looks like."""
        return _only(request, self.name(ACCESS))

    def refresh(self, request: Request) -> RefreshCookie | None:
        """The refresh token and its user; None under the same conditions."""
        value = _only(request, self.name(REFRESH))
        return RefreshCookie.parse(value) if value else None

    def _fit(self, cookie: str, value: str) -> str:
        name = self.name(cookie)
        if not _TOKEN.fullmatch(value):
            raise UnfitCookie(name=name, reason="has characters that no token has, or none at all")
        if len(name) + len(value) > LONGEST_SENT:
            raise UnfitCookie(
                name=name, reason=f"is longer than {LONGEST_SENT} bytes, which browsers drop"
            )
        return value

    def _line(self, cookie: str, value: str, max_age: int) -> str:
        domain = f" Domain={self.domain};" if self.domain else ""
        secure = " Secure;" if self.is_secure else ""
        attributes = f"Path={PATHS[cookie]};{domain} Max-Age={max_age}; HttpOnly;{secure}"
        return f"{self.name(cookie)}={value}; {attributes} SameSite=Strict"


def _only(request: Request, name: str) -> str | None:
    """Two of one name: one may have been planted by a neighbouring host, so neither counts."""
    sent: list[str] = []
    for line in request.headers.getlist("cookie"):  # several, as HTTP/2 splits them
        for pair in line.split(";"):
            each, _, value = pair.partition("=")
            # Stripping more than spaces and tabs would turn names that browsers do not protect
            # into ours.
            if each.strip(" \t") == name:
                sent.append(value.strip(" \t"))
    if len(sent) != 1 or len(sent[0]) > LONGEST_READ or not _TOKEN.fullmatch(sent[0]):
        return None
    return sent[0]


@dataclass(frozen=True)
class TrustedPages:
    """`origins`: as `parse_origins` gives them; `hosts`: those that the API itself is reached by.

    The Host header alone would be believed from whoever sends it.
    """

    origins: frozenset[str] = frozenset()
    hosts: frozenset[str] = frozenset()

    def check(self, request: Request) -> None:
        """For requests whose credentials are cookies: a write has to show where it comes from.

        Raises `ForeignOrigin`.
        """
        if request.method not in SAFE_METHODS and not self._is_behind(request):
            raise ForeignOrigin()

    def check_if_sent(self, request: Request) -> None:
        """For routes that set cookies, whatever the method: no browser, no origin, no objection.

        Raises `ForeignOrigin`: a foreign page would sign its visitor in to somebody else's account.
        """
        names = request.headers.keys()
        is_told = "origin" in names or "sec-fetch-site" in names
        if is_told and not self._is_behind(request):
            raise ForeignOrigin()

    def _is_behind(self, request: Request) -> bool:
        origins = request.headers.getlist("origin")
        sites = request.headers.getlist("sec-fetch-site")
        if not origins:
            return sites == ["same-origin"]
        if len(origins) > 1 or (origin := normalize_origin(origins[0])) is None:
            return False
        is_own = origin == self._own(request) and sites in ([], ["same-origin"])
        return origin in self.origins or is_own

    def _own(self, request: Request) -> str | None:
        """The origin that the request was sent to, if it is the API's."""
        scheme, hosts = request.scope["scheme"], request.headers.getlist("host")
        own = normalize_origin(f"{scheme}://{hosts[0]}") if len(hosts) == 1 else None
        return own if own and urlsplit(own).hostname in self.hosts else None
