"""Claims of a gateway, through the Lambda adapter: believed where they are, and nowhere else."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from typing import Any

import pytest
from mangum import Mangum

from app.aws.settings import load_settings
from app.core.settings import Settings
from app.core.settings_base import SettingsError
from app.main import TEXT_TYPES
from model import Role
from tests.app import expect
from tests.app.api.auth.harness import IssuerHarness, issued
from tests.app.api.auth.issuer import MISSING, SUBJECT
from tests.app.test_main import LambdaAnswer, http_api, rest_api

ME, SESSIONS = "/v1/auth/me", "/v1/sessions"
FORGED = "Bearer aaa.bbb.ccc"
Event = dict[str, Any]


pytestmark = pytest.mark.usefixtures("own_loop")


@pytest.fixture
def door(settings: Settings) -> Iterator[IssuerHarness]:
    with issued(settings, cognito_trust_api_gateway=True) as made:
        yield made


def invoked(door: IssuerHarness, event: Event) -> LambdaAnswer:
    return LambdaAnswer(Mangum(door.app, lifespan="off", text_mime_types=TEXT_TYPES)(event, None))


def authorizer_of_http(door: IssuerHarness, **changed: object) -> Event:
    """As a JWT authorizer writes claims: all texts."""
    claims = {name: str(each) for name, each in door.issuer.claims(**changed).items()}
    groups = changed.get("cognito:groups", "[fm-web:editor]")
    return {"jwt": {"claims": claims | {"cognito:groups": groups}, "scopes": None}}


def authorizer_of_rest(door: IssuerHarness, **changed: object) -> Event:
    """As a user pool authorizer of a REST API writes them: times as dates."""
    raw = door.issuer.claims(**changed)
    claims = {name: str(each) for name, each in raw.items()}
    claims["cognito:groups"] = "fm-web:editor"
    for name in ("exp", "iat", "auth_time"):
        moment = datetime.fromtimestamp(int(raw[name]), UTC)
        claims[name] = f"{moment:%a %b %d %H:%M:%S} UTC {moment:%Y}"
    return {"claims": claims}


Kind = tuple[Callable[..., Event], Callable[..., Event]]
KINDS = pytest.mark.parametrize(
    "kind", [(http_api, authorizer_of_http), (rest_api, authorizer_of_rest)], ids=["http", "rest"]
)


def event(
    door: IssuerHarness, kind: Kind, method: str = "GET", path: str = ME, **changed: object
) -> Event:
    """With claims, and a header that only the gateway can have verified."""
    made, authorizer = kind
    whole = made(method, path, authorization="Bearer verified.by.gateway")
    whole["requestContext"]["authorizer"] = authorizer(door, **changed)
    return whole


@KINDS
def test_claims_of_the_gateway_open_an_open_session(door: IssuerHarness, kind: Kind) -> None:
    """With the role of the account, for reading and for writing without an origin."""
    me = expect.success(invoked(door, event(door, kind)))
    assert (me["userId"], me["roles"]) == (SUBJECT, [Role.EDITOR])
    written = event(door, kind, "POST", "/v1/categories")
    expect.failure(invoked(door, written | {"body": "{}"}), 422, "unprocessable")


@KINDS
def test_they_open_no_session_that_is_over(door: IssuerHarness, kind: Kind) -> None:
    """A gateway knows nothing of sessions."""
    door.bearer(door.issuer.token()).delete(SESSIONS)
    expect.failure(invoked(door, event(door, kind)), 401, "session-ended")


@KINDS
@pytest.mark.parametrize(
    "changed",
    [{"iss": "https://attacker.example"}, {"client_id": "other"}, {"token_use": "id"}],
    ids=["issuer", "client", "use"],
)
def test_claims_of_others_are_refused(
    door: IssuerHarness, kind: Kind, changed: dict[str, object]
) -> None:
    """Whatever the gateway was set up for."""
    expect.failure(invoked(door, event(door, kind, **changed)), 401, "credentials-wrong")


@KINDS
def test_without_claims_the_header_is_verified_here(door: IssuerHarness, kind: Kind) -> None:
    """On routes without an authorizer: a good token opens, a forged one does not."""
    made, _ = kind
    good = made("GET", ME, authorization=f"Bearer {door.issuer.token()}")
    expect.success(invoked(door, good))
    expect.failure(invoked(door, made("GET", ME, authorization=FORGED)), 401, "credentials-wrong")


@KINDS
def test_claims_without_a_header_are_nobodys(door: IssuerHarness, kind: Kind) -> None:
    """The token was in no header, so it was not this caller's to show."""
    whole = event(door, kind)
    for headers in (whole["headers"], whole.get("multiValueHeaders", {})):
        headers.pop("authorization", None)
    expect.failure(invoked(door, whole), 401, "credentials-missing")


@KINDS
def test_cookies_are_verified_whatever_the_event_says(door: IssuerHarness, kind: Kind) -> None:
    """Claims beside a forged cookie do not make it good."""
    made, authorizer = kind
    whole = made("GET", ME, cookie="__Host-fm-access=aaa.bbb.ccc")
    whole["requestContext"]["authorizer"] = authorizer(door)
    expect.failure(invoked(door, whole), 401, "credentials-wrong")


@KINDS
def test_claims_elsewhere_in_the_event_are_not_read(door: IssuerHarness, kind: Kind) -> None:
    """Callers write headers, queries and bodies."""
    made, authorizer = kind
    whole = made("GET", ME, authorization=FORGED, requestcontext=str(authorizer(door)))
    whole["authorizer"] = authorizer(door)
    expect.failure(invoked(door, whole), 401, "credentials-wrong")


@KINDS
def test_without_the_setting_claims_are_not_read(settings: Settings, kind: Kind) -> None:
    """The header is verified here, always."""
    with issued(settings) as door:
        expect.failure(invoked(door, event(door, kind)), 401, "credentials-wrong")


def test_under_a_server_nothing_is_trusted(door: IssuerHarness) -> None:
    """There is no event: a forged token is one, a good one is verified."""
    expect.failure(door.bearer("verified.by.gateway").get(ME), 401, "credentials-wrong")
    expect.success(door.bearer(door.issuer.token()).get(ME))


def test_the_app_refuses_to_trust_outside_lambda(monkeypatch: pytest.MonkeyPatch) -> None:
    """The settings name the variable; on Lambda they are taken."""
    production = {
        "APP_ENV": "prod",
        "TABLE_NAME": "blog",
        "AWS_REGION": "eu-west-1",
        "CURSOR_SECRET": "0123456789abcdef0123456789abcdef",
        "COGNITO_USER_POOL_ID": "eu-west-1_tests",
        "COGNITO_CLIENT_ID": "client",
        "COGNITO_TRUST_API_GATEWAY": "1",
    }
    for name, value in production.items():
        monkeypatch.setenv(name, value)
    with pytest.raises(SettingsError, match="COGNITO_TRUST_API_GATEWAY"):
        load_settings()
    monkeypatch.setenv("AWS_LAMBDA_FUNCTION_NAME", "api")
    assert load_settings().cognito_trust_api_gateway is True


@KINDS
def test_claims_without_a_session_are_refused(door: IssuerHarness, kind: Kind) -> None:
    """A token that names no sign-in belongs to none."""
    whole = event(door, kind, origin_jti=MISSING)
    expect.failure(invoked(door, whole), 401, "credentials-wrong")
