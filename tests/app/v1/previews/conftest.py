"""`desk`: posts and their previews over memory. `any_desk`: on DynamoDB Local as well."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from app.core.settings import Settings
from tests.app.v1.previews.desk import Desk
from tests.app.v1.stores import KINDS, in_memory, open_store, timed


@pytest.fixture
def desk(settings: Settings) -> Iterator[Desk]:
    with in_memory() as made:
        yield Desk.over(settings, timed(made))


@pytest.fixture(params=KINDS)
def any_desk(request: pytest.FixtureRequest, settings: Settings) -> Iterator[Desk]:
    with open_store(request.param) as made:
        yield Desk.over(settings, timed(made))
