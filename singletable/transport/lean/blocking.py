"""The transport that blocks: a pool of connections on sockets, for any number of threads."""

from __future__ import annotations

import os
import select
import socket
import time
from collections.abc import Callable
from threading import Semaphore
from types import TracebackType
from typing import Final
from weakref import WeakSet

from singletable.transport.lean.answers import Answer, AnswerReader, BrokenAnswer
from singletable.transport.lean.calls import Call, Failure, Service
from singletable.transport.lean.settings import Settings, Target
from singletable.transport.lean.signing import Credentials, Signer
from singletable.transport.protocol import Parameters, Response

LONGEST_IDLE: Final = 50.0
"""Seconds after which an unused connection is not trusted any more."""
SEARCH: Final = "SearchVectors"
_CHUNK: Final = 128 * 1024


class LeanTransport:
    """A transport with connections of its own, which `close` closes. See `lean_transport`."""

    def __init__(self, settings: Settings) -> None:
        self._keys = settings.keys
        self._service = Service(settings.attempts, settings.seconds, settings.time_left)
        self._main = _Channel(settings, settings.main)
        is_one = settings.search is settings.main
        self._search = self._main if is_one else _Channel(settings, settings.search)

    def __call__(self, operation: str, parameters: Parameters) -> Response:
        channel = self._search if operation == SEARCH else self._main
        with Call(self._service, operation, parameters) as call:
            while True:
                credentials = self._keys.current()
                response: Response | None = None
                try:
                    response = call.answered(channel.exchange(call, credentials))
                except Failure as failure:
                    call.failed(failure)
                if response is not None:
                    return response
                time.sleep(call.pause)

    def close(self) -> None:
        """Closes the connections that nobody uses; a later call opens others."""
        for channel in (self._main, self._search):
            channel.close()

    def __enter__(self) -> LeanTransport:
        return self

    def __exit__(
        self, _: type[BaseException] | None, __: BaseException | None, ___: TracebackType | None
    ) -> None:
        self.close()


class _Channel:
    """Sends requests to one endpoint, each on a connection that it has for itself meanwhile."""

    def __init__(self, settings: Settings, target: Target) -> None:
        self.signer = Signer(target.authority, settings.region)
        self._settings, self._target = settings, target
        self._first_lines = target.request_lines()
        self._open = set[_Connection]()
        self._start()
        _CHANNELS.add(self)

    def _start(self) -> None:
        self._free = Semaphore(self._settings.connections)
        self._idle = list[_Connection]()

    def exchange(self, call: Call, credentials: Credentials) -> Answer:
        """Sends the request of a call and returns its answer, or raises a `Failure`.

        It is signed when its turn has come: who waits for a connection loses time.
        """
        with self._free:
            headers = call.headers(self.signer, credentials)
            head = f"{self._first_lines}{headers}content-length:{len(call.body)}\r\n\r\n"
            request = head.encode() + call.body
            connection = self._take() or self._connect()
            try:
                answer = connection.exchange(request, call, self._settings.read_timeout)
            except BaseException:
                self._drop(connection)
                raise
            if answer.stays_open:
                self._idle.append(connection)
            else:
                self._drop(connection)
            return answer

    def _take(self) -> _Connection | None:
        """The connection that was used last, if it can still be."""
        while True:
            try:
                connection = self._idle.pop()
            except IndexError:
                return None
            if connection.is_fit():
                return connection
            self._drop(connection)

    def _connect(self) -> _Connection:
        connection = _connect(self._target, self._settings.connect_timeout)
        self._open.add(connection)
        return connection

    def _drop(self, connection: _Connection) -> None:
        self._open.discard(connection)
        connection.close()

    def close(self) -> None:
        while self._idle:
            self._drop(self._idle.pop())

    def forget(self) -> None:
        """In a forked child: two processes on one connection get each other's answers."""
        inherited, self._open = self._open, set[_Connection]()
        self._start()
        for connection in inherited:
            connection.close()

    def __del__(self) -> None:
        if hasattr(self, "_idle"):
            self.close()


