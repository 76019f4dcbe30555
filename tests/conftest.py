"""Shared fixtures. `open_backend(table)` makes the table anew for one test, on each DynamoDB."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack

import pytest

from singletable import Table
from tests.backends import BACKENDS, Backend

OpenBackend = Callable[[Table], Backend]


@pytest.fixture(params=["moto", pytest.param("local", marks=pytest.mark.connected)])
def open_backend(request: pytest.FixtureRequest) -> Iterator[OpenBackend]:
    """Creates the declared table under a name of its own, on moto and on DynamoDB Local."""
    with ExitStack() as opened:
        yield lambda table: opened.enter_context(BACKENDS[request.param](table))


@pytest.fixture(params=[pytest.param("local", marks=pytest.mark.connected)])
def open_local(request: pytest.FixtureRequest) -> Iterator[OpenBackend]:
    """The same on DynamoDB Local alone, for what moto does not do."""
    with ExitStack() as opened:
        yield lambda table: opened.enter_context(BACKENDS[request.param](table))


@pytest.fixture
def open_moto() -> Iterator[OpenBackend]:
    """The same on moto alone, for tests that ask much."""
    with ExitStack() as opened:
        yield lambda table: opened.enter_context(BACKENDS["moto"](table))
