"""`desk`: posts and their previews over moto. `any_desk`: on DynamoDB Local as well."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from app.settings import Settings
from tests.app.v1.conftest import STORES
from tests.app.v1.previews.desk import Desk
from tests.app.v1.stores import in_moto
from tests.app.v1.timed import timed


@pytest.fixture
def desk(settings: Settings) -> Iterator[Desk]:
    with in_moto() as made:
        yield Desk.over(settings, timed(made))


@pytest.fixture(params=["moto", pytest.param("dynamodb-local", marks=pytest.mark.connected)])
def any_desk(request: pytest.FixtureRequest, settings: Settings) -> Iterator[Desk]:
    with STORES[request.param]() as made:
        yield Desk.over(settings, timed(made))
