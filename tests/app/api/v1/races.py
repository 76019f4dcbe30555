"""Ways to the store that make requests meet where it hurts: between reading and writing."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import replace
from itertools import count
from threading import Barrier, BrokenBarrierError
from typing import Any, TypeVar

from tests.app.api.v1.stores import Store

R = TypeVar("R")
READS = ("BatchGetItem", "GetItem", "Query", "Scan")


def meeting(store: Store, number: int) -> Store:
    """Lets the first writes through only when so many have read what they base them on."""
    barrier, arrivals = Barrier(number), count()

    def send(operation: str, parameters: Mapping[str, Any]) -> Mapping[str, Any]:
        if operation not in READS and next(arrivals) < number:
            with suppress(BrokenBarrierError):
                barrier.wait(timeout=5)
        return store.transport(operation, parameters)

    return replace(store, transport=send)


def interrupted(store: Store, by: Callable[[], object]) -> Store:
    """Somebody else gets in before the first write."""
    arrivals = count()

    def send(operation: str, parameters: Mapping[str, Any]) -> Mapping[str, Any]:
        if operation not in READS and next(arrivals) == 0:
            by()
        return store.transport(operation, parameters)

    return replace(store, transport=send)


def at_once(calls: Sequence[Callable[[], R]]) -> list[R]:
    """The answers of all, each called in a thread of its own."""
    with ThreadPoolExecutor(len(calls)) as threads:
        return [future.result() for future in [threads.submit(call) for call in calls]]
