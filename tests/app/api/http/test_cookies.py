"""The cookies of a sign-in, byte by byte."""

from __future__ import annotations

from typing import Any

import pytest
from fastapi import FastAPI, Request, Response
from hypothesis import given
from hypothesis import strategies as st
from mangum import Mangum

from app.api.kit.cookies import Cookies, RefreshCookie, UnfitCookie
from tests.app.test_main import http_api, rest_api

COOKIES = Cookies()
ACCESS, IDENTITY, REFRESH = "__Host-fm-access", "__Host-fm-id", "__Secure-fm-refresh"
USER = "6f1c2a54-8d2e-4b53-9a0e-0c5f3f3d7c11"
KEPT = RefreshCookie(USER, "r.e-f_r~e+s/h=")
SET = [
    "__Host-fm-access=a.b.c; Path=/; Max-Age=3600; HttpOnly; Secure; SameSite=Strict",
    "__Host-fm-id=i.d; Path=/; Max-Age=3600; HttpOnly; Secure; SameSite=Strict",
    f"__Secure-fm-refresh={USER}.r.e-f_r~e+s/h=; Path=/v1/auth; Max-Age=86400; HttpOnly; Secure;"
    " SameSite=Strict",
]
CLEARED = [
    "__Host-fm-access=; Path=/; Max-Age=0; HttpOnly; Secure; SameSite=Strict",
    "__Host-fm-id=; Path=/; Max-Age=0; HttpOnly; Secure; SameSite=Strict",
    "__Secure-fm-refresh=; Path=/v1/auth; Max-Age=0; HttpOnly; Secure; SameSite=Strict",
]


def request_with(*cookies: str) -> Request:
    """A request with a Cookie header for each."""
    headers = [(b"cookie", each.encode()) for each in cookies]
    return Request({"type": "http", "headers": headers})


def test_a_sign_in_sets_three_cookies() -> None:
    """Exactly so: prefixes, paths, attributes; slashes and signs of base64 are not quoted."""
    response = Response()
    COOKIES.set(response, "a.b.c", "i.d", KEPT, 3600, refresh_age=86400)
    assert response.headers.getlist("set-cookie") == SET


def test_a_refresh_without_a_new_token_leaves_the_old_one() -> None:
    """Two cookies, and nothing that touches the third."""
    response = Response()
    COOKIES.set(response, "a.b.c", "i.d", None, 3600, refresh_age=86400)
    assert response.headers.getlist("set-cookie") == SET[:2]


def test_a_sign_out_clears_all_three() -> None:
    """With the attributes they were set with, or browsers would keep them."""
    response = Response()
    COOKIES.clear(response)
    assert response.headers.getlist("set-cookie") == CLEARED


def test_cookies_of_a_domain_go_to_all_its_hosts() -> None:
    """`__Secure-`, since `__Host-` forbids a domain; taken back with the same domain."""
    response, of_site = Response(), Cookies("example.com")
    of_site.set(response, "a.b.c", "i.d", KEPT, 3600, refresh_age=86400)
    of_site.clear(response, ["fm-access"])
    access, _, refresh, cleared = response.headers.getlist("set-cookie")
    attributes = "HttpOnly; Secure; SameSite=Strict"
    assert access == (
        f"__Secure-fm-access=a.b.c; Path=/; Domain=example.com; Max-Age=3600; {attributes}"
    )
    assert refresh.startswith("__Secure-fm-refresh=")
    assert "; Path=/v1/auth; Domain=example.com; " in refresh
    assert cleared == f"__Secure-fm-access=; Path=/; Domain=example.com; Max-Age=0; {attributes}"
    assert of_site.access(request_with("__Secure-fm-access=a.b.c")) == "a.b.c"
    assert of_site.access(request_with("__Host-fm-access=a.b.c")) is None


def test_a_local_stage_may_leave_secure_away() -> None:
    """Without a prefix, which would demand it; all else stays."""
    response, plain = Response(), Cookies(is_secure=False)
    plain.set(response, "a.b.c", "i.d", None, 3600, refresh_age=86400)
    (access, _) = response.headers.getlist("set-cookie")
    assert access == "fm-access=a.b.c; Path=/; Max-Age=3600; HttpOnly; SameSite=Strict"
    assert plain.access(request_with("fm-access=a.b.c")) == "a.b.c"


UNFIT = ["", "a b", "a;b", "a,b", 'a"b', "a\r\nb", "a\\b", "ä", "a\0", "a\n", "a%20b", "x" * 4096]


