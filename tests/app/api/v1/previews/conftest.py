"""The app by a clock that tests set."""

from __future__ import annotations

from contextlib import nullcontext

import pytest

from app.core.settings import Settings
from tests.app.api.v1.stores import timed
from tests.app.conftest import OpenHarness
from tests.app.harness import AppHarness


@pytest.fixture
def open_harness(settings: Settings) -> OpenHarness:
    return lambda store: nullcontext(AppHarness.over(settings, timed(store)))
