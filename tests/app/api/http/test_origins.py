"""Writes with cookies: which pages may be behind them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from fastapi import Request
from hypothesis import given
from hypothesis import strategies as st
from mangum import Mangum

from app.api.kit.cookies import TrustedPages
from app.core.problems import ForeignOrigin
from app.core.settings_base import parse_hosts, parse_origins
from tests.app.test_main import http_api, rest_api

OWN = "https://api.example.com"
FRONT = "https://www.example.com"
ALLOWED = frozenset({FRONT})

PAGES = TrustedPages(ALLOWED, parse_hosts("api.example.com,localhost,[::1],xn--bcher-kva.example"))

Check = Callable[[TrustedPages, Request], None]
check_origin, check_origin_if_sent = TrustedPages.check, TrustedPages.check_if_sent
BOTH = pytest.mark.parametrize("check", [check_origin, check_origin_if_sent])


def request_with(
    *headers: tuple[str, str],
    host: str = "api.example.com",
    scheme: str = "https",
    method: str = "POST",
) -> Request:
    sent = [("host", host), *headers]
    raw = [(name.lower().encode(), value.encode("latin-1")) for name, value in sent]
    return Request({"type": "http", "method": method, "scheme": scheme, "headers": raw})


def is_refused(check: Check, request: Request, pages: TrustedPages = PAGES) -> bool:
    try:
        check(pages, request)
    except ForeignOrigin as refused:
        assert (refused.status, refused.code) == (403, "foreign-origin")
        return True
    return False


@BOTH
@pytest.mark.parametrize("site", [None, "same-origin", "same-site", "cross-site", "none"])
def test_a_page_of_a_listed_origin_may_write(check: Check, site: str | None) -> None:
    """However far it is from the API: that is what the list is for."""
    said = [("Sec-Fetch-Site", site)] if site else []
    assert not is_refused(check, request_with(("Origin", FRONT), *said))


@BOTH
@pytest.mark.parametrize(
    ("origin", "host", "scheme"),
    [
        (OWN, "api.example.com", "https"),
        (OWN, "api.example.com:443", "https"),
        (OWN, "API.Example.com", "https"),
        (f"{OWN}:443", "api.example.com", "https"),
        ("HTTPS://API.EXAMPLE.COM", "api.example.com", "https"),
        ("http://localhost:8000", "localhost:8000", "http"),
        ("http://localhost", "localhost:80", "http"),
        ("http://[::1]:8000", "[::1]:8000", "http"),
        ("https://xn--bcher-kva.example", "xn--bcher-kva.example", "https"),
    ],
)
def test_a_page_of_the_api_itself_may_write(
    check: Check, origin: str, host: str, scheme: str
) -> None:
    """Default ports and capitals make no other origin; old browsers say nothing of the site."""
    said = ("Sec-Fetch-Site", "same-origin")
    assert not is_refused(check, request_with(("Origin", origin), host=host, scheme=scheme))
    assert not is_refused(check, request_with(("Origin", origin), said, host=host, scheme=scheme))


HOSTILE = [
    "https://evil.com",
    "https://api.example.com.evil.com",  # ours in front
    "https://evilapi.example.com",  # ours at the end
    "https://api.example.comevil",
    "https://evil.api.example.com",  # subdomains
    "https://evil.www.example.com",
    "https://example.com",  # the domain above
    "https://api.example.org",
    "http://api.example.com",  # scheme
    "http://www.example.com",
    "ftp://api.example.com",
    "wss://api.example.com",
    "https://api.example.com:8443",  # port
    "https://api.example.com:80",
    "https://api.example.com:0443",
    "https://api.example.com:",
    "https://api.example.com:99999",
    "https://www.example.com:444",
    "https://user@api.example.com",  # userinfo
    "https://api.example.com@evil.com",
    "https://api.example.com:443@evil.com",
    "https://api.example.com.",  # trailing dot: another host to a browser
    "https://api.example.com..",
    "https://.api.example.com",
    "https://api..example.com",
    "https://xn--pi-vvc.example.com",  # look-alikes
    "https://äpi.example.com",
    "https://api.example.com/",  # a URL, not an origin
    "https://api.example.com/path",
    "https://api.example.com?x",
    "https://api.example.com#x",
    "https://evil.com#https://api.example.com",
    "https://evil.com\\@api.example.com",
    "https:/api.example.com",
    "//api.example.com",
    "api.example.com",
    "https://",
    "https://*",
    "https://*.example.com",
    "https://api%2eexample.com",
    "https://api.example.com\t",
    "https://api.example.com\xa0",
    "https://www.example.com, https://api.example.com",  # lists
    "https://api.example.com https://evil.com",
    "null",
    "NULL",
    "",
    " ",
    "*",
    "file://",
    "about:blank",
    "chrome-extension://abcdefgh",
    "x" * 10_000,
    "https://" + "a." * 5_000,
]


@BOTH
@pytest.mark.parametrize("site", [None, "same-origin"])
@pytest.mark.parametrize("origin", HOSTILE)
def test_a_foreign_origin_is_refused(check: Check, origin: str, site: str | None) -> None:
    """Whatever else the request says of the site."""
    said = [("Sec-Fetch-Site", site)] if site else []
    assert is_refused(check, request_with(("Origin", origin), *said))


@BOTH
@pytest.mark.parametrize("pair", [(OWN, OWN), (FRONT, OWN), (OWN, "https://evil.com"), ("", OWN)])
def test_two_origins_are_refused(check: Check, pair: tuple[str, str]) -> None:
    """Neither of two is believed, not even if they agree."""
    assert is_refused(check, request_with(*(("Origin", each) for each in pair)))


@BOTH
@pytest.mark.parametrize("site", ["cross-site", "same-site", "none", "", "Same-Origin", "x"])
def test_only_the_same_origin_does_without_a_list(check: Check, site: str) -> None:
    """The API's own origin is not believed when the browser contradicts it, nor is its absence."""
    assert is_refused(check, request_with(("Origin", OWN), ("Sec-Fetch-Site", site)))
    assert is_refused(check, request_with(("Sec-Fetch-Site", site)))


