"""Clients beside the raw boto3 client: six operations, each client in a process of its own.

`python -m tests.bench.clients NAME URL ROUNDS SECONDS` measures one and prints JSON.
"""

from __future__ import annotations

import asyncio
import json
import sys
from collections.abc import Callable, Generator
from contextlib import contextmanager
from dataclasses import dataclass
from importlib import import_module
from importlib.util import find_spec
from inspect import iscoroutine
from platform import python_version
from typing import Any

from tests.bench import peers
from tests.bench.pairs import Cost, Effort, Row, paired, run_json, spent, summary
from tests.bench.server import serving

OPERATIONS = ("get", "put", "create", "query", "transact", "batch")


@dataclass(frozen=True)
class Client:
    """`factory`: a module and a function; `module`: what has to be installed."""

    factory: str
    module: str = ""

    @property
    def missing(self) -> str:
        """Why it cannot be measured; empty where it can."""
        if self.module and find_spec(self.module) is None:
            return f"{self.module} is not installed for Python {python_version()}"
        return ""


CLIENTS = {
    "boto3 and pydantic": Client("peers:boto3_pydantic"),
    "PynamoDB": Client("peers:pynamodb", "pynamodb"),
    "pydynantic": Client("peers:pydynantic", "pydynantic"),
    "pydynox": Client("native_peers:pydynox", "pydynox"),
    "aiodynamo": Client("native_peers:aiodynamo", "aiodynamo"),
    "dynamoxy": Client("native_peers:dynamoxy", "dynamoxy"),
    "singletable over boto3": Client("ours:over_boto3"),
    "singletable over lean": Client("ours:over_lean"),
    "singletable, async, over boto3 in threads": Client("ours:over_threads"),
    "singletable, async, over lean": Client("ours:over_async_lean"),
}
ROWS = tuple(CLIENTS)
QUICK = tuple(name for name in CLIENTS if name.startswith("singletable"))


@contextmanager
def opened(effort: Effort) -> Generator[Callable[[str], Row]]:
    """Measures a client by its name."""
    with serving("canned") as url:

        def measure(name: str) -> Row:
            if reason := CLIENTS[name].missing:
                return {"left_out": reason}
            command = [sys.executable, "-m", "tests.bench.clients", name, url]
            return run_json([*command, str(effort.rounds), str(effort.block_seconds)])

        yield measure


def find(name: str) -> Callable[[str], Any]:
    """The function that makes its operations; imports the module that it is in."""
    module, _, function = CLIENTS[name].factory.partition(":")
    found: Callable[[str], Any] = getattr(import_module(f"tests.bench.{module}"), function)
    return found


def runner(
    operation: Callable[[], Any], loop: asyncio.AbstractEventLoop | None
) -> Callable[[int], Cost]:
    """Runs an operation so many times; what one of them cost."""
    if loop is None:

        def run(times: int) -> Cost:
            with spent(times) as cost:
                for _ in range(times):
                    operation()
            return cost

        return run

    async def many(times: int) -> Cost:
        with spent(times) as cost:
            for _ in range(times):
                await operation()
        return cost

    return lambda times: loop.run_until_complete(many(times))


def check(operation: str, answer: Any) -> None:
    """It has read what the server has."""
    if operation == "get":
        assert _title(answer).endswith("part 1"), answer
    if operation in ("query", "batch"):
        assert [_title(each) for each in answer][-1].endswith("part 99"), answer


def _title(post: Any) -> str:
    title = post["title"] if isinstance(post, dict) else post.title
    return str(title["S"] if isinstance(title, dict) else title)


def main(name: str, url: str, rounds: str, seconds: str) -> None:
    effort = Effort(int(rounds), float(seconds))
    raw = peers.boto3_raw(url)
    made, loop = find(name)(url), None
    if iscoroutine(made):
        loop = asyncio.new_event_loop()
        made = loop.run_until_complete(made)
    operations: peers.Operations = made

    async def once(operation: Callable[[], Any]) -> Any:
        return await operation()

    found: Row = {}
    for operation in OPERATIONS:
        call = operations[operation]
        check(operation, loop.run_until_complete(once(call)) if loop else call())
        pairs = paired(runner(call, loop), runner(raw[operation], None), effort)
        found[operation] = summary(pairs)
    print(json.dumps(found))


if __name__ == "__main__":
    main(*sys.argv[1:])
