"""`town`: accounts over moto. `any_town`: the table on DynamoDB Local as well."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from moto import mock_aws

from app.settings import Settings
from tests.app.accounts.shared import endpoint, lives, shared_town
from tests.app.accounts.town import Town, open_town
from tests.app.v1.stores import in_dynamodb_local, in_moto

__all__ = ["any_town", "endpoint", "lives", "shared_town", "town"]

STORES = {"moto": in_moto, "dynamodb-local": in_dynamodb_local}


@pytest.fixture
def town(settings: Settings) -> Iterator[Town]:
    with in_moto() as store, open_town(settings, store) as made:
        yield made


@pytest.fixture(params=["moto", pytest.param("dynamodb-local", marks=pytest.mark.connected)])
def any_town(request: pytest.FixtureRequest, settings: Settings) -> Iterator[Town]:
    with mock_aws(), STORES[request.param]() as store, open_town(settings, store) as made:
        yield made
