"""A network that loses answers: an HTTP server over the memory transport, and a proxy before one.

The proxy always carries the request out. Then it swallows the answer, cuts it, spoils it, resets
the connection, or keeps it back until the client has given up.
"""

from __future__ import annotations

import http.client
import json
import random
import socket
import struct
import threading
import time
import zlib
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import urlsplit

from singletable.errors.transport import TransportError
from singletable.transport import Transport

FAULTS = ("swallow", "cut", "spoil", "reset", "keep back", "fail")
_KIND = "application/x-amz-json-1.0"


class _Quiet(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True  # or every answer, sent in two pieces, waits for 40 ms

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - its name there
        pass

    def handle(self) -> None:
        try:
            super().handle()
        except (OSError, ValueError):
            self.close_connection = True

    def finish(self) -> None:
        try:
            super().finish()
        except (OSError, ValueError):
            self.close_connection = True

    def body(self) -> bytes:
        return self.rfile.read(int(self.headers["Content-Length"]))

    def send_body(self, status: int, body: bytes, crc: int, length: int | None = None) -> None:
        self.send_response(status)
        self.send_header("Content-Type", _KIND)
        self.send_header("Content-Length", str(len(body) if length is None else length))
        self.send_header("x-amz-crc32", str(crc))
        self.end_headers()
        self.wfile.write(body)


@contextmanager
def _serving(handler: type[_Quiet]) -> Iterator[str]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, args=(0.01,))
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


@contextmanager
def memory_server(transport: Transport) -> Iterator[str]:
    """Serves the memory transport as DynamoDB; yields the endpoint."""

    class Handler(_Quiet):
        def do_POST(self) -> None:
            operation = self.headers["X-Amz-Target"].partition(".")[2]
            try:
                answer, status = dict(transport(operation, json.loads(self.body()))), 200
            except TransportError as error:
                answer, status = _worded(error), 400
            body = json.dumps(answer).encode()
            self.send_body(status, body, zlib.crc32(body))

    with _serving(Handler) as endpoint:
        yield endpoint


def _worded(error: TransportError) -> dict[str, Any]:
    answer: dict[str, Any] = {"__type": f"x#{error.code}", "message": error.message}
    if error.item is not None:
        answer["Item"] = error.item
    if error.reasons:
        answer["CancellationReasons"] = [
            {"Code": each.code, "Message": each.message}
            | ({"Item": each.item} if each.item else {})
            for each in error.reasons
        ]
    return answer


class Faults:
    """Which fault befalls the next answer: one of `every`, by a seeded choice; counted.

    `carried_out`: requests that arrived. On a busy machine one may be late: behind the repetition
    of it, and behind what its client does next, if that does not wait.
    """

    def __init__(self, seed: int, every: int) -> None:
        self.random = random.Random(seed)  # noqa: S311
        self.every = every
        self.counts: Counter[str] = Counter()
        self.carried_out = 0

    def wait_for(self, sent: int) -> None:
        """Waits until so many requests were carried out."""
        end = time.monotonic() + 60
        while self.carried_out < sent:
            assert time.monotonic() < end, f"{self.carried_out} of {sent} requests arrived"
            time.sleep(0.001)

    def next(self) -> str:
        kind = self.random.choice(FAULTS) if self.random.randrange(self.every) == 0 else "none"
        self.counts[kind] += 1
        return kind


class _Losing(_Quiet):
    upstream: str
    faults: Faults
    patience: float
    carrying: threading.Lock

    def do_POST(self) -> None:
        asked = self.body()
        with self.carrying:
            status, headers, body = self._carry_out(asked)
            self.faults.carried_out += 1
        crc = int(headers.get("x-amz-crc32") or zlib.crc32(body))
        kind = self.faults.next()
        if kind == "none":
            self.send_body(status, body, crc)
        elif kind == "fail":
            self.send_body(503, b"{}", zlib.crc32(b"{}"))
        elif kind == "spoil":
            self.send_body(status, body[:-1] + b" ", crc)
        else:
            self._lose(kind, status, body, crc)

    def _carry_out(self, asked: bytes) -> tuple[int, Any, bytes]:
        address = urlsplit(self.upstream)
        connection = http.client.HTTPConnection(address.hostname or "", address.port)
        kept = {name: value for name, value in self.headers.items() if name != "Expect"}
        connection.request("POST", "/", asked, kept)
        answer = connection.getresponse()
        body = answer.read()
        connection.close()
        return answer.status, answer.headers, body

    def _lose(self, kind: str, status: int, body: bytes, crc: int) -> None:
        self.close_connection = True
        if kind == "keep back":
            time.sleep(self.patience * 1.2)
        elif kind == "cut":
            self.send_body(status, body[: len(body) // 2], crc, length=len(body) + 1)
        elif kind == "reset":
            linger = struct.pack("ii", 1, 0)
            self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger)
        self.connection.close()


@contextmanager
def losing_proxy(upstream: str, faults: Faults, patience: float) -> Iterator[str]:
    """Carries requests out, and loses some answers; yields the endpoint.

    `patience`: how long the client waits for an answer.
    """
    own: dict[str, Any] = {"upstream": upstream, "faults": faults, "patience": patience}
    own["carrying"] = threading.Lock()
    with _serving(type("Losing", (_Losing,), own)) as endpoint:
        yield endpoint
