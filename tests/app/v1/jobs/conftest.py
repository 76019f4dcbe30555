"""`office`: the app over memory, with bucket and queue. `local_office`: on DynamoDB Local."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from app.core.settings import Settings
from tests.app.v1.jobs.office import Office, open_office
from tests.app.v1.media.bucket import s3_server
from tests.app.v1.stores import in_dynamodb_local, in_memory, timed


@pytest.fixture(scope="session")
def endpoint() -> Iterator[str]:
    with s3_server() as address:
        yield address


@pytest.fixture
def office(settings: Settings, endpoint: str) -> Iterator[Office]:
    with in_memory() as store:
        yield open_office(settings, timed(store), endpoint)


@pytest.fixture
def local_office(settings: Settings, endpoint: str) -> Iterator[Office]:
    with in_dynamodb_local() as store:
        yield open_office(settings, timed(store), endpoint)
