"""Sessions as they are seen: one's own, and by administrators those of others."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from fastapi.testclient import TestClient

from access_patterns import sessions
from model import Role, Session, SessionId, User
from tests.app import expect
from tests.app.harness import AppHarness

PATH = "/v1/sessions"
NOBODY = "6f1c2a54-8d2e-4b53-9a0e-0c5f3f3d7c11"


def opened(harness: AppHarness, user: User, name: str, ago: int, lasting: int = 3600) -> Session:
    """A session of a browser that nobody uses."""
    at = datetime.now(UTC) - timedelta(seconds=ago)
    session = Session(
        session_id=SessionId(f"{name}-{user.user_id}"),
        user_id=user.user_id,
        generation=user.generation,
        user_agent=name,
        opened_at=at,
        expires_at=at + timedelta(seconds=lasting),
    )
    return harness.repository.write(sessions.start(session))


def agents(browser: TestClient, query: str = "") -> list[str]:
    return [each["userAgent"] for each in expect.success(browser.get(PATH + query))["items"]]


def own(browser: TestClient) -> str:
    session: str = expect.success(browser.get("/v1/auth/me"))["session"]["sessionId"]
    return session


def test_own_sessions_come_newest_first_in_pages(any_harness: AppHarness) -> None:
    """Each once, to the last page; nobody else's, and none that has expired."""
    ada, eve = any_harness.account("ada"), any_harness.account("eve")
    for number in range(3):
        opened(any_harness, ada, f"a{number}", ago=100 - number)
        opened(any_harness, eve, f"e{number}", ago=100 - number)
    opened(any_harness, ada, "expired", ago=7200)
    browser = any_harness.sign_in("ada")
    browser.headers["User-Agent"] = "unused"
    seen, query = list[str](), "?limit=2"
    while query:
        page = expect.success(browser.get(PATH + query))
        assert len(page["items"]) <= 2
        seen.extend(each["userAgent"] for each in page["items"])
        query = page["nextCursor"] and f"?limit=2&cursor={page['nextCursor']}"
    assert seen[1:] == ["a2", "a1", "a0"]


def test_a_cursor_is_good_for_its_list_alone(harness: AppHarness) -> None:
    """An administrator's page of one user leads to no other's."""
    ada, root = harness.account("ada"), harness.account("root", Role.ADMIN)
    for user in (ada, root):
        for number in range(2):
            opened(harness, user, f"{number}", ago=number + 9)
    admin = harness.sign_in("root")
    cursor = expect.success(admin.get(f"{PATH}?limit=1&userId={ada.user_id}"))["nextCursor"]
    expect.failure(admin.get(f"{PATH}?limit=1&cursor={cursor}"), 400, "invalid-cursor")


def test_an_administrator_sees_those_of_others(harness: AppHarness) -> None:
    """In the list and each; of an unknown user there are none."""
    ada = harness.account("ada")
    harness.account("root", Role.ADMIN)
    session = opened(harness, ada, "laptop", ago=9)
    admin = harness.sign_in("root")
    assert agents(admin, f"?userId={ada.user_id}") == ["laptop"]
    shown = expect.success(admin.get(f"{PATH}/{session.session_id}"))
    assert (shown["userAgent"], shown["isOpen"], shown["isCurrent"]) == ("laptop", True, False)
    own = expect.success(admin.get(PATH))["items"]
    assert [each["isCurrent"] for each in own] == [True]
    assert agents(admin, f"?userId={NOBODY}") == []


@pytest.mark.parametrize("role", [Role.VIEWER, Role.EDITOR])
def test_nobody_else_sees_or_ends_them(harness: AppHarness, role: Role) -> None:
    """403 for the list; a single one is as if it did not exist, and stays open."""
    ada = harness.account("ada")
    harness.account("eve", role)
    session = opened(harness, ada, "laptop", ago=9)
    eve = harness.sign_in("eve")
    for method in ("GET", "DELETE"):
        of_all = eve.request(method, f"{PATH}?userId={ada.user_id}")
        expect.failure(of_all, 403, "forbidden")
        one = eve.request(method, f"{PATH}/{session.session_id}")
        unknown = eve.request(method, f"{PATH}/{NOBODY}")
        told = [expect.failure(each, 404, "not-found") for each in (one, unknown)]
        assert told[0]["message"] == told[1]["message"]
    stored = harness.repository.fetch(sessions.by_id(session.session_id))
    assert stored == session


def test_what_was_ended_is_shown_as_such(any_harness: AppHarness) -> None:
    """On its own, with its moment; with all others, without."""
    ada = any_harness.account("ada")
    any_harness.account("root", Role.ADMIN)
    ended, other = (
        opened(any_harness, ada, "ended", ago=9),
        opened(any_harness, ada, "other", ago=8),
    )
    admin = any_harness.sign_in("root")
    assert admin.delete(f"{PATH}/{ended.session_id}").status_code == 204
    shown = expect.success(admin.get(f"{PATH}/{ended.session_id}"))
    assert shown["isOpen"] is False
    assert shown["revokedAt"] is not None
    assert admin.delete(f"{PATH}/{ended.session_id}").status_code == 204
    assert expect.success(admin.get(f"{PATH}/{ended.session_id}")) == shown
    assert expect.success(admin.get(f"{PATH}/{other.session_id}"))["isOpen"] is True
    assert admin.delete(f"{PATH}?userId={ada.user_id}").status_code == 204
    shown = expect.success(admin.get(f"{PATH}/{other.session_id}"))
    assert (shown["isOpen"], shown["revokedAt"]) == (False, None)


def test_what_expired_is_never_shown(harness: AppHarness) -> None:
    """404, though it is still stored; nor can it be ended."""
    session = opened(harness, harness.account("ada"), "laptop", ago=20, lasting=10)
    browser = harness.sign_in("ada")
    for method in ("GET", "DELETE"):
        answer = browser.request(method, f"{PATH}/{session.session_id}")
        expect.failure(answer, 404, "not-found")


@pytest.mark.parametrize("method", ["GET", "DELETE"])
@pytest.mark.parametrize("path", ["", f"/{NOBODY}", f"?userId={NOBODY}"])
def test_strangers_see_nothing(harness: AppHarness, method: str, path: str) -> None:
    """401."""
    answer = harness.browser().request(method, PATH + path)
    expect.failure(answer, 401, "credentials-missing")
