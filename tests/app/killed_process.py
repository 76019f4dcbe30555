"""A process that is killed around a request of the test's choice, and how a test speaks to it.

Each line that it reads is a life, lived in a fork of its own; the answer is how it ended.
"""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections.abc import Callable, Generator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any

ROOT = Path(__file__).parents[2]
KILLED = -9


class KilledProcess:
    """The test's side of it."""

    def __init__(self, process: subprocess.Popen[bytes]) -> None:
        self._process = process

    def live(self, **life: Any) -> int:
        """0: it was lived to its end; `KILLED`: it died at the request number `dies_at`."""
        assert self._process.stdin is not None
        self._process.stdin.write(json.dumps(life).encode() + b"\n")
        self._process.stdin.flush()
        return int(read_line(self._process.stdout))


@contextmanager
def killed_process(module: str, *arguments: str) -> Generator[KilledProcess]:
    """Runs a module that calls `live_each_line`."""
    command = [sys.executable, "-m", module, *arguments]
    pipe = subprocess.PIPE
    with subprocess.Popen(command, cwd=ROOT, stdin=pipe, stdout=pipe) as process:
        try:
            yield KilledProcess(process)
        finally:
            process.kill()


def read_line(stream: IO[bytes] | None) -> str:
    assert stream is not None
    return stream.readline().decode().strip()


def live_each_line(live: Callable[..., None]) -> None:
    """The process's side. What `live` needs is made before the forks; its connections, after."""
    for line in sys.stdin:
        child = os.fork()
        if child == 0:
            try:
                live(**json.loads(line))
            except BaseException as error:  # noqa: BLE001 - a fork must not go on reading
                sys.stderr.write(f"{error!r}\n")
                sys.stderr.flush()
                os._exit(1)
            os._exit(0)
        _, status = os.waitpid(child, 0)
        sys.stdout.write(f"{os.waitstatus_to_exitcode(status)}\n")
        sys.stdout.flush()


def die() -> None:
    os.kill(os.getpid(), signal.SIGKILL)
