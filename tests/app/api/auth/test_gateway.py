"""Claims from the gateway pass as they stood in the token; nothing else of the event is read."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.api.guards.credentials import claims_from_event
from app.services.sessions import Claims, TokenRefused, claims_of
from model import Role
from tests.app.api.auth.issuer import MISSING, Issuer
from tests.backends import START, Clock

ISSUER = Issuer(Clock(START.replace(microsecond=0)))
NOW = ISSUER.clock()
GROUPS = "cognito:groups"

Event = dict[str, Any]


def http_event(groups: str | None = "[fm-web:editor]", **changed: object) -> Event:
    """Format 2.0 behind a JWT authorizer: all texts."""
    claims = _texts(groups, **changed)
    authorizer = {"jwt": {"claims": claims, "scopes": None}}
    return {"version": "2.0", "requestContext": {"authorizer": authorizer}}


def old_http_event(groups: str | None = "[fm-web:editor]", **changed: object) -> Event:
    """Format 1.0 behind a JWT authorizer."""
    claims = _texts(groups, **changed)
    return {"version": "1.0", "requestContext": {"authorizer": {"claims": claims, "scopes": None}}}


def rest_event(groups: str | None = "fm-web:editor", **changed: object) -> Event:
    """A REST API behind a user pool authorizer: times as dates."""
    dates = {
        name: f"{moment:%a %b %d %H:%M:%S} UTC {moment:%Y}"
        for name, moment in (("iat", NOW), ("auth_time", NOW), ("exp", NOW.replace(hour=13)))
    }
    return {"requestContext": {"authorizer": {"claims": _texts(groups, **dates | changed)}}}


def _texts(groups: str | None, **changed: object) -> dict[str, object]:
    claims = ISSUER.claims(**{GROUPS: MISSING if groups is None else groups})
    texts = {name: str(value) for name, value in claims.items()} | changed
    return {name: each for name, each in texts.items() if each is not MISSING}


def of(event: Event) -> Claims | None:
    return claims_from_event(event, ISSUER.expected(), NOW)


def reason(event: Event) -> str:
    with pytest.raises(TokenRefused) as caught:
        of(event)
    return caught.value.reason


@pytest.mark.parametrize("event", [http_event, old_http_event])
def test_claims_of_an_http_api_are_those_of_the_token(event: Callable[[], Event]) -> None:
    """Texts become what they were."""
    assert of(event()) == claims_of(ISSUER.claims(), ISSUER.expected(), NOW)


def test_claims_of_a_rest_api_are_those_of_the_token() -> None:
    """Dates become seconds."""
    claims = of(rest_event())
    assert claims is not None
    assert (claims.issued_at, claims.expires_at) == (NOW, NOW.replace(hour=13, minute=30))
    assert claims.roles == {Role.EDITOR}


def test_a_rest_api_may_give_seconds_too() -> None:
    """Both spellings are known."""
    seconds = str(int(NOW.timestamp()))
    claims = of(rest_event(iat=seconds, auth_time=seconds))
    assert claims is not None
    assert claims.issued_at == NOW


@pytest.mark.parametrize(
    ("event", "groups", "roles"),
    [
        (http_event, None, set()),
        (http_event, "[]", set()),
        (http_event, "[fm-web:admin fm-web:viewer]", {Role.ADMIN, Role.VIEWER}),
        (http_event, "[readers fm-web:admin]", {Role.ADMIN}),
        (http_event, "[fm-web:admin,fm-web:viewer]", set()),
        (http_event, "[fm-web:admin2]", set()),
        (rest_event, None, set()),
        (rest_event, "", set()),
        (rest_event, "fm-web:admin,fm-web:viewer", {Role.ADMIN, Role.VIEWER}),
        (rest_event, "readers,fm-web:admin", {Role.ADMIN}),
        (rest_event, "[fm-web:admin]", set()),
        (rest_event, "fm-web:admin fm-web:viewer", set()),
    ],
)
def test_groups_are_read_as_each_gateway_writes_them(
    event: Callable[..., Event], groups: str | None, roles: set[Role]
) -> None:
    """The other's spelling gives no role."""
    claims = of(event(groups))
    assert claims is not None
    assert claims.roles == roles


