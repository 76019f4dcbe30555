"""An asynchronous transport over one that blocks: each request waits in a thread."""

from __future__ import annotations

from concurrent.futures import Executor
from contextvars import copy_context

from singletable.transport.protocol import AsyncTransport, Parameters, Response, Transport


def in_threads(transport: Transport, executor: Executor | None = None) -> AsyncTransport:
    """Makes an asynchronous transport of `transport`, as of `boto3_transport(client)`.

    `executor` has the threads; None: the event loop's own. No more requests are under way at once
    than it has threads, and a client has connections (`Config(max_pool_connections=...)`). Where
    the task that awaits a request is cancelled, the request goes on: a write may be carried out.
    """

    async def send(operation: str, parameters: Parameters) -> Response:
        # What a write notes of its attempts is found by the context, which goes along.
        context = copy_context()

        def call() -> Response:
            return context.run(transport, operation, parameters)

        from asyncio import get_running_loop  # noqa: PLC0415 - loads long, and not for all

        return await get_running_loop().run_in_executor(executor, call)

    return send
