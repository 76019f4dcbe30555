"""The app with a user pool, and a pool that other processes reach as well."""

from __future__ import annotations

from functools import partial

import pytest

from app.core.settings import Settings
from tests.app.conftest import OpenHarness
from tests.app.harness import open_with_pool
from tests.app.services.accounts.shared import endpoint, lives, shared_harness

__all__ = ["endpoint", "lives", "open_harness", "shared_harness"]


@pytest.fixture
def open_harness(settings: Settings) -> OpenHarness:
    return partial(open_with_pool, settings)
