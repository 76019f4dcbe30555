"""Sessions: opened for users who may, seen by those whom they concern, gone when they expire."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient

from app.clock import moment
from app.sessions import life
from model import Session, SessionId, UserId
from singletable import Repository, create
from tests.app import expect
from tests.app.live import Gated

PATH = "/v1/sessions"
START = datetime(2026, 3, 14, 9, tzinfo=UTC)


@dataclass
class Clock:
    now: datetime = START

    def __call__(self) -> datetime:
        return self.now

    def forward(self, seconds: int) -> None:
        self.now += timedelta(seconds=seconds)


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def repository(gated: Gated, table: str, clock: Clock) -> Repository:
    return Repository(gated, table, cursor_secret=bytes(32), clock=clock)


@pytest.fixture(autouse=True)
def users(live: FastAPI, api: TestClient, clock: Clock) -> None:
    live.dependency_overrides[moment] = clock
    for name in ("ada", "eve"):
        body = {"userId": name, "email": f"{name}@example.com"}
        expect.success(api.post("/v1/auth/users", json=body), 201)


def start(api: TestClient, user_id: str = "ada", ttl: int = 3600, agent: str = "Firefox") -> Any:
    body = {"userId": user_id, "ttlSeconds": ttl, "userAgent": agent}
    return expect.success(api.post(PATH, json=body), 201)


def agents(api: TestClient, query: str = "?userId=ada") -> list[str]:
    return [each["userAgent"] for each in expect.success(api.get(PATH + query))["items"]]


def test_a_session_is_opened_and_read(api: TestClient, clock: Clock) -> None:
    """It lasts as long as was asked; Location leads to it; the login is recorded."""
    answer = api.post(PATH, json={"userId": "ada", "ttlSeconds": 60, "userAgent": "Firefox"})
    opened = expect.success(answer, 201)
    assert expect.success(api.get(answer.headers["location"])) == opened
    assert len(opened.pop("sessionId")) == 40
    assert opened == {
        "userId": "ada",
        "userAgent": "Firefox",
        "openedAt": "2026-03-14T09:00:00Z",
        "expiresAt": "2026-03-14T09:01:00Z",
        "revokedAt": None,
    }
    user = expect.success(api.get("/v1/auth/users/ada"))
    assert user["lastLoginAt"] == "2026-03-14T09:00:00Z"


def test_a_part_of_a_second_is_no_obstacle(api: TestClient, clock: Clock) -> None:
    """Expiry is stored in whole seconds."""
    clock.now = START + timedelta(microseconds=123_456)
    opened = start(api, ttl=60)
    assert expect.success(api.get(f"{PATH}/{opened['sessionId']}")) == opened


@pytest.mark.parametrize("method", ["GET", "POST", "DELETE"])
@pytest.mark.parametrize("path", ["", "/session-1"])
def test_sessions_need_a_caller(stranger: TestClient, method: str, path: str) -> None:
    """401, reads too."""
    if (method, path) != ("POST", "/session-1"):
        answer = stranger.request(method, PATH + path)
        expect.failure(answer, 401, "credentials-missing")


@pytest.mark.parametrize(
    ("wrong", "location"),
    [
        ({"ttlSeconds": 59}, "body.ttlSeconds"),
        ({"ttlSeconds": 30 * 24 * 3600 + 1}, "body.ttlSeconds"),
        ({"ttlSeconds": None}, "body.ttlSeconds"),
        ({"userId": "A B"}, "body.userId"),
        ({"userAgent": "x" * 301}, "body.userAgent"),
    ],
)
def test_wrong_input_is_named(api: TestClient, wrong: dict[str, Any], location: str) -> None:
    """422 with the field."""
    answer = api.post(PATH, json={"userId": "ada", "ttlSeconds": 60, **wrong})
    error = expect.failure(answer, 422, "unprocessable")
    assert error["details"][0]["location"] == location


def test_only_users_who_may_get_a_session(api: TestClient) -> None:
    """409 in clear words for one who is shut out or does not exist; no session is left."""
    expect.success(api.post("/v1/auth/users/ada/disable"))
    for user_id, why in (("ada", "the user is disabled"), ("bob", "the user does not exist")):
        refused = api.post(PATH, json={"userId": user_id, "ttlSeconds": 60})
        assert expect.failure(refused, 409, "conflict")["message"] == why
        assert agents(api, f"?userId={user_id}") == []


def test_sessions_come_newest_first_in_pages(api: TestClient, clock: Clock) -> None:
    """A user's only, each once, to the last page."""
    for number in range(3):
        clock.forward(1)
        start(api, agent=str(number))
        start(api, "eve")
    first = expect.success(api.get(f"{PATH}?userId=ada&limit=2"))
    assert [each["userAgent"] for each in first["items"]] == ["2", "1"]
    assert agents(api, f"?userId=ada&limit=2&cursor={first['nextCursor']}") == ["0"]


