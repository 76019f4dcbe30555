"""Failures on the way are the transport's to retry: one that does not is asked once."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from typing import Any

import pytest

from singletable import AsyncRepository, Repository, create_table, put
from singletable.errors import RequestError, ServiceUnavailable, Throttled
from singletable.inspect import Retry
from singletable.testing import (
    Fault,
    corrupt,
    faulty,
    lose_answer,
    lose_request,
    memory_transport,
    refuse,
    throttle,
)
from singletable.transport import Transport, TransportError, note_possible_writes
from tests.singletable.raises import raises
from tests.singletable.shop import Product, product, shop

GET = Product.key.get(product_id="lamp")
PUT = put(product())
NOW = Retry(sleep=lambda _: None, jitter=lambda: 0.0)


def opened() -> Transport:
    transport = memory_transport()
    transport("CreateTable", create_table(shop))
    return transport


class Counting:
    """Counts the requests that the engine sends."""

    def __init__(self, transport: Transport) -> None:
        self.transport, self.asked = transport, 0

    def __call__(self, operation: str, parameters: Mapping[str, Any]) -> Mapping[str, Any]:
        self.asked += 1
        return self.transport(operation, parameters)

    async def send(self, operation: str, parameters: Mapping[str, Any]) -> Mapping[str, Any]:
        return self(operation, parameters)


@pytest.mark.parametrize("driver", ["sync", "async"])
@pytest.mark.parametrize(
    ("fault", "expected"),
    [
        (throttle("GetItem"), Throttled),
        (refuse("InternalServerError", "GetItem"), ServiceUnavailable),
        (lose_request("GetItem"), ServiceUnavailable),
        (lose_answer("GetItem"), ServiceUnavailable),
        (corrupt("GetItem"), ServiceUnavailable),
    ],
)
def test_a_transport_without_retries_is_asked_once(
    driver: str, fault: Fault, expected: type[RequestError]
) -> None:
    """In memory, and through an async function of the user's."""
    counting = Counting(faulty(opened(), fault))

    async def fetch() -> Product | None:
        return await AsyncRepository(counting.send, shop, retry=NOW).fetch(GET)

    with raises(expected):
        if driver == "async":
            asyncio.run(fetch())
        else:
            Repository(counting, shop, retry=NOW).fetch(GET)
    assert counting.asked == 1


@pytest.mark.parametrize("notes", [True, False])
def test_a_lost_write_is_repeated_where_the_transport_says_that_it_was_sent(notes: bool) -> None:
    """One that notes nothing may have sent it any number of times."""
    memory = opened()
    counting: Counting

    def send(operation: str, parameters: Mapping[str, Any]) -> Mapping[str, Any]:
        if counting.asked == 1:
            if notes:
                note_possible_writes()
            raise TransportError("Unreachable", "reset", carried_out="unknown")
        return memory(operation, parameters)

    counting = Counting(send)
    repository = Repository(counting, shop, retry=NOW)
    if notes:
        assert repository.write(PUT).product_id == "lamp"
    else:
        with raises(ServiceUnavailable, written="unknown"):
            repository.write(PUT)
    assert counting.asked == 1 + notes
