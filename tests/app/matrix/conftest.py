"""`world`: one app, one table and one user pool for all tests of a module."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.app.matrix.world import World, open_world


@pytest.fixture(scope="module")
def world() -> Iterator[World]:
    with open_world() as made:
        yield made


@pytest.fixture(autouse=True)
def tidied(world: World) -> Iterator[None]:
    """What a test made is gone after it."""
    yield
    world.tidy()
