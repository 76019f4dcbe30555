"""The API per request, in turn with the same routes by hand: CPU of the serving process, and time.

`python -m tests.bench.app MODULE` serves `MODULE:app` and prints its port; a path of its own tells
the CPU that was used so far. Both are asked over one connection for each client, which is not
measured, and ask a blog's table in memory, which is a process as well.
"""

from __future__ import annotations

import asyncio
import json
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Callable, Generator, MutableMapping
from contextlib import contextmanager
from importlib import import_module
from itertools import count
from pathlib import Path
from typing import Any

import uvicorn

from tests.bench.pairs import ROOT, Cost, Effort, Row, environment, summary
from tests.bench.server import serving

ROUTES = ("health", "detail", "list", "create")
CLIENTS = (1, 8, 32)
ROWS = tuple(
    f"{route}, {clients} client{'s' * (clients > 1)}" for route in ROUTES for clients in CLIENTS
)
QUICK = tuple(row for row in ROWS if row.endswith(" 1 client"))
POSTS = 25
BODY = "First words. " * 100
RECORDED_TITLE = "The recorded one"
CPU = "/-/cpu"
HEADERS = {"Content-Type": "application/json", "Authorization": "Bearer local-dev-token"}
NUMBERS = count()


@contextmanager
def opened(effort: Effort) -> Generator[Callable[[str], Row]]:
    """Measures a row by its name."""
    with serving("blog") as database, tempfile.TemporaryDirectory() as folder:
        asked = Path(folder, "asked.json")
        with _serving_app("app.main", DYNAMODB_ENDPOINT=database) as api:
            paths = _fill(api)
            recorded = _record(api, database, paths)
            asked.write_text(json.dumps(recorded))
            names = {"DYNAMODB_ENDPOINT": database, "BENCH_ASKED": str(asked)}
            with _serving_app("tests.bench.by_hand", **names) as by_hand:

                def measure(name: str) -> Row:
                    route, _, clients = name.partition(", ")
                    sides = [
                        Load(url, route, paths[route], int(clients.split()[0]))
                        for url in (api, by_hand)
                    ]
                    found = asyncio.run(_paired(sides[0], sides[1], effort))
                    return found | {"requests": len(recorded[route])}

                yield measure


@contextmanager
def _serving_app(module: str, **variables: str) -> Generator[str]:
    settings = {
        "APP_ENV": "local",
        "TABLE_NAME": "bench",
        "READS_PER_MINUTE": "1000000",
        "WRITES_PER_MINUTE": "1000000",
    }
    command = [sys.executable, "-m", "tests.bench.app", module]
    with subprocess.Popen(
        command,
        cwd=ROOT,
        env=environment(**settings, **variables),
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    ) as process:
        try:
            assert process.stdout
            port = process.stdout.readline().strip()
            if not port:
                raise RuntimeError(f"{module} does not start")
            yield f"http://127.0.0.1:{port}"
        finally:
            process.kill()


def _call(url: str, path: str, content: object = None) -> Any:
    data = None if content is None else json.dumps(content).encode()
    headers = HEADERS if data else {}
    request = urllib.request.Request(url + path, data, headers)  # noqa: S310 - of this machine
    with urllib.request.urlopen(request) as answer:  # noqa: S310
        return json.load(answer)


def _new_post(title: str = "") -> dict[str, str]:
    return {"title": title or f"By the API {next(NUMBERS)}", "categoryId": "news", "body": BODY}


def _fill(api: str) -> dict[str, str]:
    """Publishes some posts; the path of each route."""
    _call(api, "/v1/categories", {"name": "News", "categoryId": "news"})
    identity = ""
    for _ in range(POSTS):
        identity = _call(api, "/v1/posts", _new_post())["data"]["postId"]
        for step in ("submit", "publish"):
            _call(api, f"/v1/posts/{identity}/{step}", {})
    posts = "/v1/posts"
    return {"health": "/health", "detail": f"{posts}/{identity}", "list": posts, "create": posts}


