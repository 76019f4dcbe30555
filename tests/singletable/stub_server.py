"""An HTTP server that answers DynamoDB's client as it is told, well or badly."""

from __future__ import annotations

import json
import socket
import struct
import threading
import time
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any


@dataclass(frozen=True)
class Answer:
    """One answer. `crc`: a checksum header, right unless given; `wait`: seconds before it."""

    status: int = 200
    body: bytes = b"{}"
    crc: int | None = None
    checked: bool = True
    kind: str = "application/x-amz-json-1.0"
    wait: float = 0
    reset: bool = False


def answer(content: Any, **options: Any) -> Answer:
    """A good answer of this content."""
    return Answer(body=json.dumps(content).encode(), **options)


def error(code: str, message: str = "", status: int = 400, **content: Any) -> Answer:
    """An error as DynamoDB words it."""
    kind = f"com.amazonaws.dynamodb.v20120810#{code}"
    return answer({"__type": kind, "message": message, **content}, status=status)


@dataclass
class Stub:
    """Answers in order; the last one for ever. `asked` holds what came, oldest first."""

    endpoint: str = ""
    answers: list[Answer] = field(default_factory=list[Answer])
    asked: list[dict[str, Any]] = field(default_factory=list[dict[str, Any]])

    def will(self, *answers: Answer) -> Stub:
        self.answers = list(answers)
        return self

    def await_asked(self, times: int) -> None:
        """Waits until so many requests came: a client that gave one up may be ahead of it."""
        deadline = time.monotonic() + 10
        while len(self.asked) < times and time.monotonic() < deadline:
            time.sleep(0.01)
        assert len(self.asked) == times

    def next(self) -> Answer:
        return self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    stub: Stub

    def do_POST(self) -> None:
        length = int(self.headers["Content-Length"])
        self.stub.asked.append(json.loads(self.rfile.read(length)))
        given = self.stub.next()
        time.sleep(given.wait)
        self._reset() if given.reset else self._send(given)

    def _reset(self) -> None:
        linger = struct.pack("ii", 1, 0)
        self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger)
        self.close_connection = True
        self.connection.close()

    def _send(self, given: Answer) -> None:
        self.send_response(given.status)
        self.send_header("Content-Type", given.kind)
        self.send_header("Content-Length", str(len(given.body)))
        if given.checked:
            crc = zlib.crc32(given.body) if given.crc is None else given.crc
            self.send_header("x-amz-crc32", str(crc))
        self.end_headers()
        self.wfile.write(given.body)

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - its name there
        pass

    def handle(self) -> None:
        try:
            super().handle()
        except OSError:
            self.close_connection = True

    def finish(self) -> None:
        try:
            super().finish()
        except (OSError, ValueError):
            self.close_connection = True


@contextmanager
def stub_server() -> Iterator[Stub]:
    """A stub on a free port of this machine."""
    stub = Stub()
    handler = type("Handler", (_Handler,), {"stub": stub})
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    server.daemon_threads = True
    stub.endpoint = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, args=(0.01,))
    thread.start()
    try:
        yield stub
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
