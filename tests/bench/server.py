"""DynamoDB's protocol on the loopback address, by a process of its own, which is not measured.

`canned` answers each operation with bytes that were made beforehand, so that the client's work is
most of what there is. `blog` holds the blog's table in memory; `GET /asked` tells what it was asked
since the last time.
"""

from __future__ import annotations

import asyncio
import json
import subprocess
import sys
import zlib
from collections.abc import Callable, Generator
from contextlib import contextmanager
from typing import Any

from tests.bench.items import OFFSET_TABLE, TABLE, answers
from tests.bench.pairs import ROOT

Answer = Callable[[str, bytes], bytes]
"""An operation's name and a body, to a whole answer of HTTP; no name: a GET."""


@contextmanager
def serving(kind: str) -> Generator[str]:
    """Its URL."""
    command = [sys.executable, "-m", "tests.bench.server", kind]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as process:
        try:
            assert process.stdout
            yield f"http://127.0.0.1:{process.stdout.readline().strip()}"
        finally:
            process.kill()


def encoded(body: bytes, status: str = "200 OK") -> bytes:
    head = (
        f"HTTP/1.1 {status}\r\nServer: Server\r\nDate: Mon, 02 Feb 2026 03:04:05 GMT\r\n"
        f"Content-Type: application/x-amz-json-1.0\r\nContent-Length: {len(body)}\r\n"
        "Connection: keep-alive\r\n"
        "x-amzn-RequestId: BENCH0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789ABCD\r\n"
        f"x-amz-crc32: {zlib.crc32(body)}\r\n\r\n"
    )
    return head.encode() + body


def canned() -> Answer:
    made = {
        table: {name: encoded(body) for name, body in answers(table).items()}
        for table in (TABLE, OFFSET_TABLE)
    }
    offset = f'"{OFFSET_TABLE}"'.encode()
    return lambda operation, body: made[OFFSET_TABLE if offset in body else TABLE][operation]


def blog() -> Answer:
    from access_patterns import blog as table
    from singletable import create_table
    from singletable.testing import memory_transport
    from singletable.transport import TransportError

    send = memory_transport()
    send("CreateTable", create_table(table, TABLE))
    asked: list[tuple[str, Any]] = []

    def answer(operation: str, body: bytes) -> bytes:
        if not operation:
            told = encoded(json.dumps(asked).encode())
            asked.clear()
            return told
        parameters = json.loads(body)
        asked.append((operation, parameters))
        try:
            return encoded(json.dumps(send(operation, parameters)).encode())
        except TransportError as error:
            content = {
                "__type": f"com.amazonaws.dynamodb.v20120810#{error.code}",
                "message": str(error),
            }
            return encoded(json.dumps(content).encode(), "400 Bad Request")

    return answer


class Connection(asyncio.Protocol):
    """Requests one after the other, each with its length."""

    transport: asyncio.Transport

    def __init__(self, answer: Answer) -> None:
        self._answer, self._received = answer, b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self.transport = transport

    def data_received(self, data: bytes) -> None:
        self._received += data
        while (end := self._received.find(b"\r\n\r\n")) >= 0:
            head = self._received[: end + 2]
            whole = end + 4 + int(_header(head, b"content-length") or 0)
            if len(self._received) < whole:
                if _header(head, b"expect") and len(self._received) == end + 4:
                    self.transport.write(b"HTTP/1.1 100 Continue\r\n\r\n")
                return
            operation = _header(head, b"x-amz-target").rpartition(b".")[2].decode()
            self.transport.write(self._answer(operation, self._received[end + 4 : whole]))
            self._received = self._received[whole:]


def _header(head: bytes, name: bytes) -> bytes:
    """Empty where there is none."""
    start = head.lower().find(b"\r\n" + name + b":")
    if start < 0:
        return b""
    start += len(name) + 3
    return head[start : head.find(b"\r\n", start)].strip()


async def main(kind: str) -> None:
    answer = {"canned": canned, "blog": blog}[kind]()
    loop = asyncio.get_running_loop()
    server = await loop.create_server(lambda: Connection(answer), "127.0.0.1", 0)
    print(server.sockets[0].getsockname()[1], flush=True)
    await server.serve_forever()


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1]))
