"""Nothing is done that the policy does not allow; the development token opens a local stage."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

import pytest
from fastapi.testclient import TestClient
from pydantic import SecretStr
from starlette.requests import Request

from app.api.guards.credentials import DevelopmentToken
from app.core.problems import CredentialsWrong
from app.core.settings import Settings
from app.main import ROUTERS, create_app
from app.services.policy import ALLOW, Caller, Decisions, Policy
from model import Role
from tests.app import expect, toy
from tests.app.harness import AppHarness
from tests.app.harness import path as path_of
from tests.app.policies import AlsoAllowing
from tests.app.services.accounts.user_pool import PASSWORD

NOTE = {"noteTitle": "a"}
NOTES = "/v1/notes"
SECRET = "0123456789abcdef0123456789abcdef"
DEVELOPER = {"Authorization": "Bearer local-dev-token"}


class Denying:
    """Says no to everything, in both questions."""

    def evaluate(self, entrypoint: str, question: Mapping[str, object]) -> object:
        return False if entrypoint == ALLOW else []


class Failing:
    """Is broken."""

    def evaluate(self, entrypoint: str, question: Mapping[str, object]) -> object:
        raise RuntimeError("out of order")


class Babbling:
    """Answers what is no answer, and would pass for true."""

    def evaluate(self, entrypoint: str, question: Mapping[str, object]) -> object:
        return {"allow": True}


EMAIL = "new@example.com"
BODIES: dict[str, Any] = {
    "/v1/auth/signup": {"email": EMAIL, "password": PASSWORD},
    "/v1/auth/login": {"email": "ada@example.com", "password": PASSWORD},
    "/v1/auth/password/challenge": {"email": EMAIL, "challenge": "x", "newPassword": PASSWORD},
    "/v1/auth/password/forgot": {"email": EMAIL},
    "/v1/auth/password/confirm": {"email": EMAIL, "code": "1", "newPassword": PASSWORD},
    "/v1/auth/password/change": {"oldPassword": PASSWORD, "newPassword": PASSWORD},
    "/v1/jobs/imports": {"size": 1},
}


def sent_to_everything(
    harness: AppHarness, client: TestClient, known: Mapping[str, str]
) -> Iterator[Any]:
    """An answer per operation, about what exists."""
    for path, item in harness.app.openapi()["paths"].items():
        for method in item:
            filled = re.sub(r"\{(\w+)\}", lambda found: known[found[1]], path)
            headers = {"If-Match": '"x"'}
            body = BODIES.get(path, {}) if method in {"post", "put", "patch"} else None
            yield client.request(method, filled, json=body, headers=headers)


def existing(harness: AppHarness) -> dict[str, str]:
    """Of each resource one that is there, under the names of paths."""
    without_pool = AppHarness(harness.settings, harness.store)
    without_pool.category("news")
    author, editor = without_pool.client_as("ada", "editor"), without_pool.editor
    post = without_pool.draft()
    for client, step in ((author, "submit"), (editor, "publish")):
        post = expect.success(client.post(f"{path_of(post)}/{step}"))
    ada = harness.account("ada", Role.ADMIN)
    me = expect.success(harness.sign_in("ada").get("/v1/auth/me"))
    return {
        "post_id": path_of(post).rpartition("/")[2],
        "number": "1",
        "category_id": "news",
        "slug": post["slug"],
        "author_id": ada.user_id,
        "tag": "dynamodb",
        "user_id": ada.user_id,
        "session_id": me["session"]["sessionId"],
        "media_id": "01JD9GZ2J0V5X7Q3M8K4T6B1RA",
        "job_id": "01JD9GZ2J0V5X7Q3M8K4T6B1RA",
        "preview_id": "a" * 64,
    }


def under(harness: AppHarness, policy: Policy) -> None:
    """The app from now on decides by this policy."""
    object.__setattr__(harness.app.state.container, "decisions", Decisions(policy))


@pytest.mark.parametrize("policy", [Denying(), Failing(), Babbling()])
@pytest.mark.parametrize("who", ["nobody", "admin", "developer"])
def test_a_policy_that_allows_nothing_leaves_nothing_open(
    harness: AppHarness, policy: Policy, who: str
) -> None:
    """401, 403 or 404 for every operation in OpenAPI, about what exists; and no 500."""
    known = existing(harness)
    client = harness.bearer(harness.sign_in("ada")) if who == "admin" else harness.browser(None)
    if who == "developer":
        client.headers.update(DEVELOPER)
    before = harness.store.transport("Scan", {"TableName": harness.store.table})["Items"]
    under(harness, policy)
    answers = list(sent_to_everything(harness, client, known))
    assert len(answers) > 50
    other = [(each.request.method, each.request.url.path, each.status_code) for each in answers]
    assert [each for each in other if each[2] not in {401, 403, 404}] == []
    assert harness.store.transport("Scan", {"TableName": harness.store.table})["Items"] == before


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
    pool = "eu-west-1_tests"
    return Settings(
        app_env="prod",
        table_name="blog",
        aws_region="eu-west-1",
        cursor_secret=SECRET,
        cognito_user_pool_id=pool,
        cognito_client_id="client",
    )


def test_the_development_token_opens_nothing_in_production(production: Settings) -> None:
    """Not even where it is well known."""
    app = create_app(
        production, policy=AlsoAllowing(toy.USE), routers=(*ROUTERS, toy.reads, toy.writes)
    )
    with TestClient(app) as client:
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


def test_another_authenticator_slots_in(settings: Settings) -> None:
    """The port is enough for others; what they refuse stays refused."""
    app = create_app(
        settings,
        policy=AlsoAllowing(toy.USE),
        authenticators=[Cookies()],
        routers=[toy.reads, toy.writes],
    )
    with TestClient(app) as client:
        good = client.post(NOTES, json=NOTE, headers={"Cookie": "session=good"})
        assert expect.success(good, 201)["seenBy"] == "u-1"
        bad = client.post(NOTES, json=NOTE, headers={"Cookie": "session=bad"})
        expect.failure(bad, 401, "credentials-wrong")


def test_an_empty_development_token_is_no_token() -> None:
    """It would let in everyone who sends `Bearer` and nothing."""
    with pytest.raises(ValueError, match="empty"):
        DevelopmentToken(SecretStr(""))
