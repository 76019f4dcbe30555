"""What tests of sign-in say about answers and browsers."""

from __future__ import annotations

from typing import Any

from fastapi.testclient import TestClient

from tests.app.harness import AppHarness
from tests.app.services.accounts.user_pool import ORIGIN

ACCESS, IDENTITY, REFRESH = "__Host-fm-access", "__Host-fm-id", "__Secure-fm-refresh"
ALL = {ACCESS, IDENTITY, REFRESH}


def set_cookies_of(answer: Any) -> dict[str, list[str]]:
    """Name → value and attributes, as the answer sets them."""
    lines = [line.split("; ") for line in answer.headers.get_list("set-cookie")]
    return {first.partition("=")[0]: [first.partition("=")[2], *rest] for first, *rest in lines}


def taken_back(answer: Any) -> set[str]:
    """The cookies that the browser has to forget."""
    return {
        name
        for name, (_, *attributes) in set_cookies_of(answer).items()
        if "Max-Age=0" in attributes
    }


def with_cookies(harness: AppHarness, origin: str | None = ORIGIN, **headers: str) -> TestClient:
    """Keeps what it was given, whatever answers say."""
    given = {"Origin": origin} if origin else {}
    return TestClient(harness.app, base_url=ORIGIN, headers={**given, **headers})


def sending(browser: TestClient, *names: str) -> str:
    """A Cookie header with some of the browser's cookies."""
    return "; ".join(f"{name}={browser.cookies[name]}" for name in names or sorted(ALL))


def without_trace(answer: Any) -> tuple[int, dict[str, Any], dict[str, str]]:
    """All of an answer that could tell two apart; what is left of a quota tells of the source."""
    body = answer.json()
    body["error"].pop("traceId")
    apart = {"x-request-id", "date", "ratelimit"}
    headers = {k: v for k, v in answer.headers.items() if k not in apart}
    return answer.status_code, body, headers
