"""A table with a user and a session, and a gate in front of it."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.app.sessions.watched import Watched
from tests.app.v1.stores import in_memory


@pytest.fixture
def watched() -> Iterator[Watched]:
    with in_memory() as store:
        yield Watched(store)
