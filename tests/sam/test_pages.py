"""Pages and their cookies: which may write in each way of deploying the stack."""

from __future__ import annotations

import re

import pytest
from fastapi import Request

from app.api.kit.cookies import Cookies, TrustedPages
from app.core.problems import ForeignOrigin
from app.core.settings_base import parse_hosts, parse_origins
from tests.sam.checks import MADE, settings_of
from tests.sam.scenarios import SWITCHES
from tests.sam.template import deployed, source

GIVEN = f"{MADE['Api']}.execute-api.eu-west-1.amazonaws.com"
OWN = "api.example.com"
(DOMAIN,) = (each for each in SWITCHES if "DomainName" in each)


def may_write(parameters: dict[str, str], host: str, origin: str) -> bool:
    """Whether a page of `origin` may write with cookies to the API at `host`."""
    settings = settings_of(deployed(), parameters)
    pages = TrustedPages(parse_origins(settings.allowed_origins), parse_hosts(settings.api_hosts))
    headers = [(b"host", host.encode()), (b"origin", origin.encode())]
    try:
        pages.check(
            Request({"type": "http", "method": "POST", "scheme": "https", "headers": headers})
        )
    except ForeignOrigin:
        return False
    return True


def test_own_pages_may_write_without_any_parameter() -> None:
    """At the host that API Gateway gives, which nobody knows before the deployment."""
    assert may_write({}, GIVEN, f"https://{GIVEN}")


def test_own_pages_may_write_at_the_domain() -> None:
    """Which is then the only host: the gateway's own is closed."""
    assert may_write(DOMAIN, OWN, f"https://{OWN}")
    assert not may_write(DOMAIN, GIVEN, f"https://{GIVEN}")


def test_foreign_pages_may_not_write_whatever_host_they_name() -> None:
    """Neither at the API's host nor by a `Host` header of their own."""
    for parameters, host in (({}, GIVEN), (DOMAIN, OWN)):
        assert not may_write(parameters, host, "https://www.example.com")
        assert not may_write(parameters, "www.example.com", "https://www.example.com")


def test_listed_pages_may_write() -> None:
    """Those of a site on CloudFront, whose host the app does not see."""
    listed = {**DOMAIN, "AllowedOrigins": "https://www.example.com"}
    assert may_write(listed, OWN, "https://www.example.com")


@pytest.mark.parametrize(
    ("parameters", "domain"), [({}, ""), ({"CookieDomain": "example.com"}, "example.com")]
)
def test_cookies_are_the_hosts_unless_a_domain_is_named(
    parameters: dict[str, str], domain: str
) -> None:
    """And always travel over https alone."""
    settings = settings_of(deployed(), parameters)
    assert Cookies(settings.cookie_domain, settings.cookie_secure) == Cookies(domain)


def test_attempts_without_redis_are_limited_unless_refused() -> None:
    """The stack offers what the app knows, and the app's own default."""
    offered = source()["Parameters"]["SignInWithoutRedis"]
    for choice in offered["AllowedValues"]:
        given = settings_of(deployed(), {"SignInWithoutRedis": choice})
        assert given.sign_in_without_redis == choice
    assert settings_of(deployed(), {}).sign_in_without_redis == "limited"


@pytest.mark.parametrize("parameter", ["DomainName", "CookieDomain"])
@pytest.mark.parametrize(
    ("text", "is_taken"),
    [
        ("", True),
        ("api.example.com", True),
        ("https://api.example.com", False),
        (".example.com", False),
        ("API.example.com", False),
        ("localhost", False),
    ],
)
def test_a_domain_is_a_name_alone(parameter: str, text: str, is_taken: bool) -> None:
    """In small letters, as browsers send it, and as the app takes it."""
    pattern = source()["Parameters"][parameter]["AllowedPattern"]
    assert (re.fullmatch(pattern, text) is not None) is is_taken
