"""The server as a process: told to end, it answers what it has begun."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Event, Thread

import httpx2
import pytest

ROOT = Path(__file__).parents[2]
PATIENCE = 60.0


class SlowTable:
    """A DynamoDB with nothing in it, which answers when it is allowed to."""

    def __init__(self) -> None:
        asked, answer = self.asked, self.answer = Event(), Event()

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                self.rfile.read(int(self.headers["Content-Length"]))
                asked.set()
                assert answer.wait(PATIENCE)
                body = b'{"Items": [], "Count": 0, "ScannedCount": 0}'
                self.send_response(200)
                self.send_header("Content-Type", "application/x-amz-json-1.0")
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *_: object) -> None: ...

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}"


@pytest.fixture
def table() -> Iterator[SlowTable]:
    made = SlowTable()
    thread = Thread(target=made.server.serve_forever)
    thread.start()
    yield made
    made.answer.set()
    made.server.shutdown()
    made.server.server_close()
    thread.join()


@contextmanager
def served(table: SlowTable) -> Iterator[tuple[subprocess.Popen[str], str]]:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    process = subprocess.Popen(
        [sys.executable, "-m", "app.serve", "--port", str(port)],
        cwd=ROOT,
        env={
            "PATH": os.environ["PATH"],
            "APP_ENV": "local",
            "TABLE_NAME": "blog",
            "DYNAMODB_ENDPOINT": table.url,
            "AWS_READ_TIMEOUT_SECONDS": "20",
        },
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    try:
        yield process, f"http://127.0.0.1:{port}"
    finally:
        process.kill()
        process.communicate()


def answers(url: str) -> bool:
    try:
        return httpx2.get(f"{url}/health").status_code == 200
    except httpx2.TransportError:
        return False


def until(is_so: bool, url: str) -> None:
    end = time.monotonic() + PATIENCE
    while answers(url) is not is_so:
        assert time.monotonic() < end
        time.sleep(0.05)


@pytest.mark.slow
def test_a_server_that_is_told_to_end_answers_what_it_has_begun(table: SlowTable) -> None:
    """It takes no more requests, exits with 0, and its log has no error."""
    with served(table) as (process, url), ThreadPoolExecutor(1) as threads:
        until(True, url)
        slow = threads.submit(httpx2.get, f"{url}/v1/categories", timeout=PATIENCE)
        assert table.asked.wait(PATIENCE)
        process.send_signal(signal.SIGTERM)
        until(False, url)
        assert process.poll() is None
        table.answer.set()
        answer = slow.result(PATIENCE)
        assert answer.status_code == 200
        assert answer.json()["data"] == []
        written, _ = process.communicate(timeout=PATIENCE)
        assert process.returncode == 0
    lines = [json.loads(line) for line in written.splitlines()]
    assert {line["level"] for line in lines} == {"INFO"}
    assert lines[-1]["message"] == "closed"


def exchange(url: str, *parts: bytes) -> bytes:
    """All that a connection answers until it is closed; a second of silence ends it, too."""
    port = int(url.rpartition(":")[2])
    received = b""
    with socket.create_connection(("127.0.0.1", port), timeout=1) as connection:
        with suppress(OSError):
            for part in parts:
                connection.sendall(part)
            while data := connection.recv(65_536):
                received += data
            return received + b"closed"
        return received


@pytest.mark.slow
def test_a_request_of_unclear_end_is_refused_and_what_follows_is_not_answered(
    table: SlowTable,
) -> None:
    """One answer, 400, and the connection is closed; a request of one length keeps it."""
    chunked, length = b"Transfer-Encoding: chunked\r\n", b"Content-Length: 5\r\n"
    post, second = b"POST /health HTTP/1.1\r\nHost: x\r\n", b"GET /health HTTP/1.1\r\nHost: x\r\n"
    unclear = (
        length + chunked,
        chunked + length,
        b"content-length: 0\r\nTRANSFER-ENCODING: chunked\r\n",
        chunked + chunked,
        length + b"Content-Length: 6\r\n",
        b"Transfer-Encoding: gzip, chunked\r\n",
        b"Transfer-Encoding: xchunked\r\n",
        b"Host: y\r\n",
    )
    with served(table) as (_, url):
        until(True, url)
        for headers in unclear:
            sent = post + headers + b"\r\n0\r\n\r\n" + second + b"\r\n"
            answer = exchange(url, sent)
            assert answer.count(b"HTTP/1.1 ") == 1, headers[:80]
            assert answer.startswith(b"HTTP/1.1 400 ")
            assert answer.endswith(b"closed")
        upgrade = b"Connection: Upgrade\r\nUpgrade: websocket\r\n"
        kept = exchange(url, post + chunked + b"\r\n0\r\n\r\n" + second + upgrade + b"\r\n")
        assert kept.count(b"HTTP/1.1 ") == 2
        assert b"HTTP/1.1 200 " in kept
