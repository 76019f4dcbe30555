"""A table with a user and a session, and a gate in front of it."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.app.api.v1.stores import in_memory
from tests.app.services.sessions.watched import Watched


@pytest.fixture
def watched() -> Iterator[Watched]:
    with in_memory() as store:
        yield Watched(store)
