"""`site`: the app over moto. `any_site`: the same tests on DynamoDB Local as well."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from app.settings import Settings
from tests.app.v1.site import Site, open_site
from tests.app.v1.stores import in_dynamodb_local, in_moto

STORES = {"moto": in_moto, "dynamodb-local": in_dynamodb_local}


@pytest.fixture
def site(settings: Settings) -> Iterator[Site]:
    with in_moto() as store:
        yield open_site(settings, store)


@pytest.fixture(params=["moto", pytest.param("dynamodb-local", marks=pytest.mark.connected)])
def any_site(request: pytest.FixtureRequest, settings: Settings) -> Iterator[Site]:
    with STORES[request.param]() as store:
        yield open_site(settings, store)
