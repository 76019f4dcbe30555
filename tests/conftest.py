"""Shared fixtures. `open_backend(table)` makes the table anew for one test, on each DynamoDB."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from functools import cache

import botocore.session
import pytest
from botocore.loaders import Loader
from hypothesis import HealthCheck, settings

from scripts.lib.moto_memory import bound_memory
from singletable import Table
from tests.backends import BACKENDS, Backend

OpenBackend = Callable[[Table], Backend]

# How fast examples come says something of the machine, and nothing of what is tested.
settings.register_profile(
    "any machine", deadline=None, suppress_health_check=[HealthCheck.too_slow]
)
settings.load_profile("any machine")

bound_memory()


@pytest.fixture(scope="session", autouse=True)
def shared_service_models() -> Iterator[None]:
    """AWS's descriptions of its services are read once: sessions come and go with every test."""
    made = cache(botocore.session.create_loader)

    def shared(search_path: str | None = None) -> Loader:
        loader = made(search_path)
        loader.search_paths[:] = dict.fromkeys(loader.search_paths)  # each session adds its own
        return loader

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(botocore.session, "create_loader", shared)
        yield


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