class _Connection:
    """One connection. `is_fit`: whether it is open, and nothing came that nobody asked for."""

    __slots__ = ("_poll", "_since", "_socket", "_timeout")

    def __init__(self, connected: socket.socket) -> None:
        self._socket = connected
        self._poll = readable(connected.fileno())
        self._since = self._timeout = 0.0

    def is_fit(self) -> bool:
        return time.monotonic() - self._since < LONGEST_IDLE and not self._poll()

    def exchange(self, request: bytes, call: Call, timeout: float) -> Answer:
        self._set_timeout(timeout)
        deadline = time.monotonic() + timeout
        call.is_open = True
        self._send(request, deadline)
        reader = AnswerReader()
        try:
            while True:
                data = self._socket.recv(_CHUNK)
                answer = reader.feed(data) if data else reader.end()
                if answer is not None:
                    self._since = time.monotonic()
                    return answer
                self._set_timeout(deadline - time.monotonic())
        except TimeoutError:
            raise Failure("no answer within the read timeout", is_sent=True) from None
        except (OSError, BrokenAnswer) as error:
            raise Failure(f"{type(error).__name__}: {error}", is_sent=True) from error

    def _send(self, request: bytes, deadline: float) -> None:
        """Fails where the end was not sent: without it the service does nothing.

        What a handler of signals raises may come when all was sent.
        """
        left = memoryview(request)
        try:
            while left:
                left = left[self._socket.send(left) :]
                if left:
                    self._set_timeout(deadline - time.monotonic())
        except OSError as error:
            is_of_others = error.errno is None and time.monotonic() < deadline
            shown = f"{type(error).__name__}: {error}"
            raise Failure(shown, is_sent=is_of_others) from error

    def _set_timeout(self, timeout: float) -> None:
        """Raises `TimeoutError` where no time is left."""
        if timeout <= 0:
            raise TimeoutError
        if timeout != self._timeout:
            self._socket.settimeout(timeout)
            self._timeout = timeout

    def close(self) -> None:
        self._socket.close()


def readable(descriptor: int) -> Callable[[], object]:
    """A function that tells whether an unused connection was closed, or has what nobody awaits."""
    if not hasattr(select, "poll"):
        return lambda: select.select([descriptor], [], [], 0)[0]
    poll = select.poll()
    poll.register(descriptor, select.POLLIN)
    return lambda: poll.poll(0)


def _connect(target: Target, timeout: float) -> _Connection:
    connected: socket.socket | None = None
    try:
        connected = socket.create_connection(target.peer, timeout)
        connected.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        connected.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
        if target.needs_tunnel:
            _open_tunnel(connected, target)
        if target.tls:
            connected = target.tls.wrap_socket(connected, server_hostname=target.host)
    except (OSError, UnicodeError, BrokenAnswer) as error:
        if connected is not None:
            connected.close()
        raise unreachable(target, error) from error
    return _Connection(connected)


def _open_tunnel(connected: socket.socket, target: Target) -> None:
    connected.sendall(target.tunnel_request())
    reader, answer = AnswerReader(is_tunnel=True), None
    while answer is None:
        data = connected.recv(4096)
        answer = reader.feed(data) if data else reader.end()
    check_tunnel(answer)


def check_tunnel(answer: Answer) -> None:
    if answer.status // 100 != 2 or not answer.stays_open:
        raise BrokenAnswer(f"the proxy answered {answer.status}")


def unreachable(target: Target, error: Exception) -> Failure:
    """The failure of a connection that was not made."""
    by = f" by {target.proxy.host}:{target.proxy.port}" if target.proxy else ""
    shown = str(error) or type(error).__name__
    return Failure(f"no connection to {target.url}{by}: {shown}", is_sent=False)


_CHANNELS: WeakSet[_Channel] = WeakSet()


def _forget_connections() -> None:
    for channel in tuple(_CHANNELS):
        channel.forget()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_forget_connections)
