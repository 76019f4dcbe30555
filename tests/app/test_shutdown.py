"""An app closes what it opened, once, and nothing that it was given."""

from __future__ import annotations

from typing import Any

import pytest
from fastapi.testclient import TestClient
from opapywasm import OpaWasmError

from app.adapters.opa import WasmPolicy
from app.core.settings import Settings
from app.main import create_app
from app.services.policy import ALLOW, PolicyUnusable
from tests.app.policies import BUNDLE


def test_an_app_that_ends_leaves_another_alone(settings: Settings) -> None:
    """Each has loaded a policy of its own."""
    ending, staying = create_app(settings), create_app(settings)
    with TestClient(ending) as client:
        assert client.get("/health").status_code == 200
    with pytest.raises(OpaWasmError):
        ending.state.container.decisions._policy.evaluate(ALLOW, {})
    with TestClient(staying) as client:
        assert client.get("/health").status_code == 200


def test_what_an_app_was_given_stays_open(settings: Settings) -> None:
    """Whoever made it closes it."""
    policy = WasmPolicy.load(BUNDLE)
    with TestClient(create_app(settings, policy=policy)):
        pass
    assert policy.evaluate(ALLOW, {}) is False
    policy.close()


def test_connections_are_given_up_at_the_end(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Attempts, cache, policy and AWS: what was opened last goes first."""
    closed: list[str] = []
    for place in (
        "app.services.limits.AttemptLimiter",
        "app.adapters.read_cache.Pages",
        "app.adapters.opa.WasmPolicy",
        "app.aws.clients.Clients",
    ):
        name = place.rpartition(".")[2]
        monkeypatch.setattr(f"{place}.close", lambda _, name=name: closed.append(name))
    at = settings.model_copy(update={"redis_url": "redis://192.0.2.1:6379/0"})
    with TestClient(create_app(at)):
        assert closed == []
    assert closed == ["AttemptLimiter", "WasmPolicy", "Pages", "Clients"]


def test_an_app_that_cannot_be_made_leaves_nothing_open(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its policy is missing, or a router is none: what was opened before is closed."""
    closed: list[str] = []
    monkeypatch.setattr("app.aws.clients.Clients.close", lambda _: closed.append("Clients"))
    with pytest.raises(PolicyUnusable):
        create_app(settings.model_copy(update={"opa_bundle_path": "nowhere"}))
    assert closed == ["Clients"]
    routers: list[Any] = ["no router"]
    with pytest.raises(AttributeError):
        create_app(settings, routers=routers)
    assert closed == ["Clients"] * 2
