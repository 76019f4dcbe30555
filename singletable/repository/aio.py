"""The asynchronous repository: drives the same pipeline over an asynchronous transport."""

from __future__ import annotations

import time
from collections.abc import AsyncIterator, Awaitable, Collection
from copy import copy
from typing import Any, TypeVar, cast, overload

from pydantic import BaseModel
from typing_extensions import Unpack

from singletable.errors.base import SingleTableError
from singletable.errors.transport import TransportError
from singletable.operations import (
    Clear,
    Context,
    Operation,
    PagedRead,
    Read,
    Request,
    WriteOperation,
)
from singletable.operations.writes.clear import ClearRound
from singletable.repository.binding import Binding, Options, Tables, pages
from singletable.repository.middleware import AsyncExecute, AsyncMiddleware, wrap_async
from singletable.repository.pipeline import Pipeline, Replies, Reply, Wait, execute, refuse
from singletable.repository.responses import check_response, to_failure
from singletable.repository.tenancy import tenancy
from singletable.transport import AsyncTransport, Response
from singletable.transport.attempts import CURRENT, WRITES, Attempts

R = TypeVar("R")
E = TypeVar("E", bound=BaseModel)


class AsyncRepository:
    """The asynchronous `Repository`; requests that may be sent side by side are tasks."""

    def __init__(
        self, transport: AsyncTransport, tables: Tables, **options: Unpack[Options]
    ) -> None:
        self._transport = transport
        self._binding = Binding(tables, options)
        self._execute: AsyncExecute = self._drive
        self._middlewares: tuple[AsyncMiddleware, ...] = ()
        self._guards: tuple[AsyncMiddleware, ...] = ()

    def with_middleware(self, middleware: AsyncMiddleware) -> AsyncRepository:
        """Returns a repository whose operations go through this middleware before all others."""
        other = copy(self)
        other._execute = wrap_async(middleware, self._execute)
        other._middlewares = (middleware, *self._middlewares)
        for guard in self._guards:  # before a cache, which would answer what another tenant asked
            other._execute = wrap_async(guard, other._execute)
        return other

    def for_tenant(
        self, *, shared: Collection[type[BaseModel]] = (), **bound: object
    ) -> AsyncRepository:
        """Returns a repository that sends only what stays in partitions with these field values.

        `repository.for_tenant(tenant_id="acme", shared=[Plan])`: every partition key that is read
        or written has `tenant_id`, unique items too, and it is "acme"; the shared entities, which
        have no such field, are excepted. Anything else is an `InvalidOperation`, before all
        middlewares. What middlewares attach to an operation is theirs.
        """
        guard = tenancy(bound, shared).guard_async
        other = copy(self)
        other._execute = wrap_async(guard, self._execute)
        other._guards = (guard, *self._guards)
        return other

    def fetch(self, operation: Read[R]) -> Awaitable[R]:
        """Carries out a read and returns its result."""
        if not isinstance(cast(object, operation), Read):
            refuse(operation, "reads; write(...) takes writes")
        return self._execute(operation, self._binding.context())

    def write(self, operation: WriteOperation[R]) -> Awaitable[R]:
        """Carries out a write and returns its result; an error's `written` says what became of it.

        "no", "yes", or "unknown" where an answer was lost.
        """
        if not isinstance(cast(object, operation), WriteOperation):
            refuse(operation, "writes; fetch(...) takes reads")
        return self._execute(operation, self._binding.context())

    @overload
    def iterate(self, operation: PagedRead[E]) -> AsyncIterator[E]: ...
    @overload
    def iterate(self, operation: Clear) -> AsyncIterator[int]: ...
    def iterate(self, operation: PagedRead[Any] | Clear) -> AsyncIterator[Any]:
        """Yields every item of a query or scan, or as many as it takes, reading page by page.

        `RequestLimitReached` when its `max_requests` ends it early. Of `clear(query)` it
        yields after each page how many items were deleted until then.
        """
        if isinstance(operation, Clear):
            return self._clear(operation)
        if not isinstance(cast(object, operation), PagedRead):
            refuse(operation, "queries, scans and clear(query); fetch(...) takes other reads")
        return self._iterate(operation)

    async def _clear(self, operation: Clear) -> AsyncIterator[int]:
        following: ClearRound | None = operation.first_round()
        while following is not None:
            done = await self.write(following)
            yield done.deleted
            following = done.following

    async def _iterate(self, query: PagedRead[E]) -> AsyncIterator[E]:
        asked = pages(query)
        following: PagedRead[E] | None = next(asked)
        while following is not None:
            page = await self.fetch(following)
            for item in page.items:
                yield item
            try:
                following = asked.send(page)
            except StopIteration:
                following = None

    async def _drive(self, operation: Operation[R], context: Context, /) -> R:
        pipeline: Pipeline[R] = execute(operation, context, self._binding.policy)
        replies: Replies | None = None
        try:
            while True:
                try:
                    command = next(pipeline) if replies is None else pipeline.send(replies)
                except StopIteration as done:
                    result: R = done.value
                    return result
                if isinstance(command, Wait):
                    import asyncio  # noqa: PLC0415 - as in `_send`

                    await asyncio.sleep(command.seconds)
                    replies = ()
                else:
                    replies = await self._send(command)
        finally:  # also where a transport interrupts: observers are told now
            pipeline.close()

    async def _send(self, requests: tuple[Request, ...]) -> Replies:
        attempt = self._attempt_write if requests[0].operation in WRITES else self._attempt
        if len(requests) == 1:
            return (await attempt(requests[0]),)
        import asyncio  # noqa: PLC0415 - takes a tenth of this package's import

        running = [asyncio.ensure_future(attempt(each)) for each in requests]
        try:
            return tuple(await asyncio.gather(*running))
        finally:  # nobody waits for the others when one raised
            for each in running:
                each.cancel()
            await asyncio.gather(*running, return_exceptions=True)

    async def _attempt(self, request: Request) -> Reply:
        outcome: Response | TransportError
        started = time.perf_counter()
        try:
            outcome = await self._transport(request.operation, request.parameters)
            check_response(request, outcome)
        except (SingleTableError, StopIteration, StopAsyncIteration):
            raise
        except Exception as error:  # noqa: BLE001 - nothing else leaves the engine
            outcome = to_failure(request, error)
        return Reply(outcome, time.perf_counter() - started)

    async def _attempt_write(self, request: Request) -> Reply:
        """Likewise, and counts how often the write may have been carried out."""
        attempts = Attempts()
        outer = CURRENT.set(attempts)
        try:
            reply = await self._attempt(request)
        finally:
            CURRENT.reset(outer)
        reply.possible = attempts.possible
        return reply
