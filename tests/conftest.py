"""Shared fixtures and the two tiers. `open_backend(table)` makes the table anew for one test."""

from __future__ import annotations

import asyncio
import gc
from collections.abc import Callable, Generator, Iterator
from contextlib import ExitStack
from functools import cache
from itertools import islice

import botocore.session
import pytest
from botocore.loaders import Loader
from hypothesis import HealthCheck, settings

from scripts.lib.moto_memory import bound_memory
from singletable import Table
from tests.backends import BACKENDS, ON_LOCAL, Backend

pytest_plugins = ["tests.app.asked"]

OpenBackend = Callable[[Table], Backend]

QUICK_EXAMPLES = 15

bound_memory()


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--all", action="store_true", help="run slow tests too, and all examples of properties"
    )


def pytest_configure(config: pytest.Config) -> None:
    """How fast examples come says something of the machine, and nothing of what is tested."""
    patient = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
    settings.register_profile("all", patient)
    settings.register_profile("quick", patient, max_examples=QUICK_EXAMPLES)
    settings.load_profile("all" if config.getoption("all") else "quick")


@pytest.hookimpl(wrapper=True)
def pytest_collection() -> Generator[None, object, object]:
    """Collects without looking for garbage: it takes a third of the time, and tests stay."""
    gc.disable()
    try:
        return (yield)
    finally:
        gc.freeze()
        gc.enable()


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """With --all, what is slow comes first, so that no worker ends long after the others."""
    if config.getoption("all"):
        workers: int = getattr(config, "workerinput", {}).get("workercount", 1)
        items[:] = _slow_first(items, workers)
        return
    config.hook.pytest_deselected(items=[item for item in items if not _is_quick(item)])
    items[:] = [item for item in items if _is_quick(item)]
    for item in items:
        _limit_examples(item)


def _slow_first(items: list[pytest.Item], workers: int) -> list[pytest.Item]:
    """Each worker begins with an equal part of the list: the slow ones are dealt out to these."""
    slow = [item for item in items if not _is_quick(item)]
    quick = iter([item for item in items if _is_quick(item)])
    size = len(items) // workers
    parts = [slow[at::workers] for at in range(workers)]
    dealt = [each for part in parts for each in (*part, *islice(quick, size - len(part)))]
    return [*dealt, *quick]


def _is_quick(item: pytest.Item) -> bool:
    """Neither slow nor asked of DynamoDB Local again, which few modules do in both tiers."""
    if item.get_closest_marker("again") and not item.get_closest_marker("quick_on_local"):
        return False
    return item.get_closest_marker("slow") is None


def _limit_examples(item: pytest.Item) -> None:
    """Of a property that has settings of its own, which no profile reaches."""
    test = getattr(item, "function", None)
    own: settings | None = getattr(test, "_hypothesis_internal_use_settings", None)
    if own is not None and own.max_examples > QUICK_EXAMPLES:
        test._hypothesis_internal_use_settings = settings(own, max_examples=QUICK_EXAMPLES)


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


@pytest.fixture(
    params=[
        "memory",
        "async",
        pytest.param("moto", marks=pytest.mark.slow),
        ON_LOCAL,
    ]
)
def open_backend(request: pytest.FixtureRequest) -> Iterator[OpenBackend]:
    """Creates the declared table under a name of its own: in memory, by both drivers, on moto,
    and on DynamoDB Local."""
    with ExitStack() as opened:
        yield lambda table: opened.enter_context(BACKENDS[request.param](table))


without_moto = pytest.mark.parametrize(
    "open_backend",
    ["memory", "async", ON_LOCAL],
    indirect=True,
)
"""For what moto does otherwise than DynamoDB."""

MEMORY_FIRST = pytest.mark.parametrize(
    "open_backend",
    [
        "memory",
        pytest.param("async", marks=pytest.mark.slow),
        pytest.param("local", marks=[pytest.mark.connected, pytest.mark.slow]),
    ],
    indirect=True,
)
"""For long tables: in memory in the quick tier, and elsewhere in the full one; moto knows less."""


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


@pytest.fixture
def own_loop() -> Iterator[None]:
    """An event loop that is closed: the Lambda adapter leaves open the one that it makes."""
    loop = asyncio.new_event_loop()
    asyncio.set_event_loop(loop)
    yield
    asyncio.set_event_loop(None)
    loop.close()