@pytest.mark.parametrize("value", UNFIT)
@pytest.mark.parametrize("place", [0, 1, 2])
def test_what_would_not_come_back_is_not_set(value: str, place: int) -> None:
    """None of the three is set then, and the message does not show the value."""
    given = ["a", "b", "c"]
    given[place] = value
    response = Response()
    with pytest.raises(UnfitCookie) as caught:
        COOKIES.set(
            response, given[0], given[1], RefreshCookie(USER, given[2]), 60, refresh_age=86400
        )
    assert "set-cookie" not in response.headers
    assert str(caught.value).startswith(f"the cookie {[ACCESS, IDENTITY, REFRESH][place]} ")
    assert not value or value not in repr(caught.value)


def test_the_longest_value_that_browsers_keep_is_set() -> None:
    """Name and value have 4096 bytes together."""
    longest = "x" * (4096 - len(ACCESS))
    COOKIES.set(Response(), longest, "i", None, 60, refresh_age=86400)
    with pytest.raises(UnfitCookie, match="longer than 4096 bytes"):
        COOKIES.set(Response(), longest + "x", "i", None, 60, refresh_age=86400)


@pytest.mark.parametrize("username", ["", "ann", USER.upper(), f"{USER}0", USER.replace("-", "")])
def test_a_user_name_that_is_no_uuid_is_not_set(username: str) -> None:
    """It could not be told from the token again."""
    with pytest.raises(UnfitCookie, match=REFRESH):
        COOKIES.set(Response(), "a", "i", RefreshCookie(username, "t"), 60, refresh_age=86400)


@pytest.mark.parametrize(
    "sent",
    [
        (f"{ACCESS}=a.b.c",),
        (f"theme=dark; {ACCESS}=a.b.c; lang=ko",),
        ("theme=dark", f"{ACCESS}=a.b.c"),
        (f"theme=dark;{ACCESS}=a.b.c;",),
        (f";; =;x; \t{ACCESS}\t= a.b.c ",),
        (f"{ACCESS.lower()}=x; {ACCESS}=a.b.c; x{ACCESS}=y",),
        (f"other=a={ACCESS}=x; {ACCESS}=a.b.c",),
    ],
)
def test_one_access_cookie_is_read(sent: tuple[str, ...]) -> None:
    """Among others, in one header or in several, as HTTP/2 splits them."""
    assert COOKIES.access(request_with(*sent)) == "a.b.c"


@pytest.mark.parametrize(
    "sent",
    [
        (),
        ("",),
        ("theme=dark",),
        (f"{ACCESS}",),
        (f"{ACCESS}=",),
        (f'{ACCESS}="a.b.c"',),
        (f"{ACCESS}=a b",),
        (f"{ACCESS}=a,b",),
        (f"{ACCESS}=a.b.c, theme=dark",),
        (f"theme=dark, {ACCESS}=a.b.c",),
        (f"{ACCESS}=ä",),
        (f"{ACCESS}=a\nb",),
        (f"{ACCESS}={'x' * 8193}",),
        (f"\xa0{ACCESS}=a.b.c",),
        (f"\u2000{ACCESS}=a.b.c",),
        (f"{ACCESS.lower()}=a.b.c",),
        (f"__Secure-fm-access=a.b.c; {IDENTITY}=a.b.c",),
    ],
)
def test_anything_else_is_no_access_cookie(sent: tuple[str, ...]) -> None:
    """Malformed, quoted, overlong, or of a name that browsers do not protect."""
    assert COOKIES.access(request_with(*sent)) is None


@pytest.mark.parametrize(
    "sent",
    [
        (f"{ACCESS}=a.b.c; {ACCESS}=a.b.c",),
        (f"{ACCESS}=evil; {ACCESS}=a.b.c",),
        (f"{ACCESS}=a.b.c", f"{ACCESS}=evil"),
        (f"{ACCESS}=a.b.c; {ACCESS}",),
        (f"{ACCESS}=a.b.c; {ACCESS}=",),
        (f"{ACCESS}=a.b.c; {ACCESS} =evil",),
        (f"{ACCESS}=a.b.c; x=y; \t{ACCESS}\t=evil",),
    ],
)
def test_two_cookies_of_one_name_are_none(sent: tuple[str, ...]) -> None:
    """Whoever planted one must not choose which of them counts."""
    assert COOKIES.access(request_with(*sent)) is None