def _record(api: str, database: str, paths: dict[str, str]) -> dict[str, list[Any]]:
    """What each route asks of the table."""
    asked: dict[str, list[Any]] = {}
    for route, path in paths.items():
        _call(database, "/asked")
        _call(api, path, _new_post(RECORDED_TITLE) if route == "create" else None)
        asked[route] = _call(database, "/asked")
    return asked


class Load:
    """Clients that ask one route of one server, each over a connection of its own."""

    def __init__(self, url: str, route: str, path: str, clients: int) -> None:
        self._port = int(url.rpartition(":")[2])
        self._route, self._path, self._clients = route, path, clients
        self._url = url

    async def cost(self, seconds: float) -> Cost:
        """Of one request, within so many seconds; `wall` is what a client waited, the median."""
        before, until = self._cpu(), time.perf_counter() + seconds
        clients = (self._client(until) for _ in range(self._clients))
        waited = sorted(each for found in await asyncio.gather(*clients) for each in found)
        return Cost((self._cpu() - before) / len(waited), waited[len(waited) // 2])

    def _cpu(self) -> float:
        found: float = _call(self._url, CPU)
        return found

    async def _client(self, until: float) -> list[float]:
        reader, writer = await asyncio.open_connection("127.0.0.1", self._port)
        waited = list[float]()
        while not waited or time.perf_counter() < until:
            began = time.perf_counter()
            writer.write(self._request())
            head = (await reader.readuntil(b"\r\n\r\n")).lower()
            length = int(head.partition(b"content-length:")[2].split(b"\r\n", 1)[0])
            body = await reader.readexactly(length)
            waited.append(time.perf_counter() - began)
            if head[9:10] != b"2":
                raise RuntimeError(f"{self._route} answered {head[9:12].decode()}: {body[:500]!r}")
        writer.close()
        return waited

    def _request(self) -> bytes:
        lines, body = ["Host: 127.0.0.1"], b""
        if self._route == "create":
            body = json.dumps(_new_post()).encode()
            lines += [f"{name}: {value}" for name, value in HEADERS.items()]
            lines.append(f"Content-Length: {len(body)}")
        method = "POST" if body else "GET"
        head = "\r\n".join([f"{method} {self._path} HTTP/1.1", *lines, "", ""])
        return head.encode() + body


async def _paired(mine: Load, base: Load, effort: Effort) -> Row:
    """Both in turn, each pair beginning with the other; the first of each warms up."""
    await mine.cost(effort.load_seconds / 2)
    await base.cost(effort.load_seconds / 2)
    pairs = list[tuple[Cost, Cost]]()
    for number in range(effort.loads):
        costs = dict[Load, Cost]()
        for side in (mine, base) if number % 2 else (base, mine):
            costs[side] = await side.cost(effort.load_seconds)
        pairs.append((costs[mine], costs[base]))
    return summary(pairs)


def main(module: str) -> None:
    told, sys.stdout = sys.stdout, sys.stderr  # where the app logs
    app = import_module(module).app

    async def serve(scope: MutableMapping[str, Any], receive: Any, send: Any) -> None:
        if scope.get("path") != CPU:
            await app(scope, receive, send)
            return
        start = {"type": "http.response.start", "status": 200}
        await send(start | {"headers": [(b"content-type", b"application/json")]})
        body = str(time.process_time()).encode()
        await send({"type": "http.response.body", "body": body})

    # asyncio sends answers at once only over sockets that say that they are TCP's.
    listening = socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    listening.bind(("127.0.0.1", 0))
    listening.listen(128)
    print(listening.getsockname()[1], file=told, flush=True)
    server = uvicorn.Server(uvicorn.Config(serve, proxy_headers=False, log_level="info"))
    server.run(sockets=[listening])


if __name__ == "__main__":
    main(sys.argv[1])
