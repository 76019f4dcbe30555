"""A pytest plugin: `boto3_transport` sends through aiobotocore, so that its tests hold for both.

Each request is awaited in a loop that runs in a thread of its own.
"""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Mapping
from contextlib import AsyncExitStack
from typing import Any

from aiobotocore.config import AioConfig
from aiobotocore.session import get_session
from botocore.hooks import first_non_none_response

from singletable import transport
from singletable.transport import Transport, aiobotocore_transport

LOOP = asyncio.new_event_loop()
OPENED = AsyncExitStack()
threading.Thread(target=LOOP.run_forever, daemon=True).start()


async def _open(sync: Any) -> Any:
    given = sync.meta.config
    config = AioConfig(
        retries=given.retries,
        read_timeout=given.read_timeout,
        connect_timeout=given.connect_timeout,
        max_pool_connections=given.max_pool_connections,
    )
    creating = get_session().create_client(
        "dynamodb",
        region_name="eu-west-1",
        aws_access_key_id="testing",
        aws_secret_access_key="testing",
        endpoint_url=sync.meta.endpoint_url,
        config=config,
    )
    client = await OPENED.enter_async_context(creating)

    def emit(*, event_name: str, request: Any, **_: Any) -> Any:
        answers = sync.meta.events.emit(event_name, request=request)
        return first_non_none_response(answers)

    client.meta.events.register("before-send.dynamodb", emit)
    return client


def through_aiobotocore(client: Any) -> Transport:
    """Makes a transport over aiobotocore, of the same endpoint, configuration and observers."""
    send = aiobotocore_transport(asyncio.run_coroutine_threadsafe(_open(client), LOOP).result())

    def call(operation: str, parameters: Mapping[str, Any]) -> Mapping[str, Any]:
        return asyncio.run_coroutine_threadsafe(send(operation, parameters), LOOP).result()

    return call


transport.boto3_transport = through_aiobotocore


def pytest_sessionfinish() -> None:
    """Closes all clients."""
    asyncio.run_coroutine_threadsafe(OPENED.aclose(), LOOP).result()