NO_CLAIMS: list[Event] = [
    {},
    {"requestContext": None},
    {"requestContext": {}},
    {"requestContext": {"authorizer": None}},
    {"requestContext": {"authorizer": {}}},
    {"version": "1.0", "requestContext": {"authorizer": {"claims": None, "scopes": None}}},
    {"version": "2.0", "requestContext": {"authorizer": {"jwt": None}}},
    {"version": "2.0", "requestContext": {"authorizer": {"iam": {"userId": "AIDA"}}}},
    {"version": "2.0", "requestContext": {"authorizer": {"lambda": {"sub": "ada"}}}},
    {"requestContext": {"authorizer": {"principalId": "ada", "sub": "ada"}}},
]


@pytest.mark.parametrize("event", NO_CLAIMS)
def test_without_an_authorizer_there_are_no_claims(event: Event) -> None:
    """An open route, or an authorizer of another kind."""
    assert of(event) is None


def test_headers_are_never_read() -> None:
    """Whoever calls can write headers, queries and bodies; not the request context."""
    forged = http_event()["requestContext"]["authorizer"]
    event = {
        "version": "2.0",
        "headers": {"authorization": f"Bearer {ISSUER.token()}", "x-amzn-authorizer": "admin"},
        "authorizer": forged,
        "queryStringParameters": {"requestContext": "x"},
        "body": str({"requestContext": {"authorizer": forged}}),
        "requestContext": {"http": {"method": "GET"}},
    }
    assert of(event) is None


@pytest.mark.parametrize(
    "event",
    [
        {"requestContext": "x"},
        {"requestContext": {"authorizer": []}},
        {"requestContext": {"authorizer": {"claims": "x"}}},
        {"requestContext": {"authorizer": {"claims": []}}},
        {"requestContext": {"authorizer": {"jwt": "x"}}},
        {"requestContext": {"authorizer": {"jwt": {"claims": True}}}},
        {"requestContext": {"authorizer": {"claims": {}, "jwt": {"claims": {}}}}},
    ],
)
def test_an_event_of_another_shape_is_refused(event: Event) -> None:
    """It is not guessed at, and not taken for an open route."""
    assert reason(event) == "event"


@pytest.mark.parametrize(
    ("changed", "why"),
    [
        ({"iss": "https://attacker.example"}, "iss"),
        ({"client_id": "other"}, "client_id"),
        ({"token_use": "id"}, "token_use"),
        ({"sub": "ada#USER"}, "sub"),
        ({"origin_jti": MISSING}, "origin_jti"),
        ({"exp": MISSING}, "exp"),
        ({"exp": "1"}, "exp"),
        ({"exp": "1e10"}, "exp"),
        ({"exp": "-5"}, "exp"),
        ({"exp": "\u0661\u0662"}, "exp"),
        ({"exp": " 1795620000"}, "exp"),
        ({"exp": True}, "exp"),
        ({"exp": "9" * 5000}, "exp"),
        ({"iat": "Wed Foo 25 15:37:23 UTC 2026"}, "iat"),
        ({"iat": "Wed Feb 31 15:37:23 UTC 2026"}, "iat"),
        ({"iat": "Wed Feb 25 25:37:23 UTC 2026"}, "iat"),
        ({"iat": "Wed Feb 25 15:37:23 PST 2026"}, "iat"),
        ({"iat": "Wed Feb 25 15:37:23 UTC 2026\n"}, "iat"),
        ({"iat": "Thu Feb 25 15:37:23 UTC 9999"}, "iat"),
        ({"exp": "Sun Mar 01 11:00:00 UTC 2026", "iat": "Sun Mar 01 10:00:00 UTC 2026"}, "expired"),
        ({GROUPS: {"fm-web:admin": True}}, "groups"),
    ],
)
@pytest.mark.parametrize("event", [http_event, old_http_event, rest_event])
def test_the_gateway_excuses_from_no_check(
    event: Callable[..., Event], changed: dict[str, object], why: str
) -> None:
    """A gateway set up for another pool, client or kind of token lets nobody in here."""
    assert reason(event(**changed)) == why


@pytest.mark.parametrize("groups", ["fm-web:admin", "[fm-web:admin", "[", "", "[ ]", "[a  b]"])
def test_groups_of_an_http_api_without_brackets_are_refused(groups: str) -> None:
    """What the gateway never writes is not guessed at."""
    assert reason(http_event(groups)) == "groups"


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=5,
)


@given(st.dictionaries(st.sampled_from(sorted(ISSUER.claims())), JSON, max_size=3))
def test_any_claims_are_taken_or_refused(changed: dict[str, Any]) -> None:
    """Whatever an event holds, nothing but a refusal is raised."""
    for event in (http_event(**changed), rest_event(**changed)):
        try:
            assert of(event) is not None
        except TokenRefused as refused:
            assert refused.reason
