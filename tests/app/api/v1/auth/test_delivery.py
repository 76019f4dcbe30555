"""How tokens travel: cookies of one host or of a site, and bodies for those without cookies."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from fastapi.testclient import TestClient

from tests.app import expect
from tests.app.api.v1.auth.answers import ACCESS, set_cookies_of, with_cookies
from tests.app.harness import AppHarness
from tests.app.services.accounts.user_pool import PASSWORD

API, PAGE, OTHER = "https://api.example.com", "https://www.example.com", "https://www.example.org"
ADA = {"email": "ada@example.com", "password": PASSWORD}


@pytest.fixture
def ada(harness: AppHarness) -> AppHarness:
    harness.account("ada")
    return harness


def visitor(harness: AppHarness, page: str = PAGE) -> TestClient:
    """A browser with a page of `page` open, whose jar keeps domains apart as browsers do."""
    return TestClient(harness.app, base_url=API, headers={"Origin": page})


def of_site(harness: AppHarness) -> AppHarness:
    return harness.with_settings(cookie_domain="example.com", allowed_origins=PAGE)


def test_another_host_of_the_site_knows_who_is_signed_in(ada: AppHarness) -> None:
    """Cookies of the domain go to the pages' own server as well, which passes them on."""
    browser = visitor(of_site(ada))
    expect.success(browser.post("/v1/auth/login", json=ADA))
    for host in (API, PAGE):
        assert expect.success(browser.get(f"{host}/v1/auth/me"))["user"]["name"] == "ada"
    expect.failure(browser.get(f"{OTHER}/v1/auth/me"), 401, "credentials-missing")
    expect.success(browser.post("/v1/auth/refresh"))
    assert browser.post("/v1/auth/logout").status_code == 204
    expect.failure(browser.get(f"{PAGE}/v1/auth/me"), 401, "credentials-missing")


def test_without_a_domain_the_apis_host_alone_gets_them(ada: AppHarness) -> None:
    """Then a page's own server sees nobody."""
    browser = visitor(ada.with_settings(allowed_origins=PAGE))
    expect.success(browser.post("/v1/auth/login", json=ADA))
    expect.success(browser.get("/v1/auth/me"))
    expect.failure(browser.get(f"{PAGE}/v1/auth/me"), 401, "credentials-missing")


def test_other_pages_of_the_site_write_only_where_they_are_listed(ada: AppHarness) -> None:
    """`SameSite` does not keep them apart: the list of origins does."""
    harness = of_site(ada)
    browser = visitor(harness)
    expect.success(browser.post("/v1/auth/login", json=ADA))
    browser.headers["Origin"] = "https://blog.example.com"
    for path in ("/v1/auth/refresh", "/v1/auth/logout"):
        expect.failure(browser.post(path), 403, "foreign-origin")
    expect.failure(browser.delete("/v1/sessions"), 403, "foreign-origin")


def test_plain_cookies_of_a_local_stage_open_the_same(ada: AppHarness) -> None:
    """For clients that keep no `Secure` cookie of `http://localhost`."""
    plain = ada.with_settings(cookie_secure=False, api_hosts="localhost")
    local = "http://localhost"
    browser = TestClient(plain.app, base_url=local, headers={"Origin": local})
    signed = browser.post("/v1/auth/login", json=ADA)
    assert set(set_cookies_of(signed)) == {"fm-access", "fm-id", "fm-refresh"}
    expect.success(browser.get("/v1/auth/me"))
    expect.success(browser.post("/v1/auth/refresh"))


def program(harness: AppHarness, tokens: Any = None) -> TestClient:
    headers = {"Authorization": f"Bearer {tokens['accessToken']}"} if tokens else {}
    return TestClient(harness.app, headers=headers)


def test_a_client_without_cookies_asks_for_the_tokens(ada: AppHarness) -> None:
    """At the sign-in, and with the refresh token as long as the session is open."""
    signed = program(ada).post("/v1/auth/login", json={**ADA, "tokens": "body"})
    tokens = expect.success(signed)["tokens"]
    assert set_cookies_of(signed) == {}
    assert signed.headers["cache-control"] == "no-store"
    expect.success(program(ada, tokens).get("/v1/auth/me"))
    body = {"refreshToken": tokens["refreshToken"]}
    again = program(ada).post("/v1/auth/refresh", json=body)
    fresh = expect.success(again)["tokens"]
    assert set_cookies_of(again) == {}
    expect.success(program(ada, fresh).get("/v1/auth/me"))
    assert program(ada, fresh).post("/v1/auth/logout").status_code == 204
    expect.failure(program(ada).post("/v1/auth/refresh", json=body), 401, "session-ended")


def test_answers_tell_when_the_access_token_ends(ada: AppHarness) -> None:
    """With cookies too, whose end no script sees: at the sign-in, the refresh, and in `me`."""
    browser = with_cookies(ada)
    for signed in (browser.post("/v1/auth/login", json=ADA), browser.post("/v1/auth/refresh")):
        told = datetime.fromisoformat(expect.success(signed)["accessExpiresAt"])
        (age,) = [each for each in set_cookies_of(signed)[ACCESS] if each.startswith("Max-Age=")]
        lasting = timedelta(seconds=int(age.removeprefix("Max-Age=")))
        assert abs(told - datetime.now(UTC) - lasting) < timedelta(seconds=60)
        me = expect.success(browser.get("/v1/auth/me"))["accessExpiresAt"]
        assert abs(datetime.fromisoformat(me) - told) < timedelta(seconds=60)


def test_cookies_are_never_turned_into_tokens_of_a_body(ada: AppHarness) -> None:
    """A script on an allowed page has no way to a token, whatever it sends beside the cookies."""
    browser = ada.sign_in("ada")
    assert expect.success(browser.post("/v1/auth/refresh"))["tokens"] is None
    for body in ({"refreshToken": "x"}, {"tokens": "body"}, {}):
        answer = browser.post("/v1/auth/refresh", json=body)
        assert answer.status_code in (401, 422)
        assert "accessToken" not in answer.text


@pytest.mark.parametrize("token", ["x", "a.b", "6f1c2a54-8d2e-4b53-9a0e-0c5f3f3d7c11.x"])
def test_a_forged_token_of_a_body_opens_nothing(ada: AppHarness, token: str) -> None:
    """As with a cookie; and a page that is not allowed may not try."""
    body = {"refreshToken": token}
    expect.failure(program(ada).post("/v1/auth/refresh", json=body), 401, "session-ended")
    foreign = visitor(ada, OTHER).post("/v1/auth/refresh", json=body)
    expect.failure(foreign, 403, "foreign-origin")