@BOTH
def test_two_sites_are_refused(check: Check) -> None:
    """A browser sends one; two came from somewhere else."""
    twice = [("Sec-Fetch-Site", "same-origin")] * 2
    assert is_refused(check, request_with(*twice))
    assert is_refused(check, request_with(("Origin", OWN), *twice))


@BOTH
def test_the_browser_may_name_the_site_alone(check: Check) -> None:
    """Same-origin, without an Origin."""
    assert not is_refused(check, request_with(("Sec-Fetch-Site", "same-origin")))


def test_saying_nothing_is_refused_with_cookies() -> None:
    """Who has cookies is a browser, and a browser says where it is."""
    assert is_refused(check_origin, request_with())
    assert is_refused(check_origin, request_with(("Referer", f"{OWN}/page")))


def test_saying_nothing_is_no_objection_without_cookies() -> None:
    """As curl signs in."""
    assert not is_refused(check_origin_if_sent, request_with())


@pytest.mark.parametrize("method", ["GET", "HEAD", "OPTIONS"])
def test_reading_needs_no_origin(method: str) -> None:
    """Nothing is changed, and foreign pages cannot read the answer."""
    request = request_with(("Origin", "https://evil.com"), method=method)
    assert not is_refused(check_origin, request)
    assert is_refused(check_origin_if_sent, request)


@pytest.mark.parametrize("method", ["POST", "PUT", "PATCH", "DELETE", "QUERY", "get", "TRACE"])
def test_every_other_method_is_a_write(method: str) -> None:
    """Those that nobody knows too."""
    request = request_with(("Origin", "https://evil.com"), method=method)
    assert is_refused(check_origin, request)


