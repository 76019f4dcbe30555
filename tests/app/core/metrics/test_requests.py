"""Requests to the app are measured if the settings say so, and cost nothing if not."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient

from access_patterns import blog
from app.aws.settings import load_settings
from app.core.context import note_pattern
from app.core.metrics import note_observed
from app.core.settings import Settings
from app.main import create_app
from app.processes import make_repository
from singletable import Repository
from singletable.transport import TransportError
from tests.app import expect
from tests.app.api.v1.stores import in_memory
from tests.app.core.metrics.reading import Line
from tests.app.harness import AppHarness, ByName
from tests.app.policies import built
from tests.backends import SECRET

LOCAL = {"APP_ENV": "local", "TABLE_NAME": "blog", "DYNAMODB_ENDPOINT": "http://127.0.0.1:9"}


@pytest.fixture
def measured(settings: Settings) -> Settings:
    return settings.model_copy(update={"metrics": "emf", "metrics_namespace": "tests"})


def over(settings: Settings, repository: Repository, **options: Any) -> FastAPI:
    given: dict[str, Any] = {"policy": built(), "authenticators": (ByName(),)}
    return create_app(settings, repository_factory=lambda _: repository, **(given | options))


@pytest.fixture
def harness(measured: Settings) -> Iterator[AppHarness]:
    with in_memory() as store:
        repository = Repository(
            store.transport,
            {blog: store.table},
            cursor_secret=SECRET,
            observe=note_observed,
            count_capacity=True,
        )
        yield AppHarness(measured, store, options={"repository_factory": lambda _: repository})


@pytest.fixture
def lines(capsys: pytest.CaptureFixture[str]) -> Callable[[], dict[str | None, Line]]:
    """What was written since it was last asked for, by pattern; the request's own under None."""

    def read() -> dict[str | None, Line]:
        found = [Line(text) for text in capsys.readouterr().out.splitlines()]
        assert len({line.pattern for line in found}) == len(found)
        return {line.pattern: line for line in found}

    return read


def test_a_write_and_its_patterns_are_measured(harness: AppHarness, lines: Any) -> None:
    """Route and method, requests and their times, capacity; a line each."""
    harness.category("news")
    lines()
    expect.success(harness.ada.post("/v1/posts", json={"title": "T", "categoryId": "news"}), 201)
    found = lines()
    assert found[None].root["Route"] == "/v1/posts"
    assert found[None].root["Method"] == "POST"
    assert found[None].root["_aws"]["CloudWatchMetrics"][0]["Namespace"] == "tests"
    writing = found["posts.create"].values
    assert writing["DynamoRequests"] == len(writing["DynamoLatency"]) == 1
    expect.success(harness.ada.get("/v1/categories"))
    assert lines()["categories.tree"].values["ReadUnits"] > 0


def test_a_condition_that_does_not_hold_is_counted(harness: AppHarness, lines: Any) -> None:
    """A slug that is taken: 409 for the caller, a failed condition of the pattern."""
    harness.category("news")
    harness.draft(slug="taken")
    lines()
    text = {"title": "T", "categoryId": "news", "slug": "taken"}
    assert harness.ada.post("/v1/posts", json=text).status_code == 409
    found = lines()
    assert found[None].values["ClientErrors"] == 1
    assert found["posts.create"].values == {"ConditionFailures": 1}


def test_failed_policies_and_refused_methods_are_counted(measured: Settings, lines: Any) -> None:
    """A policy that fails allows nothing, and is told of."""

    class Failing:
        def evaluate(self, entrypoint: str, question: Mapping[str, object]) -> object:
            raise RuntimeError

    with (
        in_memory() as store,
        TestClient(over(measured, store.repository(), policy=Failing())) as client,
    ):
        client.get("/v1/posts")
        assert lines()[None].values["PolicyFailures"] >= 1
        client.request("ANYTHING", "/v1/posts/secret-path")
        line = lines()[None]
    assert line.root["Method"] == "(other)"
    assert "secret-path" not in str(line.root)


def test_an_outage_is_counted_with_its_pattern(measured: Settings, lines: Any) -> None:
    """503 for the caller; the pattern that was asked failed."""

    def away(_: str, __: Mapping[str, Any]) -> Mapping[str, Any]:
        raise TransportError("Unreachable", "no answer")

    repository = Repository(away, {blog: "table"}, cursor_secret=SECRET, observe=note_observed)
    with TestClient(over(measured, repository)) as client:
        assert client.get("/v1/posts/by-slug/a").status_code == 503
    found = lines()
    assert found[None].values["ServerErrors"] == 1
    assert found["posts.by_slug"].values == {"DynamoFailures": 1}


def test_without_metrics_nothing_is_measured(settings: Settings, lines: Any) -> None:
    """No line, no capacity asked for: the request to the table is the same as ever."""
    assert settings.metrics == "off"
    repository = make_repository(settings)
    assert repository._binding.policy.count_capacity is False
    app = over(settings, repository)
    with TestClient(app) as client:
        client.get("/health")
    assert lines() == {}


def test_the_configured_repository_and_cache_are_observed(measured: Settings) -> None:
    """Answers with their capacity, failures, hits and misses."""
    at = measured.model_copy(update={"redis_url": "redis://192.0.2.1:6379/0"})
    repository = make_repository(at)
    assert repository._binding.policy.count_capacity is True
    assert repository._binding.policy.observers == (note_pattern, note_observed)
    assert repository._middlewares[0]._observe.__name__ == "note_served"


def test_metrics_are_on_where_cloudwatch_reads(monkeypatch: pytest.MonkeyPatch) -> None:
    """On Lambda unless switched off, elsewhere only if switched on."""
    for name, value in LOCAL.items():
        monkeypatch.setenv(name, value)
    assert load_settings().metrics == "off"
    monkeypatch.setenv("AWS_LAMBDA_FUNCTION_NAME", "api")
    monkeypatch.setenv("AWS_SAM_LOCAL", "true")
    assert load_settings().metrics == "emf"
    monkeypatch.setenv("METRICS", "off")
    assert load_settings().metrics == "off"
