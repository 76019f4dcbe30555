"""Moto as a process of its own, which several processes reach; and one of them that is killed."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Generator
from contextlib import contextmanager
from datetime import datetime

from model import Role
from tests.app.harness import AppHarness
from tests.app.killed_process import ROOT, KilledProcess, read_line

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
            yield read_line(process.stdout)
        finally:
            process.kill()


class Lives:
    """What happens to accounts in a process that is killed."""

    def __init__(self, process: KilledProcess) -> None:
        self._process = process

    def live(
        self,
        harness: AppHarness,
        change: str,
        argument: str,
        now: datetime,
        dies_at: int,
        role: Role = Role.VIEWER,
    ) -> int:
        """0: the change was done; `KILLED` in front of the request number `dies_at`."""
        at = [harness.store.table, *harness.pool.identities]
        what = {"change": change, "argument": argument, "role": role, "now": now.isoformat()}
        return self._process.live(at=at, dies_at=dies_at, **what)
