"""A stage or base path in front, by a setting, through every way in; and what is no request."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient

import app.main
from app import relay
from app.api.kit.middleware import RequestMiddleware
from app.aws.settings import load_settings
from app.core.settings import Settings
from app.core.settings_base import SettingsError
from app.main import Entrance, create_app
from app.services import worker
from tests.app import expect
from tests.app.api.v1.stores import in_memory
from tests.app.harness import AppHarness, path

BASE = "/prod"
EVENTS = Path(__file__).parents[4] / "scripts" / "artefact" / "events"
WAYS = ["http-api-v2", "rest-v1", "alb", "alb-multi-value", "function-url"]


@pytest.fixture
def harness(settings: Settings) -> Iterator[AppHarness]:
    with in_memory() as store:
        yield AppHarness.over(settings, store).with_settings(base_path=BASE)


def asked(way: str, where: str) -> dict[str, Any]:
    """The recorded event, for another path."""
    event: dict[str, Any] = json.loads((EVENTS / f"{way}.json").read_text())
    for name in ("path", "rawPath"):
        if name in event:
            event[name] = where
    if "http" in event["requestContext"]:
        event["requestContext"]["http"]["path"] = where
    return event


@pytest.mark.parametrize("way", WAYS)
def test_paths_are_below_the_base_or_bare(harness: AppHarness, own_loop: None, way: str) -> None:
    """Through both kinds of API Gateway, load balancers and function URLs."""
    entrance = Entrance(harness.app, lifespan="off")
    for where, status in {
        f"{BASE}/health": 200,
        "/health": 200,
        f"{BASE}/v1/posts": 200,
        f"{BASE}uct/v1/posts": 404,
        f"{BASE}{BASE}/health": 404,
        BASE: 404,
    }.items():
        assert entrance(asked(way, where), None)["statusCode"] == status, where


def test_locations_and_links_lead_below_the_base(harness: AppHarness) -> None:
    """Of what was made, of a former slug, and of the documentation."""
    made = harness.ada.post(f"{BASE}/v1/posts", json={"title": "A", "categoryId": "news"})
    post = expect.success(made, 201)
    assert made.headers["location"] == f"{BASE}{path(post)}"
    assert harness.ada.get(made.headers["location"]).status_code == 200
    document = harness.anonymous.get(f"{BASE}/openapi.json").json()
    assert document["servers"] == [{"url": BASE}]
    page = harness.anonymous.get(f"{BASE}/docs").text
    assert 'src="docs/start.js"' in page
    assert '"/' not in page


def test_cookies_of_a_path_have_it_below_the_base(settings: Settings) -> None:
    """Those of the whole host stay so: their prefix demands it."""

    async def answer(scope: Any, receive: Any, send: Any) -> None:
        cookies = [b"__Host-a=1; Path=/; Secure", b"__Secure-b=2; HttpOnly; path=/v1/auth; Secure"]
        headers = [(b"set-cookie", each) for each in cookies]
        await send({"type": "http.response.start", "status": 204, "headers": headers})
        await send({"type": "http.response.body"})

    client = TestClient(RequestMiddleware(answer, settings.model_copy(update={"base_path": BASE})))
    assert client.get(f"{BASE}/x").headers.get_list("set-cookie") == [
        "__Host-a=1; Path=/; Secure",
        "__Secure-b=2; HttpOnly; path=/prod/v1/auth; Secure",
    ]
    assert "path=/v1/auth" in client.get("/x").headers.get_list("set-cookie")[1]


@pytest.mark.parametrize("wrong", ["prod", "/prod/", "/", "/a b", "/a?b", "https://x/prod"])
def test_a_base_path_has_a_form(monkeypatch: pytest.MonkeyPatch, wrong: str) -> None:
    """It begins with a slash and ends without one."""
    environment = {"APP_ENV": "local", "TABLE_NAME": "blog", "DYNAMODB_ENDPOINT": "http://[::1]:9"}
    for name, value in {**environment, "BASE_PATH": wrong}.items():
        monkeypatch.setenv(name, value)
    with pytest.raises(SettingsError) as refused:
        load_settings()
    assert [problem.names for problem in refused.value.problems] == [("BASE_PATH",)]
    monkeypatch.setenv("BASE_PATH", "/prod/eu")
    assert load_settings().base_path == "/prod/eu"


IDLE: list[Any] = [
    {},
    None,
    [],
    "ping",
    {"warmer": True, "concurrency": 3},
    {"source": "serverless-plugin-warmup"},
    {
        "version": "0",
        "id": "53dc4d37-cffa-4f76-80c9-8b7d4a4d2eaa",
        "detail-type": "Scheduled Event",
        "source": "aws.events",
        "account": "123456789012",
        "time": "2026-11-29T16:53:06Z",
        "region": "eu-west-1",
        "resources": ["arn:aws:events:eu-west-1:123456789012:rule/warm"],
        "detail": {},
    },
]


@pytest.mark.parametrize("event", IDLE)
def test_an_event_that_is_no_request_does_nothing(
    monkeypatch: pytest.MonkeyPatch, settings: Settings, own_loop: None, event: Any
) -> None:
    """Through `app.main:handler`: an answer, no error that an alarm would count."""

    async def never(scope: Any, receive: Any, send: Any) -> None:
        pytest.fail("asked")

    entrance = Entrance(never, lifespan="off")
    monkeypatch.setattr(app.main, "_handler", lambda: entrance)
    assert app.main.handler(event, None) == {}


def test_worker_and_relay_have_nothing_to_do_without_records() -> None:
    """Nothing is made for an event that keeps them warm."""
    assert relay.handler({}, None) == {"batchItemFailures": []}
    assert worker.handle({}, lambda _: pytest.fail("asked")) == {"batchItemFailures": []}


def test_records_of_others_raise(settings: Settings, own_loop: None) -> None:
    """An answer would take them out of their queue unread."""
    made: FastAPI = create_app(settings)
    for event in ({"Records": [{"eventSource": "aws:sqs"}]}, {"requestContext": {}}):
        with pytest.raises((RuntimeError, KeyError)):
            Entrance(made, lifespan="off")(event, None)
