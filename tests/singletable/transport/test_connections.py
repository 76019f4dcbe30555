"""Connections of lean transports: kept, shared by nobody, given up in time."""

from __future__ import annotations

import asyncio
import gc
import os
import socket
import struct
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from typing import Any

import pytest

from singletable.errors.transport import UNREACHABLE, TransportError
from singletable.transport import async_lean_transport, lean_transport
from singletable.transport.lean import blocking
from tests.singletable.delivery.test_forks import code_of, in_child
from tests.singletable.transport.conftest import OpenLean, options

GET = ("GetItem", {"TableName": "t", "Key": {"PK": {"S": "a"}}})
ADD = ("UpdateItem", {"TableName": "t", "Key": {}, "UpdateExpression": "ADD #a :a"})
BODY = b'{"ok": {"S": "y"}}'
GOOD = b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n%b" % (len(BODY), BODY)
OK = {"ok": {"S": "y"}}

Act = Callable[[socket.socket, bytes], object]
"""What the server does with a request that came: sends, waits, closes."""


def good(peer: socket.socket, _: bytes) -> None:
    peer.sendall(GOOD)


class Server:
    """Does with the next request of any connection what it is told; afterwards answers well."""

    def __init__(self) -> None:
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.endpoint = f"http://127.0.0.1:{self.listener.getsockname()[1]}"
        self.acts = list[Act]()
        self.requests = list[bytes]()
        self.peers = list[socket.socket]()
        self.lock = threading.Lock()
        threading.Thread(target=self._accept, daemon=True).start()

    def _accept(self) -> None:
        while True:
            try:
                peer, _ = self.listener.accept()
            except OSError:
                return
            self.peers.append(peer)
            threading.Thread(target=self._serve, args=(peer,), daemon=True).start()

    def _serve(self, peer: socket.socket) -> None:
        try:
            while request := _read_request(peer):
                with self.lock:
                    self.requests.append(request)
                    act = self.acts.pop(0) if self.acts else good
                act(peer, request)
        except OSError:
            pass

    def close(self) -> None:
        for each in (self.listener, *self.peers):
            with suppress(OSError):  # to close it wakes no thread that waits on it
                each.shutdown(socket.SHUT_RDWR)
            each.close()


def _read_request(peer: socket.socket) -> bytes:
    data = b""
    while True:
        head, end, body = data.partition(b"\r\n\r\n")
        if end:
            length = int(head.rpartition(b"content-length:")[2])
            if len(body) >= length:
                return data
        more = peer.recv(65536)
        if not more:
            return b""
        data += more


@contextmanager
def serving() -> Iterator[Server]:
    server = Server()
    try:
        yield server
    finally:
        server.close()


@pytest.fixture
def server() -> Iterator[Server]:
    with serving() as started:
        yield started


def reset(peer: socket.socket, _: bytes) -> None:
    peer.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    peer.close()


def hang_up(peer: socket.socket, _: bytes) -> None:
    peer.shutdown(socket.SHUT_RDWR)


def answer_and_hang_up(peer: socket.socket, _: bytes) -> None:
    peer.sendall(GOOD)
    peer.shutdown(socket.SHUT_WR)


def trickle(peer: socket.socket, _: bytes) -> None:
    for at in range(len(GOOD)):
        peer.sendall(GOOD[at : at + 1])
        time.sleep(0.05)


def keep_silent(_: socket.socket, __: bytes) -> None:
    time.sleep(1.0)


def test_a_connection_is_used_again(server: Server, open_lean: OpenLean) -> None:
    """For one request after another."""
    send = open_lean(server.endpoint)
    assert [send(*GET) for _ in range(5)] == [OK] * 5
    assert len(server.peers) == 1
    head = server.requests[0].partition(b"\r\n\r\n")[0].split(b"\r\n")
    assert head[0] == b"POST / HTTP/1.1"
    assert b"accept-encoding:identity" in head
    assert b"host:" + server.endpoint.removeprefix("http://").encode() in head


@pytest.mark.parametrize("act", [answer_and_hang_up, lambda p, _: p.sendall(GOOD + b"HTTP/1.1 4")])
def test_one_that_the_server_closed_is_not(server: Server, open_lean: OpenLean, act: Act) -> None:
    """Nor one on which something came that nobody asked for: what counts is sent once."""
    send = open_lean(server.endpoint, attempts=1)
    server.acts = [act]
    assert send(*ADD) == OK
    time.sleep(0.05)
    assert send(*ADD) == OK
    assert (len(server.peers), len(server.requests)) == (2, 2)


