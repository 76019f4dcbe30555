"""The relay's entrance: what Lambda is answered, and what it needs to begin."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from app import relay
from app.services.relay import Relay
from tests.app.services.events.made import a_record
from tests.app.services.events.test_relaying import Listening

ROOT = Path(__file__).parents[2]


@pytest.fixture(autouse=True)
def afresh() -> Iterator[None]:
    """Nothing is remembered from one test to the next."""
    yield
    relay._relay.cache_clear()
    relay._settings.cache_clear()


def test_lambda_is_told_where_to_go_on(monkeypatch: pytest.MonkeyPatch) -> None:
    """In the form that the event source takes for partial batches; empty when all is done."""
    topic = Listening(down={1})
    monkeypatch.setattr(relay, "_relay", lambda: Relay(topic))
    event = {"Records": [a_record(number=7)]}
    assert relay.handler(event, None) == {"batchItemFailures": [{"itemIdentifier": "7"}]}
    assert relay.handler(event, None) == {"batchItemFailures": []}
    assert len(topic.heard) == 1
    monkeypatch.undo()


def test_without_a_topic_nothing_passes(monkeypatch: pytest.MonkeyPatch) -> None:
    """It ends with words, and the records come again: they are not taken for told."""
    monkeypatch.setenv("APP_ENV", "local")
    monkeypatch.setenv("TABLE_NAME", "blog")
    monkeypatch.setenv("DYNAMODB_ENDPOINT", "http://127.0.0.1:9")
    with pytest.raises(SystemExit, match="EVENTS_TOPIC_ARN"):
        relay.handler({"Records": [a_record()]}, None)
    monkeypatch.delenv("TABLE_NAME")
    relay._settings.cache_clear()
    with pytest.raises(SystemExit, match="TABLE_NAME"):
        relay.handler({"Records": [a_record()]}, None)


def test_importing_it_configures_nothing() -> None:
    """Not even settings are asked for; tokens, policy and Redis are not loaded at all."""
    unwanted = ("jose", "opapywasm", "redis", "mangum")
    code = f"import sys, app.relay; print([m for m in {unwanted} if m in sys.modules])"
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True, env={}
    )
    assert done.stdout.strip() == "[]"
