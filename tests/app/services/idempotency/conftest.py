"""The app with a user pool beside the one without; each test has a loop of its own."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from app.core.settings import Settings
from tests.app.api.v1.stores import in_memory
from tests.app.harness import AppHarness, open_with_pool


@pytest.fixture
def pool_harness(settings: Settings) -> Iterator[AppHarness]:
    with in_memory() as store, open_with_pool(settings, store) as opened:
        yield opened


@pytest.fixture(autouse=True)
def one_event_loop() -> None:
    """None is shared here: a request that is killed ends its loop."""
