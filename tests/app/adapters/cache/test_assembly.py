"""Whether answers are shared is a matter of settings."""

from __future__ import annotations

import logging
import subprocess
import sys

import pytest

from app.core.settings import Settings
from app.processes import cached, longest_write
from tests.app.api.v1.stores import in_memory


def test_without_redis_the_repository_stays_as_it_is(
    settings: Settings, caplog: pytest.LogCaptureFixture
) -> None:
    """One line says so."""
    caplog.set_level(logging.INFO, "app")
    with in_memory() as store:
        repository = store.repository()
        assert cached(repository, settings) is repository
    assert [each.getMessage() for each in caplog.records] == [
        "REDIS_URL is not set: answers are not shared between instances"
    ]


def test_with_redis_nothing_is_connected_yet(
    settings: Settings, caplog: pytest.LogCaptureFixture
) -> None:
    """An app starts whether or not its Redis is there."""
    at = settings.model_copy(update={"redis_url": "redis://192.0.2.1:6379/0"})
    with in_memory() as store:
        repository = store.repository()
        assert cached(repository, at) is not repository
    assert caplog.records == []


def test_a_write_is_in_doubt_for_as_long_as_it_may_take(settings: Settings) -> None:
    """All attempts at the longest that AWS is waited for, and some more."""
    at = settings.model_copy(
        update={
            "aws_max_attempts": 3,
            "aws_connect_timeout_seconds": 2.0,
            "aws_read_timeout_seconds": 5.0,
        }
    )
    assert longest_write(at) > 3 * 7


def test_the_cache_loads_redis_only_where_there_is_one() -> None:
    """Importing it costs a process without Redis nothing."""
    code = "import sys, app.processes; sys.exit('redis' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
