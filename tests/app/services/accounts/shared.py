"""Fixtures: a town whose store and pool other processes reach as well, and one that is killed."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from access_patterns import blog
from app.core.settings import Settings
from singletable import boto3_transport
from tests.app.api.v1.stores import Store
from tests.app.harness import AppHarness, open_with_pool
from tests.app.killed_process import killed_process
from tests.app.services.accounts.server import Lives, moto_server
from tests.backends import client_of, undeployed


@pytest.fixture(scope="session")
def endpoint() -> Iterator[str]:
    """Moto's, in a process of its own: tests that reset moto in theirs do not reach it."""
    with moto_server() as url:
        yield url


@pytest.fixture(scope="session")
def lives(endpoint: str) -> Iterator[Lives]:
    with killed_process("tests.app.services.accounts.killed", endpoint) as process:
        yield Lives(process)


@pytest.fixture
def shared_harness(settings: Settings, endpoint: str) -> Iterator[AppHarness]:
    client = client_of(endpoint)
    client.create_table(**undeployed(blog, "blog"))
    store = Store(boto3_transport(client), "blog")
    with open_with_pool(settings, store, endpoint) as made:
        yield made
    client.delete_table(TableName="blog")
