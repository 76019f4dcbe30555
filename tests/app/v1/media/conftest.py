"""`library`: the app over memory, with a bucket. `any_library`: on DynamoDB Local as well."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from app.core.settings import Settings
from tests.app.v1.media.bucket import Library, open_library, s3_server
from tests.app.v1.stores import KINDS, in_memory, open_store, timed


@pytest.fixture(scope="session")
def endpoint() -> Iterator[str]:
    with s3_server() as address:
        yield address


@pytest.fixture
def library(settings: Settings, endpoint: str) -> Iterator[Library]:
    with in_memory() as store:
        yield open_library(settings, timed(store), endpoint)


@pytest.fixture(params=KINDS)
def any_library(
    request: pytest.FixtureRequest, settings: Settings, endpoint: str
) -> Iterator[Library]:
    with open_store(request.param) as store:
        yield open_library(settings, timed(store), endpoint)
