"""Cold starts: whole processes, in turn with one that does the same with boto3 alone.

CPU is what the kernel counted for a process when it ended; the first of each writes bytecode.
"""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Callable, Generator
from contextlib import contextmanager
from inspect import iscoroutinefunction

from tests.bench.clients import CLIENTS, find
from tests.bench.pairs import ROOT, Cost, Effort, Row, environment, summary
from tests.bench.server import serving

BOTO3 = "import boto3; boto3.client('dynamodb', region_name='us-east-1')"
FRAMEWORK = f"import fastapi, mangum; {BOTO3}"
BUILT = "from app.main import app"
ANSWERED = f"""{BUILT}
import asyncio

async def main():
    async def receive():
        return {{"type": "http.request", "body": b"", "more_body": False}}
    async def send(message):
        assert message.get("status", 200) == 200, message
    path = "/v1/posts"
    await app({{
        "type": "http", "asgi": {{"version": "3.0"}}, "http_version": "1.1", "method": "GET",
        "scheme": "http", "path": path, "raw_path": path.encode(), "root_path": "", "state": {{}},
        "query_string": b"", "headers": [(b"host", b"localhost")], "client": ("127.0.0.1", 1),
        "server": ("localhost", 80),
    }}, receive, send)

asyncio.run(main())
"""
GET = """import sys
from tests.bench.{module} import {function} as make
make(sys.argv[1])["get"]()
"""
ASYNC_GET = """import asyncio, sys
from tests.bench.{module} import {function} as make

async def main():
    await (await make(sys.argv[1]))["get"]()

asyncio.run(main())
"""
IMPORTS = {
    "import pydantic": ("from pydantic import BaseModel", BOTO3),
    "import singletable": ("import singletable", BOTO3),
    "import access_patterns": ("import access_patterns", BOTO3),
    "app.main:app, built": (BUILT, FRAMEWORK),
    "app.main:app and its first list of posts": (ANSWERED, FRAMEWORK),
}
BASES = {BOTO3: "a boto3 client", FRAMEWORK: "FastAPI, Mangum and a boto3 client"}
FIRST = "first GetItem, "
ROWS = (*(f"{FIRST}{name}" for name in CLIENTS), *IMPORTS)
QUICK = (f"{FIRST}singletable over boto3", f"{FIRST}singletable over lean", *IMPORTS)


@contextmanager
def opened(effort: Effort) -> Generator[Callable[[str], Row]]:
    """Measures a row by its name."""
    with serving("canned") as canned, serving("blog") as blog:

        def measure(name: str) -> Row:
            if name in IMPORTS:
                mine, base = IMPORTS[name]
                return _paired(mine, base, blog, effort) | {"base": BASES[base]}
            name = name.removeprefix(FIRST)
            if reason := CLIENTS[name].missing:
                return {"left_out": reason}
            raw = GET.format(module="peers", function="boto3_raw")
            pairs = _paired(_program(name), raw, canned, effort)
            return pairs | {"base": "a boto3 client's first GetItem"}

        yield measure


def _program(name: str) -> str:
    """Imports, makes a client and reads an item; its argument is the URL."""
    module, _, function = CLIENTS[name].factory.partition(":")
    program = ASYNC_GET if iscoroutinefunction(find(name)) else GET
    return program.format(module=module, function=function)


def _paired(mine: str, base: str, url: str, effort: Effort) -> Row:
    if not effort.is_quick:
        _start(mine, url), _start(base, url)
    return summary([(_start(mine, url), _start(base, url)) for _ in range(effort.starts)])


def _start(program: str, url: str) -> Cost:
    began = time.perf_counter()
    process = subprocess.Popen(
        [sys.executable, "-c", program, url],
        cwd=ROOT,
        env=environment(
            APP_ENV="local", TABLE_NAME="bench", DYNAMODB_ENDPOINT=url, PYTHONPATH=str(ROOT)
        ),
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
    )
    with process:
        assert process.stderr
        complaint = process.stderr.read()
        _, status, used = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise RuntimeError(complaint.decode()[-2000:])
    return Cost(used.ru_utime + used.ru_stime, time.perf_counter() - began)
