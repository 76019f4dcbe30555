"""`town`: accounts over a table in memory. `any_town`: on DynamoDB Local as well."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from app.core.settings import Settings
from tests.app.accounts.shared import endpoint, lives, shared_town
from tests.app.accounts.town import Town, open_town
from tests.app.v1.stores import KINDS, in_memory, open_store

__all__ = ["any_town", "endpoint", "lives", "shared_town", "town"]


@pytest.fixture
def town(settings: Settings) -> Iterator[Town]:
    with in_memory() as store, open_town(settings, store) as made:
        yield made


@pytest.fixture(params=KINDS)
def any_town(request: pytest.FixtureRequest, settings: Settings) -> Iterator[Town]:
    with open_store(request.param) as store, open_town(settings, store) as made:
        yield made
