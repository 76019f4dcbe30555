"""Pages of allowed origins may ask and read, with cookies; nobody else's."""

from __future__ import annotations

import pytest
from fastapi.testclient import TestClient

from app.core.settings import Settings
from app.main import create_app
from tests.app import expect
from tests.app.openapi import inlined
from tests.app.policies import built

SITE = "https://www.example.com"
WANTED = {"Access-Control-Request-Method": "POST", "Access-Control-Request-Headers": "content-type"}


@pytest.fixture
def open_to_site(settings: Settings) -> TestClient:
    return TestClient(
        create_app(settings.model_copy(update={"allowed_origins": SITE}), policy=built())
    )


def test_an_allowed_origin_may_ask_first(open_to_site: TestClient) -> None:
    """With credentials, and for the methods and headers that the API has."""
    answer = open_to_site.options("/v1/posts", headers={"Origin": SITE, **WANTED})
    assert answer.status_code == 200
    assert answer.headers["access-control-allow-origin"] == SITE
    assert answer.headers["access-control-allow-credentials"] == "true"
    assert "PATCH" in answer.headers["access-control-allow-methods"]
    assert answer.headers["x-content-type-options"] == "nosniff"


def test_every_header_that_an_operation_takes_may_be_sent(open_to_site: TestClient) -> None:
    """Such as those that the document names, and those that every request may have."""
    answer = open_to_site.options("/v1/posts", headers={"Origin": SITE, **WANTED})
    leave = answer.headers["access-control-allow-headers"].lower().split(", ")
    operations = inlined(open_to_site.get("/openapi.json").json())["paths"].values()
    parameters = [
        parameter
        for item in operations
        for operation in item.values()
        for parameter in operation.get("parameters", ())
    ]
    named = {each["name"].lower() for each in parameters if each["in"] == "header"}
    assert {"if-match", "x-preview-token"} <= named
    assert named | {"traceparent", "x-request-id"} <= set(leave)


def test_an_allowed_origin_may_read_failures_too(open_to_site: TestClient) -> None:
    """And the headers that matter to it."""
    answer = open_to_site.post("/v1/posts", headers={"Origin": SITE}, json={})
    expect.failure(answer, 401, "credentials-missing")
    assert answer.headers["access-control-allow-origin"] == SITE
    shown = set(answer.headers["access-control-expose-headers"].split(", "))
    assert shown >= {"ETag", "Location", "RateLimit", "RateLimit-Policy", "Retry-After"}


@pytest.mark.parametrize("origin", ["https://example.com", "http://www.example.com", "null"])
def test_other_origins_may_not(open_to_site: TestClient, origin: str) -> None:
    """A refused question in the envelope, an answer that browsers show nobody."""
    asked = open_to_site.options("/v1/posts", headers={"Origin": origin, **WANTED})
    expect.failure(asked, 403, "foreign-origin")
    answer = open_to_site.get("/health", headers={"Origin": origin})
    assert "access-control-allow-origin" not in answer.headers


@pytest.mark.parametrize(
    "odd", [{"Access-Control-Request-Headers": "x-foo"}, {"Access-Control-Request-Method": "BREW"}]
)
def test_a_page_is_told_what_it_may_send(open_to_site: TestClient, odd: dict[str, str]) -> None:
    """The browser compares, and names the header or method that is not in the answer."""
    asked = open_to_site.options("/v1/posts", headers={"Origin": SITE, **WANTED, **odd})
    assert asked.status_code == 200
    assert asked.headers["access-control-allow-origin"] == SITE
    assert "x-foo" not in asked.headers["access-control-allow-headers"].lower()
    assert "BREW" not in asked.headers["access-control-allow-methods"]
    assert "if-match" in asked.headers["access-control-allow-headers"].lower()


def test_without_allowed_origins_nobody_is_answered(client: TestClient) -> None:
    """The methods of the path are told, as to everyone."""
    answer = client.options("/v1/notes", headers={"Origin": SITE, **WANTED})
    expect.failure(answer, 405, "method-not-allowed")