def test_what_expired_is_never_shown(api: TestClient, clock: Clock) -> None:
    """Neither by identity nor in a list, nor revoked: although it is still stored."""
    short, long = start(api, ttl=60, agent="short"), start(api, ttl=61, agent="long")
    clock.forward(60)
    expect.failure(api.get(f"{PATH}/{short['sessionId']}"), 404, "not-found")
    expect.failure(api.delete(f"{PATH}/{short['sessionId']}"), 404, "not-found")
    assert expect.success(api.get(f"{PATH}/{long['sessionId']}"))
    assert agents(api) == ["long"]
    assert revoked(api, "?userId=ada") == (1, None)


def test_a_revoked_session_says_since_when(api: TestClient, clock: Clock) -> None:
    """204 both times, and the first moment stands."""
    opened = start(api)
    for _ in range(2):
        clock.forward(1)
        assert api.delete(f"{PATH}/{opened['sessionId']}").status_code == 204
    found = expect.success(api.get(f"{PATH}/{opened['sessionId']}"))
    assert found["revokedAt"] == "2026-03-14T09:00:01Z"


def test_callers_see_their_own(api: TestClient, ada: TestClient) -> None:
    """Another's session does not exist for them; another's list is forbidden."""
    mine, other = start(ada, "ada"), start(api, "eve")
    assert [each["sessionId"] for each in expect.success(ada.get(PATH))["items"]] == [
        mine["sessionId"]
    ]
    assert expect.success(api.get(PATH))["items"] == []
    for method in ("GET", "DELETE"):
        hidden = ada.request(method, f"{PATH}/{other['sessionId']}")
        expect.failure(hidden, 404, "not-found")
        expect.failure(ada.request(method, f"{PATH}?userId=eve"), 403, "forbidden")
    opening = ada.post(PATH, json={"userId": "eve", "ttlSeconds": 60})
    expect.failure(opening, 403, "forbidden")
    assert ada.delete(f"{PATH}/{mine['sessionId']}").status_code == 204


def revoked(api: TestClient, query: str) -> tuple[int, str | None]:
    answer = expect.success(api.delete(PATH + query))
    return answer["revoked"], answer["nextCursor"]


def test_all_sessions_of_a_user_are_revoked(api: TestClient, ada: TestClient) -> None:
    """Those that were open are counted; others' stay open."""
    for _ in range(3):
        start(api)
    other = start(api, "eve")
    assert revoked(ada, "") == (3, None)
    assert revoked(api, "?userId=ada") == (0, None)
    found = expect.success(api.get(f"{PATH}/{other['sessionId']}"))
    assert found["revokedAt"] is None


@contextmanager
def at_once(most: int) -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(life, "MOST_AT_ONCE", most)
        yield


def test_many_sessions_are_revoked_page_by_page(api: TestClient, repository: Repository) -> None:
    """The cursor leads on until there is none."""
    for number in range(5):
        session = Session(
            session_id=SessionId(f"s-{number}"),
            user_id=UserId("ada"),
            opened_at=START,
            expires_at=START + timedelta(days=1),
        )
        repository.write(create(session))
    with at_once(2):
        counts, query = list[int](), "?userId=ada"
        while query:
            count, cursor = revoked(api, query)
            counts.append(count)
            query = f"?userId=ada&cursor={cursor}" if cursor else ""
    assert sum(counts) == 5
    assert max(counts) == 2
    expect.failure(api.delete(f"{PATH}?userId=ada&cursor=forged"), 400, "invalid-cursor")