def test_one_that_was_idle_for_long_is_not(
    server: Server, open_lean: OpenLean, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Somebody on the way may have forgotten it."""
    send = open_lean(server.endpoint)
    for module in ("blocking", "tasks"):
        monkeypatch.setattr(f"singletable.transport.lean.{module}.LONGEST_IDLE", 0.05)
    send(*GET)
    time.sleep(0.1)
    send(*GET)
    assert len(server.peers) == 2


@pytest.mark.usefixtures("at_once")
@pytest.mark.parametrize("act", [reset, hang_up, lambda p, _: (p.sendall(GOOD[:-4]), reset(p, _))])
def test_a_connection_that_breaks_loses_the_answer(
    server: Server, open_lean: OpenLean, act: Act
) -> None:
    """Whether it is the first on it or a later one: a read is sent again, a counter is not."""
    send = open_lean(server.endpoint)
    for _ in range(2):
        server.acts = [good, act, good]
        assert [send(*GET), send(*GET)] == [OK, OK]
    server.acts = [act]
    with pytest.raises(TransportError) as caught:
        send(*ADD)
    assert (caught.value.code, caught.value.is_refusal) == (UNREACHABLE, False)
    assert send(*ADD) == OK


@pytest.mark.parametrize("act", [keep_silent, trickle])
def test_an_answer_has_its_time(server: Server, open_lean: OpenLean, act: Act) -> None:
    """All of it: one byte after another does not prolong it."""
    send = open_lean(server.endpoint, read_timeout=0.2, attempts=1)
    server.acts = [act]
    started = time.monotonic()
    with pytest.raises(TransportError) as caught:
        send(*ADD)
    assert 0.15 < time.monotonic() - started < 0.8
    assert "no answer within" in caught.value.message
    assert not caught.value.is_refusal
    assert send(*GET) == OK
    assert len(server.peers) == 2


def test_a_connection_has_its_time(open_lean: OpenLean) -> None:
    """A port that accepts nobody, as its queue is full."""
    with socket.socket() as full:
        full.bind(("127.0.0.1", 0))
        full.listen(0)
        address = full.getsockname()
        waiting = [socket.socket() for _ in range(4)]
        for each in waiting:
            each.setblocking(False)
            each.connect_ex(address)
        send = open_lean(f"http://127.0.0.1:{address[1]}", connect_timeout=0.2, attempts=1)
        with pytest.raises(TransportError) as caught:
            send(*ADD)
        for each in waiting:
            each.close()
    assert caught.value.is_refusal
    assert "no connection" in caught.value.message


def test_a_server_that_comes_back_is_found(open_lean: OpenLean) -> None:
    """After it was killed, with connections kept."""
    with serving() as first:
        send = open_lean(first.endpoint, attempts=1)
        assert send(*GET) == OK
        port = first.listener.getsockname()[1]
    with pytest.raises(TransportError) as caught:
        send(*ADD)
    assert caught.value.is_refusal
    with socket.create_server(("127.0.0.1", port)) as listener:
        again = threading.Thread(target=_serve_once, args=(listener,))
        again.start()
        assert send(*ADD) == OK
        again.join()


def _serve_once(listener: socket.socket) -> None:
    peer, _ = listener.accept()
    with peer:
        _read_request(peer)
        peer.sendall(GOOD)


def test_a_long_request_and_a_long_answer_arrive_whole(server: Server, open_lean: OpenLean) -> None:
    """Of more than one piece each."""
    text = "ä" * 3_000_000
    body = b'{"x": "%b"}' % text.encode()
    framed = b"HTTP/1.1 200 OK\r\ncontent-length: %d\r\n\r\n%b" % (len(body), body)
    server.acts = [lambda peer, _: peer.sendall(framed)]
    assert open_lean(server.endpoint)("PutItem", {"x": text}) == {"x": text}
    assert server.requests[0].endswith(b'{"x":"%b"}' % text.encode())


def test_a_server_that_stops_reading_has_received_no_request(
    server: Server, open_lean: OpenLean
) -> None:
    """Blocking, it is known that the end was not sent; in a loop it is not."""
    listener = socket.create_server(("127.0.0.1", 0), backlog=8)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
    endpoint = f"http://127.0.0.1:{listener.getsockname()[1]}"
    with listener:
        send = open_lean(endpoint, read_timeout=0.3, attempts=1)
        with pytest.raises(TransportError) as caught:
            send("UpdateItem", {"x": "x" * 30_000_000, "UpdateExpression": "ADD #a :a"})
    assert caught.value.is_refusal is (open_lean.__name__ == "blocking")


# threads and tasks


def echo(peer: socket.socket, request: bytes) -> None:
    body = request.partition(b"\r\n\r\n")[2]
    time.sleep(0.002)
    peer.sendall(b"HTTP/1.1 200 OK\r\ncontent-length: %d\r\n\r\n%b" % (len(body), body))


class Interrupted:
    """A socket whose user is interrupted when all was sent: signal handlers run then."""

    def __init__(self, connected: socket.socket) -> None:
        self._connected = connected

    def send(self, data: bytes) -> int:
        self._connected.send(data)
        raise TimeoutError("the job takes too long")

    def __getattr__(self, name: str) -> Any:
        return getattr(self._connected, name)


def test_an_interrupted_write_is_not_taken_for_one_that_was_not_sent(
    server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An exception of a signal handler looks like the socket's own."""
    connect = blocking._connect  # pyright: ignore[reportPrivateUsage]

    def interrupted(*given: Any) -> Any:
        connection = connect(*given)
        monkeypatch.setattr(connection, "_socket", Interrupted(connection._socket))  # pyright: ignore[reportPrivateUsage]
        return connection

    monkeypatch.setattr(blocking, "_connect", interrupted)
    with (
        lean_transport(**options(server.endpoint, {})) as send,
        pytest.raises(TransportError) as lost,
    ):
        send(*ADD)
    assert lost.value.carried_out == "unknown"
    until = time.monotonic() + 5
    while not server.requests and time.monotonic() < until:
        time.sleep(0.01)
    assert len(server.requests) == 1


def test_threads_get_their_own_answers_on_few_connections(server: Server) -> None:
    """No more connections than are allowed; the others wait."""
    server.acts = [echo] * 400
    with lean_transport(**options(server.endpoint, {"connections": 3})) as send:

        def ask(number: int) -> bool:
            return send("GetItem", {"n": number}) == {"n": number}

        with ThreadPoolExecutor(12) as pool:
            assert all(pool.map(ask, range(400)))
    assert 1 < len(server.peers) <= 3


def test_tasks_get_their_own_answers_on_few_connections(server: Server) -> None:
    """Of two loops, one after the other, too."""
    send = async_lean_transport(**options(server.endpoint, {"connections": 3}))

    async def main() -> None:
        async with send:
            asked = [send("GetItem", {"n": number}) for number in range(200)]
            assert await asyncio.gather(*asked) == [{"n": number} for number in range(200)]

    for _ in range(2):
        server.acts = [echo] * 200
        asyncio.run(main())
    assert 2 < len(server.peers) <= 6


def test_a_task_that_is_cancelled_spoils_nothing(server: Server) -> None:
    """Its connection is given up, for its answer may come; a write may have been carried out."""
    from singletable.transport.attempts import CURRENT, Attempts

    attempts = Attempts()

    async def main() -> None:
        async with async_lean_transport(**options(server.endpoint, {"connections": 1})) as send:
            server.acts = [lambda peer, _: (time.sleep(0.2), peer.sendall(GOOD))]
            CURRENT.set(attempts)
            waiting = asyncio.create_task(send(*ADD))  # type: ignore[arg-type]
            while not server.requests:
                await asyncio.sleep(0.01)
            waiting.cancel()
            with pytest.raises(asyncio.CancelledError):
                await waiting
            server.acts = [echo]
            assert await send("GetItem", {"n": 1}) == {"n": 1}

    asyncio.run(main())
    assert attempts.possible == 1
    assert len(server.peers) == 2


def test_closed_connections_are_closed(server: Server, open_lean: OpenLean) -> None:
    """And so are those of a transport that nobody has any more."""

    def is_closed() -> bool:
        server.peers[-1].settimeout(5)
        return server.peers[-1].recv(1) == b""

    def quiet(peer: socket.socket, _: bytes) -> None:
        peer.sendall(GOOD)
        raise OSError("reads no more")

    server.acts = [quiet, quiet]
    with lean_transport(**options(server.endpoint, {})) as send:
        send(*GET)
    assert is_closed()
    left = lean_transport(**options(server.endpoint, {}))
    left(*GET)
    del left
    gc.collect()
    assert is_closed()


def test_an_address_of_version_six_is_reached(open_lean: OpenLean) -> None:
    """In brackets, as URLs have it."""
    try:
        listener = socket.create_server(("::1", 0), family=socket.AF_INET6)
    except OSError:
        pytest.skip("the machine has no IPv6")
    with listener:
        port = listener.getsockname()[1]
        thread = threading.Thread(target=_serve_once, args=(listener,))
        thread.start()
        assert open_lean(f"http://[::1]:{port}")(*GET) == OK
        thread.join()


def test_two_hosts_where_vectors_are_searched_elsewhere(
    server: Server, open_lean: OpenLean, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each has connections of its own."""
    with serving() as search:
        found = (server.endpoint, search.endpoint, "eu-west-1")
        monkeypatch.setattr(
            "singletable.transport.lean.settings.Configured.endpoints", lambda *_: found
        )
        send: Any = open_lean("")
        assert [send(*GET), send("SearchVectors", {"q": 1})] == [OK, OK]
        assert (len(server.requests), len(search.requests)) == (1, 1)
        assert b"host:" + search.endpoint.removeprefix("http://").encode() in search.requests[0]


@pytest.mark.skipif(not hasattr(os, "fork"), reason="the platform cannot fork")
@pytest.mark.filterwarnings("ignore:This process:DeprecationWarning")
def test_a_forked_child_has_connections_of_its_own(server: Server) -> None:
    """Also where a thread, which it does not inherit, holds the only one that is allowed."""
    with lean_transport(**options(server.endpoint, {"connections": 1, "attempts": 1})) as send:
        assert send(*GET) == OK
        server.acts = [lambda peer, _: (time.sleep(0.5), peer.sendall(GOOD))]
        answers = list[object]()
        thread = threading.Thread(target=lambda: answers.append(send(*GET)))
        thread.start()
        time.sleep(0.1)
        child = in_child(lambda: 0 if send("GetItem", {"n": 1}) == OK else 1)
        assert code_of(child, 10) == 0
        thread.join()
        assert answers == [OK]
        assert send(*GET) == OK
    assert len(server.peers) == 2