@BOTH
@pytest.mark.parametrize("host", ["", "evil@api.example.com", "[bad", "api.example.com/", "ä"])
def test_a_host_that_is_none_has_no_origin_of_its_own(check: Check, host: str) -> None:
    """It equals nothing; listed origins are unaffected."""
    assert is_refused(check, request_with(("Origin", f"https://{host}"), host=host))
    assert not is_refused(check, request_with(("Origin", FRONT), host=host))


@BOTH
@pytest.mark.parametrize("host", ["evil.com", "api.example.com.evil.com", "127.0.0.1"])
def test_the_host_header_alone_makes_no_origin_the_apis_own(check: Check, host: str) -> None:
    """Whoever sends the request writes it: only the hosts that were set are the API's."""
    asked = request_with(("Origin", f"https://{host}"), host=host)
    assert is_refused(check, asked)
    assert not is_refused(check, asked, TrustedPages(hosts=parse_hosts(f"other.example,{host}")))
    assert is_refused(check, request_with(("Origin", OWN)), TrustedPages())


@BOTH
def test_two_hosts_have_no_origin_of_their_own(check: Check) -> None:
    """Which of them was meant is not guessed."""
    assert is_refused(check, request_with(("Origin", OWN), ("Host", "api.example.com")))


@given(st.text(max_size=80))
def test_no_text_but_an_origin_passes(text: str) -> None:
    """Whatever bytes are sent: an answer or a refusal, and no other error."""
    sent = text.encode()
    scope: dict[str, Any] = {"type": "http", "method": "POST", "scheme": "https"}
    request = Request(scope | {"headers": [(b"host", b"api.example.com"), (b"origin", sent)]})
    assert is_refused(check_origin, request) == (text.lower() not in {OWN, FRONT})


@pytest.mark.parametrize(
    ("text", "origins"),
    [
        ("", set()),
        (FRONT, {FRONT}),
        ("HTTPS://WWW.Example.com:443", {FRONT}),
        (
            f"{FRONT}, http://localhost:80 ,http://localhost:5173",
            {FRONT, "http://localhost", "http://localhost:5173"},
        ),
    ],
)
def test_the_list_is_read_in_the_form_that_is_compared(text: str, origins: set[str]) -> None:
    """Capitals, default ports and spaces do not keep an origin out."""
    assert parse_origins(text) == origins


@pytest.mark.parametrize(
    "wrong", ["https://a/b", "https://user@a", "https://bücher.example", "https://a:99999", "*"]
)
def test_a_list_with_something_else_is_refused(wrong: str) -> None:
    """The message names what is wrong; what no browser sends could never match."""
    with pytest.raises(ValueError, match="not an origin") as caught:
        parse_origins(f"{FRONT},{wrong}")
    assert str(caught.value).endswith(wrong)


@pytest.mark.parametrize("event", [http_api, rest_api])
@pytest.mark.parametrize(
    ("headers", "refused"),
    [
        ({"origin": OWN}, False),
        ({"origin": FRONT, "sec-fetch-site": "same-site"}, False),
        ({"origin": "https://evil.com"}, True),
        ({"origin": f"{OWN}, {OWN}"}, True),
        ({}, True),
    ],
)
def test_it_holds_behind_a_gateway(
    own_loop: None, event: Any, headers: dict[str, str], refused: bool
) -> None:
    """The adapter's scheme is HTTPS, and it joins repeated headers."""
    seen: list[bool] = []

    async def app(scope: Any, receive: Any, send: Any) -> None:
        seen.append(is_refused(check_origin, Request(scope)))
        await send({"type": "http.response.start", "status": 204, "headers": []})
        await send({"type": "http.response.body", "body": b""})

    adapter: Any = Mangum(app, lifespan="off")
    adapter(event("POST", "/v1/posts", "{}", **headers), None)
    assert seen == [refused]
