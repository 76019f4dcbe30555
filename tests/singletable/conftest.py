"""The toy shop on every DynamoDB that the tests run against."""

from __future__ import annotations

import pytest

from tests.backends import Backend
from tests.conftest import OpenBackend
from tests.singletable.shop import shop


@pytest.fixture
def db(open_backend: OpenBackend) -> Backend:
    """The shop's table on every DynamoDB that we have."""
    return open_backend(shop)


@pytest.fixture
def moto_db(open_moto: OpenBackend) -> Backend:
    """The shop's table on moto."""
    return open_moto(shop)


@pytest.fixture
def local_db(open_local: OpenBackend) -> Backend:
    """The shop's table on DynamoDB Local, for what moto does not do."""
    return open_local(shop)
