"""What claims open, to the second and to the letter. What they don't is in `hostile_claims`."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest

from app.services.sessions import Claims, Expected, TokenRefused, claims_of
from model import Role
from tests.app.api.auth.issuer import CLIENT, LEEWAY, MISSING, SESSION, SUBJECT, URL, Issuer
from tests.backends import START, Clock

ISSUER = Issuer(Clock(START.replace(microsecond=0)))
NOW = ISSUER.clock()
SKEW = int(LEEWAY.total_seconds())
DAY = 24 * 3600


def accepted(now: datetime = NOW, **changed: object) -> Claims:
    return claims_of(ISSUER.claims(**changed), ISSUER.expected(), now)


def refused(raw: dict[str, Any], expected: Expected, now: datetime = NOW) -> str:
    with pytest.raises(TokenRefused) as caught:
        claims_of(raw, expected, now)
    return caught.value.reason


def at(seconds: int) -> int:
    return int(NOW.timestamp()) + seconds


@pytest.mark.parametrize(
    "changed",
    [
        {"exp": at(1 - SKEW), "iat": at(-DAY + 1 - SKEW)},
        {"iat": at(SKEW)},
        {"auth_time": at(SKEW)},
        {"nbf": at(SKEW)},
        {"iat": at(0), "exp": at(0)},
        {"iat": at(-5), "exp": at(DAY - 5)},
        {"auth_time": at(-400 * DAY)},
    ],
)
def test_times_are_taken_to_the_last_second(changed: dict[str, int]) -> None:
    """Clocks may differ by the leeway; a sign-in may be long ago; a token lives for a day."""
    assert accepted(**changed).subject == SUBJECT


def test_expiry_counts_from_its_second() -> None:
    """At `exp` and the leeway it is over, not a moment later."""
    over = NOW + timedelta(hours=1) + LEEWAY
    assert accepted(now=over - timedelta(microseconds=1)).session_id == SESSION
    assert refused(ISSUER.claims(), ISSUER.expected(), over) == "expired"


def test_an_aged_token_can_be_known_again() -> None:
    """`expired_ok` is for the refresh of a sign-in whose access token has run out."""
    years = NOW + timedelta(days=1000)
    claims = claims_of(ISSUER.claims(), ISSUER.expected(), years, expired_ok=True)
    assert claims.expires_at == NOW + timedelta(hours=1)


def test_times_are_aware() -> None:
    """All three are moments, not wall clocks."""
    claims = accepted(auth_time=at(-60))
    moments = (claims.authenticated_at, claims.issued_at, claims.expires_at)
    assert moments == (NOW - timedelta(minutes=1), NOW, NOW + timedelta(hours=1))
    assert all(each.utcoffset() == timedelta() for each in moments)


@pytest.mark.parametrize("groups", [MISSING, [], ["readers", "eu-west-1_tests_Google"]])
def test_a_token_may_carry_no_role(groups: object) -> None:
    """Someone signed in who may do nothing yet."""
    assert accepted(**{"cognito:groups": groups}).roles == frozenset()


LOOK_ALIKES = [
    "fm-web:Admin",
    "FM-WEB:ADMIN",
    " fm-web:admin",
    "fm-web:admin ",
    "fm-web:admin\0",
    "fm-web:\u0430dmin",
    "fm\u2011web:admin",
    "fm-web\uff1aadmin",
    "fm-web:admin,fm-web:editor",
    "[fm-web:admin]",
    "fm-web:administrator",
    "other:admin",
    "admin",
    "ADMIN",
    "fm-web:*",
]


@pytest.mark.parametrize("name", LOOK_ALIKES)
def test_what_looks_like_a_role_is_none(name: str) -> None:
    """The token is good, and the group is somebody else's; the true role beside it counts."""
    assert accepted(**{"cognito:groups": [name]}).roles == frozenset()
    both = accepted(**{"cognito:groups": [name, "fm-web:viewer"]})
    assert both.roles == {Role.VIEWER}


def test_a_hundred_groups_are_taken() -> None:
    """As many as the pool allows; a role among them counts, once or twice."""
    groups = [f"g-{number}" for number in range(98)] + ["fm-web:admin"] * 2
    assert accepted(**{"cognito:groups": groups}).roles == {Role.ADMIN}


def test_a_role_elsewhere_counts_for_nothing() -> None:
    """Neither `custom:role` nor a claim that the user may write is a group."""
    others = {"custom:role": "fm-web:admin", "role": "fm-web:admin", "roles": ["fm-web:admin"]}
    assert accepted(**others, **{"cognito:groups": MISSING}).roles == frozenset()
    raw = ISSUER.id_claims(**others)
    assert claims_of(raw, ISSUER.expected(use="id"), NOW).roles == {Role.EDITOR}


def test_an_audience_may_repeat_the_client() -> None:
    """A pool's trigger may add `aud` to access tokens; it must say the same."""
    assert accepted(aud=CLIENT).subject == SUBJECT
    assert refused(ISSUER.claims(aud="other"), ISSUER.expected()) == "aud"


@pytest.mark.parametrize(
    ("changed", "reason"),
    [
        ({"aud": MISSING}, "aud"),
        ({"aud": None}, "aud"),
        ({"aud": [CLIENT]}, "aud"),
        ({"aud": CLIENT + "x"}, "aud"),
        ({"aud": MISSING, "client_id": CLIENT}, "aud"),
        ({"token_use": "access"}, "token_use"),
        ({"token_use": MISSING}, "token_use"),
        ({"cognito:username": MISSING}, "username"),
        ({"cognito:username": MISSING, "username": "ada"}, "username"),
        ({"origin_jti": MISSING}, "origin_jti"),
        ({"iss": URL + "/"}, "iss"),
    ],
)
def test_id_tokens_are_for_one_audience(changed: dict[str, object], reason: str) -> None:
    """`aud` is the client, as a text; and the claims are those of an id token."""
    assert refused(ISSUER.id_claims(**changed), ISSUER.expected(use="id")) == reason


@pytest.mark.parametrize(
    "username", ["ada@example.com", "Google_1234", "\u00e9mile", "\u5c0f\u660e"]
)
def test_usernames_are_any_printable_text(username: str) -> None:
    """They are shown, and never keys."""
    assert accepted(username=username).username == username


@pytest.mark.parametrize("empty", [{"issuer": ""}, {"client_id": ""}])
def test_nothing_is_expected_of_nobody(empty: dict[str, str]) -> None:
    """A pool that is not configured can't be taken for one whose names are empty."""
    with pytest.raises(ValueError, match="empty issuer or client"):
        ISSUER.expected(**empty)
