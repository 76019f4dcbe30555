"""Every operation but the probes is limited, and every answer says what is left."""

from __future__ import annotations

import re
from collections.abc import Callable
from types import SimpleNamespace
from typing import Any, cast

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient
from httpx2 import Response

from app.adapters.jwt import JwtVerifier
from app.api import pages
from app.api.guards.credentials import TokenAuthentication
from app.api.kit.cookies import Cookies, TrustedPages
from app.api.v1 import auth, categories
from app.core.problems import CredentialsWrong, SessionEnded
from app.core.settings import Settings
from app.main import create_app
from app.services.sessions import Claims, SessionStore
from model import Role, SessionId, UserId
from tests.app import expect, toy
from tests.app.harness import ByName
from tests.app.openapi import inlined
from tests.app.policies import AlsoAllowing

ROUTERS = (
    toy.reads,
    toy.writes,
    pages.router,
    auth.opening,
    auth.about_me,
    auth.recovering,
    categories.writes,
)
NOTES, NOTE = "/v1/notes", {"noteTitle": "a"}
QUOTA = 20
POLICY = re.compile(r'"(read|write|sign-in)";q=(\d+);w=60')
LEFT = re.compile(r'"(read|write|sign-in)";r=(\d+);t=(\d+)')
VERA = {"Authorization": "Bearer as-vera-viewer"}
BEN = {"Authorization": "Bearer as-ben-viewer"}
WRONG = {"Authorization": "Bearer wrong"}

Limited = Callable[..., FastAPI]


@pytest.fixture
def limited(settings: Settings) -> Limited:
    """The app with so many reads and writes a minute."""

    def made(reads: int = QUOTA, writes: int = QUOTA, **options: Any) -> FastAPI:
        few = {"reads_per_minute": reads, "writes_per_minute": writes}
        return create_app(
            settings.model_copy(update=few | options.pop("changed", {})),
            policy=AlsoAllowing(toy.USE),
            authenticators=options.pop("authenticators", [ByName()]),
            routers=ROUTERS,
        )

    return made


def coming_from(app: FastAPI, address: str) -> TestClient:
    return TestClient(app, client=(address, 50_000))


def left(answer: Response) -> tuple[str, int]:
    """The kind and the rest, as the headers have them; the form of both is checked."""
    policy, rest = (answer.headers[name] for name in ("RateLimit-Policy", "RateLimit"))
    of_policy, of_rest = POLICY.fullmatch(policy), LEFT.fullmatch(rest)
    assert of_policy is not None, policy
    assert of_rest is not None, rest
    assert of_policy[1] == of_rest[1]
    assert int(of_rest[2]) <= int(of_policy[2])
    assert 1 <= int(of_rest[3]) <= 60
    return of_rest[1], int(of_rest[2])


def test_the_form_is_that_of_the_draft(limited: Limited) -> None:
    """To the letter."""
    answer = coming_from(limited(600), "192.0.2.1").get(NOTES)
    assert answer.headers["RateLimit-Policy"] == '"read";q=600;w=60'
    assert answer.headers["RateLimit"] == '"read";r=599;t=60'


Sending = Callable[[TestClient], Response]
WRITES: list[tuple[int, Sending]] = [
    (201, lambda c: c.post(NOTES, json=NOTE, headers=VERA)),
    (204, lambda c: c.delete(f"{NOTES}/a", headers=VERA)),
    (412, lambda c: c.delete(f"{NOTES}/a", headers={**VERA, "If-Match": '"x"'})),
    (422, lambda c: c.post(NOTES, json={"x": 1}, headers=VERA)),
    (400, lambda c: c.post(NOTES, content=b"{", headers={**VERA, **JSON})),
    (415, lambda c: c.post(NOTES, content=b"x", headers={**VERA, "Content-Type": "text/html"})),
    (413, lambda c: c.post(NOTES, content=iter([b"x" * 70_000]), headers={**VERA, **JSON})),
    (428, lambda c: c.put(f"{NOTES}/a", json=NOTE, headers=VERA)),
    (403, lambda c: c.post("/v1/categories", json={"name": "a"}, headers=VERA)),
    (500, lambda c: c.patch(f"{NOTES}/a", headers=VERA)),  # there is nothing to raise
]
JSON = {"Content-Type": "application/json"}
READS: list[tuple[int, Sending]] = [
    (200, lambda c: c.get(f"{NOTES}/a")),
    (200, lambda c: c.head(f"{NOTES}/a")),
    (304, lambda c: c.get(f"{NOTES}/a", headers={"If-None-Match": "*"})),
    (404, lambda c: c.get(f"{NOTES}/none")),
    (422, lambda c: c.get(f"{NOTES}?unknown=1")),
    (401, lambda c: c.get("/v1/auth/me")),
    (401, lambda c: c.get(NOTES, headers=WRONG)),
]


@pytest.mark.parametrize(("kind", "sent"), [("write", WRITES), ("read", READS)])
def test_every_answer_says_what_is_left(
    limited: Limited, kind: str, sent: list[tuple[int, Sending]]
) -> None:
    """Each request counts once, whatever becomes of it."""
    client = coming_from(limited(), "192.0.2.1")
    for number, (status, send) in enumerate(sent, start=1):
        answer = send(client)
        assert answer.status_code == status
        assert left(answer) == (kind, QUOTA - number), status


