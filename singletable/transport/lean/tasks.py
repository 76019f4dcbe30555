"""The asynchronous transport: connections of an event loop, which tasks use by turns."""

from __future__ import annotations

import asyncio
import time
from contextlib import suppress
from types import TracebackType
from typing import cast
from weakref import WeakKeyDictionary

from singletable.transport.lean.answers import Answer, AnswerReader, BrokenAnswer
from singletable.transport.lean.blocking import (
    LONGEST_IDLE,
    SEARCH,
    check_tunnel,
    readable,
    unreachable,
)
from singletable.transport.lean.calls import Call, Failure, Service
from singletable.transport.lean.settings import Settings, Target
from singletable.transport.lean.signing import Credentials, Signer
from singletable.transport.protocol import Parameters, Response


class AsyncLeanTransport:
    """A transport to be awaited; `aclose` closes connections. See `async_lean_transport`."""

    def __init__(self, settings: Settings) -> None:
        self._keys = settings.keys
        self._service = Service(settings.attempts, settings.seconds, settings.time_left)
        self._main = _Channel(settings, settings.main)
        is_one = settings.search is settings.main
        self._search = self._main if is_one else _Channel(settings, settings.search)

    async def __call__(self, operation: str, parameters: Parameters) -> Response:
        channel = self._search if operation == SEARCH else self._main
        keys = self._keys
        with Call(self._service, operation, parameters) as call:
            while True:
                credentials = (
                    keys.current() if keys.is_at_hand else await asyncio.to_thread(keys.current)
                )
                response: Response | None = None
                try:
                    response = call.answered(await channel.exchange(call, credentials))
                except Failure as failure:
                    call.failed(failure)
                if response is not None:
                    return response
                await asyncio.sleep(call.pause)

    async def aclose(self) -> None:
        """Closes the connections of this loop that nobody uses; a later call opens others."""
        for channel in (self._main, self._search):
            await channel.aclose()

    async def __aenter__(self) -> AsyncLeanTransport:
        return self

    async def __aexit__(
        self, _: type[BaseException] | None, __: BaseException | None, ___: TracebackType | None
    ) -> None:
        await self.aclose()


class _Channel:
    """Sends requests to one endpoint, each on a connection that it has for itself meanwhile."""

    def __init__(self, settings: Settings, target: Target) -> None:
        self.signer = Signer(target.authority, settings.region)
        self._settings, self._target = settings, target
        self._first_lines = target.request_lines()
        self._pools: WeakKeyDictionary[asyncio.AbstractEventLoop, _Pool] = WeakKeyDictionary()

    def _pool(self) -> _Pool:
        loop = asyncio.get_running_loop()
        pool = self._pools.get(loop)
        if pool is None:
            pool = self._pools[loop] = _Pool(self._settings.connections)
        return pool

    async def exchange(self, call: Call, credentials: Credentials) -> Answer:
        """Sends the request of a call and returns its answer, or raises a `Failure`."""
        pool = self._pool()
        async with pool.free:
            headers = call.headers(self.signer, credentials)
            head = f"{self._first_lines}{headers}content-length:{len(call.body)}\r\n\r\n"
            request = head.encode() + call.body
            connection = pool.take() or await self._connect()
            try:
                call.is_open = True
                answer = await connection.exchange(request, self._settings.read_timeout)
            except BaseException:
                connection.drop()
                raise
            if answer.stays_open:
                pool.idle.append(connection)
            else:
                connection.drop()
            return answer

    async def _connect(self) -> _Connection:
        target, loop = self._target, asyncio.get_running_loop()
        connection = _Connection(loop)
        tls = None if target.needs_tunnel else target.tls
        name = target.host if tls else None
        try:
            async with asyncio.timeout(self._settings.connect_timeout):
                await loop.create_connection(
                    lambda: connection, *target.peer, ssl=tls, server_hostname=name
                )
                if target.needs_tunnel:
                    await connection.open_tunnel(target)
        except (OSError, UnicodeError, BrokenAnswer, Failure) as error:
            connection.drop()
            raise unreachable(target, error) from error
        except BaseException:
            connection.drop()
            raise
        return connection

    async def aclose(self) -> None:
        pool = self._pool()
        while pool.idle:
            connection = pool.idle.pop()
            connection.drop()
            await connection.lost


class _Pool:
    """Connections of one loop."""

    def __init__(self, connections: int) -> None:
        self.free = asyncio.Semaphore(connections)
        self.idle = list[_Connection]()

    def take(self) -> _Connection | None:
        """The connection that was used last, if it can still be."""
        while self.idle:
            connection = self.idle.pop()
            if connection.is_fit():
                return connection
            connection.drop()
        return None


class _Connection(asyncio.Protocol):
    """One connection. `lost` is done when it has been closed."""

    def __init__(self, loop: asyncio.AbstractEventLoop) -> None:
        self._loop = loop
        self._transport: asyncio.Transport | None = None
        self._reader = AnswerReader()
        self._waiter: asyncio.Future[Answer] | None = None
        self._since = 0.0
        self.lost: asyncio.Future[None] = loop.create_future()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast("asyncio.Transport", transport)
        self._poll = readable(transport.get_extra_info("socket").fileno())

    def is_fit(self) -> bool:
        """Whether it is open, and nothing came that nobody asked for."""
        is_closed = self._transport is None or self._transport.is_closing()
        is_old = time.monotonic() - self._since >= LONGEST_IDLE
        return not (is_closed or is_old or self._poll())

    async def exchange(self, request: bytes, timeout: float, *, is_tunnel: bool = False) -> Answer:
        if self._transport is None:
            raise Failure("the connection was closed", is_sent=False)
        self._reader = AnswerReader(is_tunnel=is_tunnel)
        self._waiter = self._loop.create_future()
        timer = self._loop.call_later(timeout, self._fail, "no answer within the read timeout")
        try:
            self._transport.write(request)
            answer = await self._waiter
        finally:
            timer.cancel()
            self._waiter = None
        self._since = time.monotonic()
        return answer

    async def open_tunnel(self, target: Target) -> None:
        """Asks the proxy for a connection to the endpoint, and speaks TLS over it."""
        check_tunnel(await self.exchange(target.tunnel_request(), 10**6, is_tunnel=True))
        if self._transport is None or target.tls is None:
            raise ConnectionError("the connection was closed")
        self._transport = await self._loop.start_tls(
            self._transport, self, target.tls, server_hostname=target.host
        )

    def data_received(self, data: bytes) -> None:
        if self._waiter is None or self._waiter.done():
            self.drop()  # nobody asked for it
            return
        try:
            answer = self._reader.feed(data)
        except BrokenAnswer as error:
            self._fail(f"{type(error).__name__}: {error}")
            return
        if answer is not None:
            self._waiter.set_result(answer)

    def connection_lost(self, exc: Exception | None) -> None:
        self._transport = None
        with suppress(asyncio.InvalidStateError):
            self.lost.set_result(None)
        if self._waiter is None or self._waiter.done():
            return
        try:
            if exc is not None:
                raise exc
            self._waiter.set_result(self._reader.end())
        except Exception as error:  # noqa: BLE001 - whatever it was lost by
            self._fail(f"{type(error).__name__}: {error}")

    def _fail(self, message: str) -> None:
        if self._waiter is not None and not self._waiter.done():
            self._waiter.set_exception(Failure(message, is_sent=True))

    def drop(self) -> None:
        if self._transport is not None:
            self._transport.abort()
