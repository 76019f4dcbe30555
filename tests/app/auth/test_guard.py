"""Nothing that writes is open; the development token opens a local stage and no other."""

from __future__ import annotations

from typing import Any

import pytest
from fastapi import APIRouter, FastAPI
from fastapi.routing import iter_route_contexts
from fastapi.testclient import TestClient
from pydantic import SecretStr
from starlette.requests import Request

from app.auth.caller import Caller
from app.auth.development import DevelopmentToken
from app.auth.guard import require_admin, require_caller
from app.http.refusals import CredentialsWrong, Forbidden
from app.main import ROUTERS, create_app
from app.settings import Settings
from model import Role
from tests.app import expect, toy

NOTE = {"noteTitle": "a"}
NOTES = "/v1/notes"
SECRET = "0123456789abcdef0123456789abcdef"
READS = {"GET", "HEAD"}


def unguarded(app: FastAPI) -> list[str]:
    """The operations that change something and ask nobody who they are."""
    return [
        f"{method} {route.path}"
        for route in iter_route_contexts(app.routes)
        for method in sorted((route.methods or set()) - READS)
        if not _asks(getattr(route, "dependant", None))
    ]


def _asks(dependant: Any) -> bool:
    return dependant is not None and (
        dependant.call is require_caller or any(_asks(each) for each in dependant.dependencies)
    )


def test_every_operation_that_writes_asks_who(app: FastAPI) -> None:
    """Walks all routes of the app, the toy's included."""
    assert unguarded(app) == []


def test_the_walk_finds_an_open_door(settings: Settings) -> None:
    """A router without the guard is found, however deep it is included."""
    inner, outer = APIRouter(), APIRouter(prefix="/v1")
    inner.add_api_route("/open", lambda: None, methods=["POST", "GET"])
    outer.include_router(inner)
    assert unguarded(create_app(settings, routers=[outer])) == ["POST /v1/open"]


def test_no_credentials_are_missing_credentials(anonymous: TestClient) -> None:
    """401 with the scheme to use."""
    answer = anonymous.post(NOTES, json=NOTE)
    expect.failure(answer, 401, "credentials-missing")
    assert answer.headers["www-authenticate"] == "Bearer"


WRONG = [
    "",
    "Bearer",
    "Bearer ",
    "Bearer wrong",
    "Bearer \xff",
    "Bearer local-dev-toke",
    "Bearer local-dev-token2",
    "Bearer local-dev-token, x",
    "Basic bG9jYWw6ZGV2",
    "local-dev-token",
]


@pytest.mark.parametrize("sent", WRONG)
@pytest.mark.parametrize(("method", "path"), [("POST", NOTES), ("GET", "/v1/notes/a")])
def test_wrong_credentials_are_refused(
    anonymous: TestClient, sent: str, method: str, path: str
) -> None:
    """401 with another code, also where no credentials would do."""
    headers = {"Authorization": sent.encode("latin-1")}
    answer = anonymous.request(method, path, headers=headers)
    expect.failure(answer, 401, "credentials-wrong")
    assert answer.headers["www-authenticate"] == 'Bearer error="invalid_token"'


def test_two_credentials_are_wrong(anonymous: TestClient) -> None:
    """Neither of two Authorization headers is believed."""
    twice = [("Authorization", "Bearer local-dev-token")] * 2
    expect.failure(anonymous.post(NOTES, json=NOTE, headers=twice), 401, "credentials-wrong")


@pytest.mark.parametrize("scheme", ["Bearer", "bearer", "BEARER"])
def test_the_development_token_is_the_developer(anonymous: TestClient, scheme: str) -> None:
    """A fixed subject; the case of the scheme does not matter."""
    headers = {"Authorization": f"{scheme} local-dev-token"}
    answer = anonymous.post(NOTES, json=NOTE, headers=headers)
    assert expect.success(answer, 201)["seenBy"] == "local-dev"


def test_credentials_are_asked_before_the_body_is_judged(anonymous: TestClient) -> None:
    """Who may not write learns nothing about what may be written."""
    expect.failure(anonymous.post(NOTES, json={"x": 1}), 401, "credentials-missing")


def test_reads_know_a_caller_who_says_who_they_are(
    anonymous: TestClient, client: TestClient
) -> None:
    """Reads are open, and may show more to a caller."""
    assert expect.success(anonymous.get("/v1/notes/a"))["seenBy"] is None
    assert expect.success(client.get("/v1/notes/a"))["seenBy"] == "local-dev"


@pytest.fixture
def production() -> Settings:
    return Settings(app_env="prod", table_name="blog", aws_region="eu-west-1", cursor_secret=SECRET)


def test_the_development_token_opens_nothing_in_production(production: Settings) -> None:
    """Without an authenticator nobody gets in, not even with the well-known token."""
    with TestClient(create_app(production, routers=(*ROUTERS, toy.writes))) as client:
        for token in ("local-dev-token", ""):
            headers = {"Authorization": f"Bearer {token}"}
            answer = client.post(NOTES, json=NOTE, headers=headers)
            expect.failure(answer, 401, "credentials-wrong")
            assert "max-age" in answer.headers["strict-transport-security"]


class Cookies:
    """Another kind of credentials: it knows its cookie, and leaves all else to others."""

    def authenticate(self, request: Request) -> Caller | None:
        match request.cookies.get("session"):
            case None:
                return None
            case "good":
                return Caller(subject="u-1", roles=frozenset({Role.EDITOR}))
            case _:
                raise CredentialsWrong()


def test_another_authenticator_slots_in(production: Settings) -> None:
    """The port is enough for cookies; what they refuse stays refused."""
    app = create_app(production, authenticators=[Cookies()], routers=[toy.writes])
    with TestClient(app) as client:
        good = client.post(NOTES, json=NOTE, headers={"Cookie": "session=good"})
        assert expect.success(good, 201)["seenBy"] == "u-1"
        bad = client.post(NOTES, json=NOTE, headers={"Cookie": "session=bad"})
        expect.failure(bad, 401, "credentials-wrong")


def test_an_empty_development_token_is_no_token() -> None:
    """It would let in everyone who sends `Bearer` and nothing."""
    with pytest.raises(ValueError, match="empty"):
        DevelopmentToken(SecretStr(""))


def test_what_is_for_administrators_is_refused_to_others() -> None:
    """403 for every other role; an administrator is let through."""
    admin = Caller("ada", frozenset({Role.ADMIN, Role.VIEWER}))
    assert require_admin(admin) is admin
    with pytest.raises(Forbidden):
        require_admin(Caller("eve", frozenset({Role.EDITOR, Role.VIEWER})))