def test_the_longest_value_is_read() -> None:
    """8 KiB; one more is none."""
    assert COOKIES.access(request_with(f"{ACCESS}={'x' * 8192}")) == "x" * 8192


def test_a_refresh_cookie_is_read_into_its_parts() -> None:
    """The user name ends at the first dot; tokens have dots of their own."""
    assert COOKIES.refresh(request_with(f"{REFRESH}={KEPT.text()}")) == KEPT


@pytest.mark.parametrize(
    "value",
    [
        "",
        "token",
        USER,
        f"{USER}.",
        f".{USER}",
        ".token",
        f"{USER.upper()}.token",
        f"{USER}x.token",
        f"{USER[:-1]}.token",
        f"{USER.replace('-', '')}.token",
        f"ann.{USER}.token",
        f"{USER}.to ken",
        f"{USER}.tö",
        f'"{USER}.token"',
        f"{USER}.{'x' * 8192}",
    ],
)
def test_a_malformed_refresh_cookie_is_none(value: str) -> None:
    """No user name of the right form, no token, or characters that no token has."""
    assert COOKIES.refresh(request_with(f"{REFRESH}={value}")) is None


def test_two_refresh_cookies_are_none() -> None:
    """As with the access cookie."""
    assert (
        COOKIES.refresh(request_with(f"{REFRESH}={KEPT.text()}; {REFRESH}={KEPT.text()}")) is None
    )


def test_what_is_read_does_not_show_in_repr() -> None:
    """Neither the token nor whose it is."""
    assert repr(KEPT) == "RefreshCookie()"


@given(st.binary(max_size=200))
def test_any_bytes_can_be_read(sent: bytes) -> None:
    """Whatever is sent, the answer is a cookie or none, and no error."""
    prefixed = [(b"cookie", REFRESH.encode() + b"=" + sent), (b"cookie", sent)]
    request = Request({"type": "http", "headers": prefixed})
    COOKIES.refresh(request)
    found = COOKIES.access(request)
    assert found is None or found.encode() in sent


@given(st.from_regex(r"[A-Za-z0-9._~+/=-]{1,100}", fullmatch=True))
def test_what_is_set_is_read_back(token: str) -> None:
    """Of every token, both as it is and behind a user name."""
    response = Response()
    COOKIES.set(response, token, token, RefreshCookie(USER, token), 60, refresh_age=86400)
    sent = "; ".join(each.partition(";")[0] for each in response.headers.getlist("set-cookie"))
    assert COOKIES.access(request_with(sent)) == token
    assert COOKIES.refresh(request_with(sent)) == RefreshCookie(USER, token)


@pytest.fixture
def on_lambda(own_loop: None) -> Any:
    """An app that sets the cookies, or says what it got."""
    app = FastAPI()

    @app.post("/set")
    def sign_in(response: Response) -> None:
        COOKIES.set(response, "a.b.c", "i.d", KEPT, 3600, refresh_age=86400)

    @app.get("/got")
    def got(request: Request) -> list[Any]:
        return [COOKIES.access(request), COOKIES.refresh(request) == KEPT]

    adapter: Any = Mangum(app, lifespan="off")
    return lambda event: adapter(event, None)


def test_all_three_pass_an_http_api(on_lambda: Any) -> None:
    """There, cookies are a list beside the headers, in both directions."""
    assert on_lambda(http_api("POST", "/set"))["cookies"] == SET
    sent = http_api("GET", "/got") | {"cookies": [f"{ACCESS}=a.b.c", f"{REFRESH}={KEPT.text()}"]}
    assert on_lambda(sent)["body"] == '["a.b.c",true]'
    sent["cookies"].append(f"{ACCESS}=evil")
    assert on_lambda(sent)["body"] == "[null,true]"


def test_all_three_pass_a_rest_api(on_lambda: Any) -> None:
    """Headers of several values there; two Cookie headers, joined by a comma, are none."""
    assert on_lambda(rest_api("POST", "/set"))["multiValueHeaders"]["set-cookie"] == SET
    both = f"{ACCESS}=a.b.c; {REFRESH}={KEPT.text()}"
    assert on_lambda(rest_api("GET", "/got", Cookie=both))["body"] == '["a.b.c",true]'
    joined = f"{ACCESS}=a.b.c, {ACCESS}=evil"
    assert on_lambda(rest_api("GET", "/got", Cookie=joined))["body"] == "[null,false]"
