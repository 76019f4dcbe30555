"""Moto as a process of its own, which several processes reach; and one that is killed on it."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Generator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import IO

from model import Role
from tests.app.accounts.town import Town

ROOT = Path(__file__).parents[3]
KILLED = -9
_SERVE = """
from moto.server import ThreadedMotoServer
from scripts.lib.moto_memory import bound_memory
bound_memory()
server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
server.start()
print("http://%s:%s" % server.get_host_and_port(), flush=True)
input()
"""


@contextmanager
def moto_server() -> Generator[str]:
    """Its URL."""
    command = [sys.executable, "-c", _SERVE]
    pipe = subprocess.PIPE
    quiet = subprocess.DEVNULL
    with subprocess.Popen(command, cwd=ROOT, stdin=pipe, stdout=pipe, stderr=quiet) as process:
        try:
            yield _read(process.stdout)
        finally:
            process.kill()


class Lives:
    """What `mortal` is told, and how it ends."""

    def __init__(self, process: subprocess.Popen[bytes]) -> None:
        self._process = process

    def live(
        self,
        town: Town,
        change: str,
        argument: str,
        now: datetime,
        dies_at: int,
        role: Role = Role.VIEWER,
    ) -> int:
        """0: the change was done; `KILLED` in front of the request number `dies_at`."""
        at = [town.store.table, *town.identities]
        told = {"at": at, "change": change, "argument": argument, "role": role, "dies_at": dies_at}
        assert self._process.stdin is not None
        self._process.stdin.write(json.dumps({**told, "now": now.isoformat()}).encode() + b"\n")
        self._process.stdin.flush()
        return int(_read(self._process.stdout))


@contextmanager
def mortal(endpoint: str) -> Generator[Lives]:
    command = [sys.executable, "-m", "tests.app.accounts.mortal", endpoint]
    pipe = subprocess.PIPE
    with subprocess.Popen(command, cwd=ROOT, stdin=pipe, stdout=pipe) as process:
        try:
            yield Lives(process)
        finally:
            process.kill()


def _read(stream: IO[bytes] | None) -> str:
    assert stream is not None
    return stream.readline().decode().strip()
