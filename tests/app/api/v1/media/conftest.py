"""The app with a bucket."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import nullcontext

import pytest

from app.core.settings import Settings
from tests.app.api.v1.media.steps import s3_server
from tests.app.api.v1.stores import timed
from tests.app.conftest import OpenHarness
from tests.app.harness import open_with_bucket


@pytest.fixture(scope="session")
def endpoint() -> Iterator[str]:
    with s3_server() as address:
        yield address


@pytest.fixture
def open_harness(settings: Settings, endpoint: str) -> OpenHarness:
    return lambda store: nullcontext(open_with_bucket(settings, timed(store), endpoint))