def test_too_many_are_refused(limited: Limited) -> None:
    """In the envelope, with the time to wait, before body, policy or endpoint are looked at."""
    client = coming_from(limited(writes=1), "192.0.2.1")
    expect.success(client.post(NOTES, json=NOTE, headers=VERA), 201)
    for _ in range(2):
        answer = client.post(NOTES, content=b"{", headers={**VERA, **JSON})
        expect.failure(answer, 429, "too-many-requests")
        assert 1 <= int(answer.headers["Retry-After"]) <= 60
        assert answer.headers["RateLimit"] == f'"write";r=0;t={answer.headers["Retry-After"]}'
    assert client.get(NOTES, headers=VERA).status_code == 200


def test_callers_and_sources_are_counted_apart(limited: Limited) -> None:
    """A caller from wherever; strangers by address; none uses up another's."""
    app = limited(reads=1)
    here, there = coming_from(app, "192.0.2.1"), coming_from(app, "192.0.2.2")
    assert here.get(NOTES, headers=VERA).status_code == 200
    assert there.get(NOTES, headers=VERA).status_code == 429
    assert here.get(NOTES, headers=BEN).status_code == 200
    for client in (here, there):
        assert [client.get(NOTES).status_code for _ in range(2)] == [200, 429]


def test_wrong_credentials_count_against_their_source(limited: Limited) -> None:
    """Together with what is asked there without any; who has right ones is not shut out."""
    client = coming_from(limited(reads=3), "192.0.2.1")
    tried = [client.get(NOTES, headers=WRONG) for _ in range(4)]
    assert [each.status_code for each in tried] == [401, 401, 401, 429]
    assert client.get(NOTES).status_code == 429
    assert client.get(NOTES, headers=VERA).status_code == 200


class Authentic:
    """Takes every token for an authentic one of whom it names."""

    def verify(self, token: str) -> Claims:
        if token == "wrong":
            raise CredentialsWrong()
        claims = SimpleNamespace(
            subject=UserId(token), session_id=SessionId("over"), roles=frozenset({Role.VIEWER})
        )
        return cast(Claims, claims)


class Ended:
    """Every session is over; remembers how often it was asked."""

    asked = 0

    def get(self, *_: object) -> None:
        self.asked += 1
        raise SessionEnded(cause="the test's")


def test_ended_sessions_cost_no_more_than_the_quota(limited: Limited) -> None:
    """An authentic token is counted for its caller before the table is asked of its session."""
    gate = Ended()
    tokens, sessions = cast(JwtVerifier, Authentic()), cast(SessionStore, gate)
    by_token = TokenAuthentication(tokens, sessions, Cookies(), TrustedPages())
    app = limited(reads=2, authenticators=[by_token])
    client = coming_from(app, "192.0.2.1")
    token = {"Authorization": "Bearer ada"}
    answers = [client.get(NOTES, headers=token).status_code for _ in range(5)]
    assert answers == [401, 401, 429, 429, 429]
    assert gate.asked == 2
    assert client.get(NOTES).status_code == 200


def test_sign_in_routes_are_counted_apart(limited: Limited) -> None:
    """Writes that are used up keep nobody from signing in; what comes too often is refused."""
    client = coming_from(limited(writes=1), "192.0.2.1")
    assert client.post(NOTES, json=NOTE, headers=BEN).status_code == 201
    assert client.post("/v1/auth/logout").status_code == 503  # a write, and there is no pool
    assert client.post("/v1/auth/logout").status_code == 429
    assert left(client.post("/v1/auth/login", json={})) == ("sign-in", 0)
    assert client.post("/v1/auth/password/forgot", json={}).status_code == 429


def test_probes_and_documents_are_free(limited: Limited) -> None:
    """However often; as is what is no operation at all."""
    client = coming_from(limited(reads=1), "192.0.2.1")
    client.get(NOTES)
    for where in ("/health", "/ready", "/openapi.json", "/docs", "/v1/nothing"):
        for _ in range(3):
            answer = client.get(where)
            assert answer.status_code != 429
            assert "RateLimit" not in answer.headers


def test_a_redis_that_is_not_there_stops_no_reader(limited: Limited) -> None:
    """Requests go on, counted by this process."""
    app = limited(reads=2, changed={"redis_url": "redis://127.0.0.1:1/0"})
    client = coming_from(app, "192.0.2.1")
    assert [client.get(NOTES).status_code for _ in range(3)] == [200, 200, 429]


def test_the_document_says_so(client: TestClient) -> None:
    """Any operation may answer 429, and the headers are named once for all of them."""
    document = inlined(client.get("/openapi.json").json())
    for item in document["paths"].values():
        for operation in item.values():
            default = operation["responses"]["default"]["content"]["application/json"]
            assert "too-many-requests" in default["examples"]
    for header in ("RateLimit", "RateLimit-Policy"):
        assert f"`{header}`" in document["info"]["description"]
