"""A clock that answers no moment is refused before anything is sent."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import pytest

from singletable import AsyncRepository, Repository, create, create_table
from singletable.errors import InvalidOperation
from singletable.testing import memory_transport
from tests.singletable.raises import raises
from tests.singletable.shop import Product, Status, product, shop


def send(operation: str, parameters: Mapping[str, Any]) -> Mapping[str, Any]:
    raise AssertionError(operation)


async def send_async(operation: str, parameters: Mapping[str, Any]) -> Mapping[str, Any]:
    raise AssertionError(operation)


@pytest.mark.parametrize(
    "clock",
    [
        lambda: None,
        time.time,
        lambda: 3,
        datetime.now,
        lambda: "2026-03-01T00:00:00+00:00",
    ],
)
def test_what_is_no_moment_is_refused_by_reads_and_writes(clock: Callable[[], Any]) -> None:
    """By both drivers; nothing is written."""
    repository = Repository(send, shop, clock=clock)
    awaited = AsyncRepository(send_async, shop, clock=clock)
    query = Product.catalogue.query(status=Status.DRAFT)

    async def fetch() -> Any:
        return await awaited.fetch(query)

    async def write() -> Any:
        return await awaited.write(create(product()))

    acts: tuple[Callable[[], Any], ...] = (
        lambda: repository.fetch(query),
        lambda: next(repository.iterate(query)),
        lambda: repository.write(create(product())),
        lambda: asyncio.run(fetch()),
        lambda: asyncio.run(write()),
    )
    for act in acts:
        with raises(
            InvalidOperation,
            where="repository",
            declared="clock= returns",
            allowed="a datetime with a time zone",
            written="no",
        ):
            act()


def test_a_moment_of_any_zone_is_the_stamp() -> None:
    """Stored as the instant that it is."""
    transport = memory_transport()
    transport("CreateTable", create_table(shop))
    noon = datetime(2026, 3, 1, 12, tzinfo=timezone(timedelta(hours=2)))
    written = Repository(transport, shop, clock=lambda: noon).write(create(product()))
    assert written.updated_at == datetime(2026, 3, 1, 10, tzinfo=UTC)
