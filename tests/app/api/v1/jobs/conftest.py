"""The app with a bucket and a queue."""

from __future__ import annotations

from contextlib import nullcontext

import pytest

from app.core.settings import Settings
from tests.app.api.v1.media.conftest import endpoint
from tests.app.api.v1.stores import timed
from tests.app.conftest import OpenHarness
from tests.app.harness import open_with_queue

__all__ = ["endpoint", "open_harness"]


@pytest.fixture
def open_harness(settings: Settings, endpoint: str) -> OpenHarness:
    return lambda store: nullcontext(open_with_queue(settings, timed(store), endpoint))
