"""Cookies write from pages that may, and from no other; a header needs no page."""

from __future__ import annotations

import re
from typing import Any

import pytest
from fastapi.testclient import TestClient

from app.core.settings import Settings
from model import Role
from tests.app import expect
from tests.app.api.v1.auth.answers import sending, with_cookies
from tests.app.api.v1.stores import in_memory
from tests.app.harness import AppHarness, open_with_pool
from tests.app.services.accounts.user_pool import ORIGIN, PASSWORD, log_in

FOREIGN: list[dict[str, str]] = [
    {},
    {"Origin": "null"},
    {"Origin": "https://attacker.example"},
    {"Origin": "http://testserver"},
    {"Origin": "https://testserver.attacker.example"},
    {"Origin": ORIGIN, "Sec-Fetch-Site": "cross-site"},
    {"Origin": ORIGIN, "Sec-Fetch-Site": "same-site"},
    {"Sec-Fetch-Site": "cross-site"},
    {"Sec-Fetch-Site": "none"},
]
OWN: list[dict[str, str]] = [
    {"Origin": ORIGIN},
    {"Sec-Fetch-Site": "same-origin"},
    {"Origin": ORIGIN, "Sec-Fetch-Site": "same-origin"},
]
ANYWHERE = "6f1c2a54-8d2e-4b53-9a0e-0c5f3f3d7c11"
ANY_JOB = "01JD9GZ2J0V5X7Q3M8K4T6B1RA"
BODIES: dict[str, Any] = {
    "/v1/auth/signup": {"email": "new@example.com", "password": PASSWORD},
    "/v1/auth/login": {"email": "root@example.com", "password": PASSWORD},
    "/v1/auth/password/challenge": {
        "email": "root@example.com",
        "challenge": "x",
        "newPassword": PASSWORD,
    },
    "/v1/auth/password/forgot": {"email": "root@example.com"},
    "/v1/auth/password/confirm": {
        "email": "root@example.com",
        "code": "1",
        "newPassword": PASSWORD,
    },
}


REFRESH = "/v1/auth/refresh"  # with a body it is no browser's, and no cookie is looked at


def writes(harness: AppHarness) -> list[tuple[str, str]]:
    """Every operation that changes something, with an identity of nobody in its path."""
    return [
        (method.upper(), re.sub(r"\{\w+\}", ANYWHERE, path.replace("{job_id}", ANY_JOB)))
        for path, item in harness.app.openapi()["paths"].items()
        for method in item
        if method in {"post", "put", "patch", "delete"}
    ]


def test_no_write_relies_on_cookies_from_a_foreign_page(harness: AppHarness) -> None:
    """403 for every operation that changes something, and nothing has happened."""
    harness.account("root", Role.ADMIN)
    browser = harness.sign_in("root")
    kept = sending(browser)
    before = harness.store.transport("Scan", {"TableName": harness.store.table})["Items"]
    tried = 0
    for method, path in writes(harness):
        if (method, path) == ("POST", "/v1/sessions"):
            continue  # takes a bearer token alone: cookies are nothing to it
        for headers in FOREIGN:
            if headers == {} and path in BODIES:
                continue  # no page is behind it, and no cookie is looked at
            foreign = with_cookies(harness, None, Cookie=kept, **headers)
            body = None if path == REFRESH else BODIES.get(path, {})
            answer = foreign.request(method, path, json=body)
            expect.failure(answer, 403, "foreign-origin")
            assert "set-cookie" not in answer.headers
            tried += 1
    assert tried > 100
    assert harness.store.transport("Scan", {"TableName": harness.store.table})["Items"] == before
    expect.success(browser.get("/v1/auth/me"))


def end_all(browser: TestClient) -> int:
    status: int = browser.delete("/v1/sessions").status_code
    return status


@pytest.mark.parametrize("headers", OWN)
def test_own_pages_write(harness: AppHarness, headers: dict[str, str]) -> None:
    """The browser says so in one way or another."""
    harness.account("ada")
    kept = sending(harness.sign_in("ada"))
    assert end_all(with_cookies(harness, None, Cookie=kept, **headers)) == 204


@pytest.mark.parametrize("headers", [*FOREIGN, *OWN])
def test_reads_work_from_anywhere(harness: AppHarness, headers: dict[str, str]) -> None:
    """Other pages cannot see the answer; links into the site stay links."""
    harness.account("ada")
    kept = sending(harness.sign_in("ada"))
    expect.success(with_cookies(harness, None, Cookie=kept, **headers).get("/v1/auth/me"))


@pytest.mark.parametrize("headers", [*FOREIGN, *OWN])
def test_a_bearer_token_writes_from_anywhere(harness: AppHarness, headers: dict[str, str]) -> None:
    """No browser adds it by itself."""
    harness.account("ada")
    bearer = harness.bearer(harness.sign_in("ada"))
    bearer.headers.update(headers)
    assert end_all(bearer) == 204


@pytest.mark.parametrize("headers", FOREIGN[1:])
def test_nobody_is_signed_in_by_a_foreign_page(
    harness: AppHarness, headers: dict[str, str]
) -> None:
    """403 without a cookie: the visitor would write into a stranger's account."""
    harness.account("ada")
    answer = log_in(with_cookies(harness, None, **headers), "ada")
    expect.failure(answer, 403, "foreign-origin")
    assert "set-cookie" not in answer.headers


def test_programs_without_pages_sign_in(harness: AppHarness) -> None:
    """No browser, no origin, no objection."""
    harness.account("ada")
    expect.success(log_in(with_cookies(harness, None), "ada"))


def test_pages_of_allowed_origins_write(settings: Settings) -> None:
    """Those of `ALLOWED_ORIGINS`, and none that is like them."""
    front = "https://front.example.com"
    with in_memory() as store, open_with_pool(settings, store, allowed_origins=front) as harness:
        harness.account("ada")
        kept = sending(harness.sign_in("ada"))
        like = with_cookies(harness, f"{front}.evil.example", Cookie=kept)
        expect.failure(like.delete("/v1/sessions"), 403, "foreign-origin")
        assert end_all(with_cookies(harness, front, Cookie=kept)) == 204


@pytest.mark.parametrize(
    "header", ["Bearer wrong", "Bearer", "Basic cm9vdDpyb290", "", "Bearer aaa.bbb.ccc"]
)
@pytest.mark.parametrize(("method", "path"), [("GET", "/v1/auth/me"), ("DELETE", "/v1/sessions")])
def test_a_header_counts_alone(harness: AppHarness, header: str, method: str, path: str) -> None:
    """A wrong one never falls back on the cookie beside it, and takes no cookie back."""
    harness.account("ada")
    browser = harness.sign_in("ada")
    answer = with_cookies(harness, Cookie=sending(browser), Authorization=header).request(
        method, path
    )
    expect.failure(answer, 401, "credentials-wrong")
    assert "set-cookie" not in answer.headers
    expect.success(browser.get("/v1/auth/me"))


def test_of_two_people_the_header_is_the_one(harness: AppHarness) -> None:
    """Whoever the cookie says."""
    harness.account("ada")
    eve = harness.account("eve")
    bearer = harness.bearer(harness.sign_in("eve"))
    bearer.headers["Cookie"] = sending(harness.sign_in("ada"))
    assert expect.success(bearer.get("/v1/auth/me"))["userId"] == eve.user_id
