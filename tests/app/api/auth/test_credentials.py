"""Hostile tokens over HTTP: none opens anything, none is logged, none makes the app stumble."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from app.core.settings import Settings
from model import Role
from tests.app import expect
from tests.app.api.auth.harness import IssuerHarness, issued
from tests.app.api.auth.hostile import fits_a_header, hostile
from tests.app.api.auth.issuer import SESSION, SUBJECT, base64url
from tests.app.written import Written, written

__all__ = ["written"]

ME, WRITE = "/v1/auth/me", "/v1/categories"
SHELF = {"name": "News", "slug": "news"}
REASONS = 12


@pytest.fixture
def door(settings: Settings) -> Iterator[IssuerHarness]:
    with issued(settings) as made:
        yield made


def tokens(door: IssuerHarness) -> dict[str, str]:
    """Those that a client can send at all."""
    made = {name: each.make(door.issuer) for name, each in hostile().items()}
    return {name: token for name, token in made.items() if fits_a_header(token)}


def test_the_door_opens_for_a_good_token(door: IssuerHarness) -> None:
    """Otherwise the refusals below would say nothing."""
    for client in (door.bearer(door.issuer.token()), door.cookie(door.issuer.token())):
        me = expect.success(client.get(ME))
        assert (me["userId"], me["roles"]) == (SUBJECT, [Role.EDITOR])
        assert me["session"]["sessionId"] == SESSION
        expect.failure(client.post(WRITE, json={}), 422, "unprocessable")


def refused(answer: Any, *codes: str) -> None:
    """401 with the scheme, nothing of a trace, nothing of the token."""
    assert answer.status_code == 401, answer.text
    error = expect.failure(answer, 401, answer.json()["error"]["code"])
    assert error["code"] in codes
    assert answer.headers["www-authenticate"].startswith("Bearer")
    assert "Traceback" not in answer.text
    assert error["details"] == []


def test_no_hostile_token_opens_anything(door: IssuerHarness, written: Written) -> None:
    """As bearer and as cookie, for reading and for writing; the logs know it only by its reason."""
    sent = tokens(door)
    assert len(sent) > 150
    before = door.store.transport("Scan", {"TableName": door.store.table})["Items"]
    for token in sent.values():
        bearer, cookie = door.bearer(token), door.cookie(token)
        for method, path in (("GET", ME), ("POST", WRITE)):
            body = SHELF if method == "POST" else None
            refused(bearer.request(method, path, json=body), "credentials-wrong")
            answer = cookie.request(method, path, json=body)
            refused(answer, "credentials-wrong", "credentials-missing")
    assert door.store.transport("Scan", {"TableName": door.store.table})["Items"] == before
    for name, token in sent.items():
        parts = [part for part in token.split(".") if len(part) >= 16]
        assert [
            part for part in (token[:200], *parts) if len(part) > 15 and part in written.text
        ] == [], name
    assert "eyJ" not in written.text
    assert "Traceback" not in written.text
    assert {line["level"] for line in written.lines} <= {"INFO", "DEBUG"}
    told = {line["reason"] for line in written.lines if line["message"] == "credentials refused"}
    assert len(told) > REASONS
    assert {each["status"] for each in written.access()} == {401}


def test_a_good_token_opens_the_way_after_all_of_them(door: IssuerHarness) -> None:
    """No hostile token leaves anything behind."""
    for token in tokens(door).values():
        door.bearer(token).get(ME)
    expect.success(door.bearer(door.issuer.token()).get(ME))


@pytest.mark.parametrize("kind", ["bearer", "cookie"])
def test_without_keys_nothing_is_said_of_a_token(settings: Settings, kind: str) -> None:
    """503 in the envelope, neither in nor out; strangers go on reading."""
    with issued(settings, reachable=False) as door:
        client = getattr(door, kind)(door.issuer.token())
        for answer in (client.get(ME), client.post(WRITE, json=SHELF)):
            expect.failure(answer, 503, "unavailable")
            assert "set-cookie" not in answer.headers
        expect.success(door.client().get(WRITE))


@pytest.mark.parametrize(
    ("groups", "roles"),
    [
        (["fm-web:editor"], [Role.EDITOR]),
        (["fm-web:admin"], []),
        (["fm-web:admin", "fm-web:editor"], [Role.EDITOR]),
        (["fm-web:viewer"], []),
        ([], []),
        (["other:editor"], []),
    ],
)
def test_a_role_counts_that_token_and_account_both_have(
    door: IssuerHarness, groups: list[str], roles: list[Role]
) -> None:
    """Neither gives one to the other."""
    client = door.bearer(door.issuer.token(**{"cognito:groups": groups}))
    assert expect.success(client.get(ME))["roles"] == roles


@pytest.mark.parametrize(
    "claims",
    [
        {"origin_jti": "8b2f9c55-6a39-4a0f-8d51-7f1c2ad0a6b2"},
        {"sub": "4c1d0a1e-0f4f-4f1a-9e4d-3b2c1a0f9e8e"},
    ],
    ids=["another session", "another user"],
)
def test_a_good_token_of_no_open_session_opens_nothing(
    door: IssuerHarness, claims: dict[str, str]
) -> None:
    """401 session-ended: the signature alone is not enough."""
    token = door.issuer.token(**claims)
    expect.failure(door.bearer(token).get(ME), 401, "session-ended")
    expect.success(door.bearer(door.issuer.token()).get(ME))


FORGED = {
    "X-Amzn-Oidc-Identity": SUBJECT,
    "X-Amzn-Oidc-Data": "eyJhbGciOiJub25lIn0.e30.",
    "X-Amzn-Request-Context": '{"authorizer": {"claims": {"sub": "ada"}}}',
    "X-Apigateway-Event": '{"requestContext": {"authorizer": {"claims": {"sub": "ada"}}}}',
    "X-Forwarded-User": SUBJECT,
    "X-User-Id": SUBJECT,
    "Cognito-Groups": "fm-web:admin",
    "X-Policy-Actions": base64url(b"all"),
}


@pytest.mark.parametrize("trusted", [False, True])
def test_headers_that_only_claim_are_not_read(settings: Settings, trusted: bool) -> None:
    """With the gateway trusted as well: there is no event under this server."""
    with issued(settings, cognito_trust_api_gateway=trusted) as door:
        expect.failure(door.client(**FORGED).get(ME), 401, "credentials-missing")
        beside = door.client(**FORGED, Authorization="Bearer aaa.bbb.ccc")
        expect.failure(beside.get(ME), 401, "credentials-wrong")
        expect.success(door.bearer(door.issuer.token()).get(ME))
