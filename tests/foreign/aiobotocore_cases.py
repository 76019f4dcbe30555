"""Cases of `aiobotocore_transport`: test_aiobotocore.py runs them where aiobotocore is."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from contextlib import AbstractAsyncContextManager
from typing import Any

import pytest
from aiobotocore.config import AioConfig
from aiobotocore.session import get_session

from singletable import AsyncRepository, create, create_table
from singletable.errors import InvalidOperation, ItemExists, ServiceUnavailable
from singletable.inspect import Retry
from singletable.testing import memory_transport
from singletable.transport import aiobotocore_transport
from singletable.transport.boto3 import boto3_transport
from tests.backends import client_of
from tests.singletable.delivery.network import memory_server
from tests.singletable.shop import Product, product, shop
from tests.singletable.stub_server import Stub, answer, stub_server

GET = Product.key.get(product_id="lamp")


def open_client(endpoint: str, **options: Any) -> AbstractAsyncContextManager[Any]:
    opening: AbstractAsyncContextManager[Any] = get_session().create_client(
        "dynamodb",
        region_name="eu-west-1",
        aws_access_key_id="testing",
        aws_secret_access_key="testing",
        endpoint_url=endpoint,
        config=AioConfig(retries={"mode": "standard", "total_max_attempts": 2}, **options),
    )
    return opening


@pytest.fixture
def endpoint() -> Iterator[str]:
    transport = memory_transport()
    transport("CreateTable", create_table(shop, "shop"))
    with memory_server(transport) as started:
        yield started


@pytest.fixture
def stub() -> Iterator[Stub]:
    with stub_server() as started:
        yield started


def test_an_item_is_written_read_and_refused(endpoint: str) -> None:
    """In the loop, without threads."""

    async def main() -> Product | None:
        async with open_client(endpoint) as client:
            repository = AsyncRepository(aiobotocore_transport(client), {shop: "shop"})
            await repository.write(create(product()))
            with pytest.raises(ItemExists) as caught:
                await repository.write(create(product()))
            assert caught.value.written == "no"
            return await repository.fetch(GET)

    found = asyncio.run(main())
    assert found
    assert found.product_id == "lamp"


def test_requests_of_one_client_are_told_apart(endpoint: str) -> None:
    """Fifty tasks at once: each knows of its own attempts."""

    async def main() -> list[Product | None]:
        async with open_client(endpoint) as client:
            repository = AsyncRepository(aiobotocore_transport(client), {shop: "shop"})
            ids = [f"p{number}" for number in range(50)]
            await asyncio.gather(
                *(repository.write(create(product(product_id=each))) for each in ids)
            )
            reads = (repository.fetch(Product.key.get(product_id=each)) for each in ids)
            return list(await asyncio.gather(*reads))

    found = asyncio.run(main())
    assert [each and each.product_id for each in found] == [f"p{number}" for number in range(50)]


def test_a_lost_answer_is_unknown(stub: Stub) -> None:
    """An addition is not sent again."""
    stub.will(answer({}, reset=True))

    async def main() -> None:
        async with open_client(stub.endpoint) as client:
            transport = aiobotocore_transport(client)
            once = Retry(attempts=1)
            repository = AsyncRepository(transport, {shop: "shop"}, retry=once)
            await repository.write(Product.key.patch(product_id="lamp").add(stock=1))

    with pytest.raises(ServiceUnavailable) as caught:
        asyncio.run(main())
    assert caught.value.written == "unknown"
    assert len(stub.asked) == 1


def test_a_task_that_is_cancelled_ends(stub: Stub) -> None:
    """And the client goes on answering others."""
    stub.will(answer({}, wait=2.0), answer({}))

    async def main() -> Product | None:
        async with open_client(stub.endpoint) as client:
            repository = AsyncRepository(aiobotocore_transport(client), {shop: "shop"})
            waiting = asyncio.create_task(repository.fetch(GET))
            await asyncio.sleep(0.2)
            waiting.cancel()
            with pytest.raises(asyncio.CancelledError):
                await waiting
            return await repository.fetch(GET)

    assert asyncio.run(main()) is None


def test_a_client_of_the_other_kind_is_refused(endpoint: str) -> None:
    """Also one that was not opened by `async with`."""

    async def main() -> None:
        unopened = open_client(endpoint)
        async with open_client(endpoint) as client:
            with pytest.raises(InvalidOperation):
                boto3_transport(client)
        with pytest.raises(InvalidOperation):
            aiobotocore_transport(client_of(endpoint))
        with pytest.raises(InvalidOperation):
            aiobotocore_transport(unopened)
        async with unopened:
            pass

    asyncio.run(main())
