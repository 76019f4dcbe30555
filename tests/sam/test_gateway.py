"""The gateway's authorizer: off unless wanted; then on every operation that needs a caller."""

from __future__ import annotations

from tests.sam import checks
from tests.sam.checks import settings_of
from tests.sam.stack import Stack
from tests.sam.template import deployed, of_type, only

ROUTE, AUTHORIZER = "AWS::ApiGatewayV2::Route", "AWS::ApiGatewayV2::Authorizer"


def present(parameters: dict[str, str], kind: str) -> list[str]:
    stack = Stack(deployed(), parameters)
    return [name for name in of_type(deployed(), kind) if stack.has(name)]


def test_it_is_off_by_default() -> None:
    """One route for everything, no authorizer, and the app verifies every token: cookies work."""
    assert present({}, ROUTE) == ["DefaultRoute"]
    assert present({}, AUTHORIZER) == []
    assert settings_of(deployed(), {}).cognito_trust_api_gateway is False


def test_on_it_stands_before_every_operation_that_needs_a_caller() -> None:
    """As OpenAPI has them; the app then takes the claims that the gateway verified."""
    parameters = {"GatewayAuthorizer": "on"}
    assert len(present(parameters, ROUTE)) > 30
    assert present(parameters, AUTHORIZER) == ["Authorizer"]
    assert checks.unguarded_routes(deployed()) == []
    assert settings_of(deployed(), parameters).cognito_trust_api_gateway is True


def test_all_else_is_public_at_the_gateway() -> None:
    """Health, sign-in and what everyone may read share the one route without authorizer."""
    assert checks.public_routes(deployed()) == ["$default"]


def test_no_route_is_another_one() -> None:
    """Each key stands once, and every route leads to the one function."""
    routes = [each["Properties"] for each in of_type(deployed(), ROUTE).values()]
    keys = [each["RouteKey"] for each in routes]
    assert len(keys) == len(set(keys))
    targets = {Stack(deployed(), {}).resolve(each["Target"]) for each in routes}
    assert targets == {"integrations/<ApiIntegration>"}


def test_it_takes_tokens_as_the_app_does() -> None:
    """Of the pool's issuer, for the client, from the header that cookies' callers do not send."""
    authorizer = only(deployed(), AUTHORIZER)
    assert authorizer["IdentitySource"] == ["$request.header.Authorization"]
    jwt = authorizer["JwtConfiguration"]
    assert jwt["Issuer"] == {"Fn::GetAtt": ["UserPool", "ProviderURL"]}
    assert jwt["Audience"] == [{"Ref": "UserPoolClient"}]
