"""`site`: the app over a table in memory. `any_site`: on DynamoDB Local as well."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from app.core.settings import Settings
from tests.app.harness import AppHarness
from tests.app.v1.stores import KINDS, in_memory, open_store


@pytest.fixture
def site(settings: Settings) -> Iterator[AppHarness]:
    with in_memory() as store:
        yield AppHarness.over(settings, store)


@pytest.fixture(params=KINDS)
def any_site(request: pytest.FixtureRequest, settings: Settings) -> Iterator[AppHarness]:
    with open_store(request.param) as store:
        yield AppHarness.over(settings, store)
