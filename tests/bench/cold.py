"""A cold start: importing the app, building it, and its first answers, each in a new process.

`python -m tests.bench.cold [--json]`. DynamoDB is moto in a process of its own, which is not
counted. CPU is steadier than time on a machine that others use.
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import subprocess
import sys

from tests.app.killed_process import ROOT
from tests.app.services.accounts.server import moto_server
from tests.bench.app import make_table

RUNS = 7
STEPS = ("import app.main", "build the app", "first /health", "first list of posts")

MEASURED = """
import asyncio, json, logging, time

marks = [(time.perf_counter(), time.process_time())]
mark = lambda: marks.append((time.perf_counter(), time.process_time()))
import app.main
mark()
app = app.main.app
logging.disable()
mark()

async def ask(path):
    scope = {
        "type": "http", "asgi": {"version": "3.0"}, "http_version": "1.1", "method": "GET",
        "scheme": "http", "path": path, "raw_path": path.encode(), "root_path": "",
        "query_string": b"", "headers": [(b"host", b"localhost")], "state": {},
        "client": ("127.0.0.1", 1), "server": ("localhost", 80),
    }
    statuses = []
    async def receive():
        return {"type": "http.request", "body": b"", "more_body": False}
    async def send(message):
        statuses.append(message.get("status"))
    await app(scope, receive, send)
    assert statuses[0] == 200, statuses
    mark()

async def both():
    await ask("/health")
    await ask("/v1/posts")

asyncio.run(both())
print(json.dumps([[b - a for a, b in zip(*pair)] for pair in zip(marks, marks[1:])]))
"""


def start(endpoint: str) -> list[tuple[float, float]]:
    """Seconds, and seconds of CPU, of each step."""
    settings = {"APP_ENV": "local", "TABLE_NAME": "bench", "DYNAMODB_ENDPOINT": endpoint}
    run = subprocess.run(
        [sys.executable, "-c", MEASURED],
        cwd=ROOT,
        env={"PATH": os.environ["PATH"], "LOG_LEVEL": "ERROR", **settings},
        capture_output=True,
        text=True,
        check=True,
    )
    return [(seconds, cpu) for seconds, cpu in json.loads(run.stdout.splitlines()[-1])]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--json", action="store_true", help="for scripts")
    as_json = parser.parse_args().json
    with moto_server() as endpoint:
        make_table(endpoint)
        start(endpoint)  # writes bytecode
        runs = [start(endpoint) for _ in range(RUNS)]
    found = {
        step: {
            "ms": statistics.median(run[at][0] for run in runs) * 1e3,
            "cpu_ms": statistics.median(run[at][1] for run in runs) * 1e3,
        }
        for at, step in enumerate(STEPS)
    }
    if as_json:
        print(json.dumps(found, indent=2))
        return
    print(f"{'cold start':22}{'time':>10}{'CPU':>10}")
    for step, row in found.items():
        print(f"{step:22}{row['ms']:>7.0f} ms{row['cpu_ms']:>7.0f} ms")


if __name__ == "__main__":
    main()
