"""One function under Lambda's runtime interface emulator, with AWS's own runtime client.

Python starts without site-packages, in the artefact's folder: what is neither there nor in Python
itself cannot be imported.
"""

from __future__ import annotations

import http.client
import json
import os
import re
import signal
import socket
import subprocess
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Any, Self

_PATH = "/2015-03-31/functions/function/invocations"
_INIT = re.compile(r"INIT RTDONE\(status: success\)\n.*INIT REPORT\(durationMs: ([\d.]+)\)")
_SECONDS = 60


@dataclass(frozen=True)
class Runtime:
    """The emulator's program, the Python of the functions, the folder of `awslambdaric`."""

    emulator: Path
    python: Path
    client: Path


class FunctionFailed(Exception):
    """The function raised, or ended; the message has the type and the text of it."""


class Function:
    """Started on entering, ended on leaving. One event at a time, as Lambda does it."""

    def __init__(
        self,
        runtime: Runtime,
        artefact: Path,
        handler: str,
        environment: Mapping[str, str],
        log: Path,
    ) -> None:
        self._runtime = runtime
        self._artefact = artefact
        self._handler = handler
        self._environment = environment
        self.log = log

    def __enter__(self) -> Self:
        ports = [_free_port(), _free_port()]
        self._port = ports[0]
        self._process = subprocess.Popen(
            [
                self._runtime.emulator,
                *("--runtime-interface-emulator-address", f"127.0.0.1:{ports[0]}"),
                *("--runtime-api-address", f"127.0.0.1:{ports[1]}"),
                *(self._runtime.python, "-S", "-m", "awslambdaric", self._handler),
            ],
            cwd=self._artefact,
            env=self._whole_environment(),
            stdin=subprocess.DEVNULL,
            stdout=self.log.open("wb"),
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
        self._await()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        for process in _session(self._process.pid):
            _end(process)
        self._process.wait(timeout=10)

    def invoke(self, event: object) -> Any:
        """What the handler returned; raises `FunctionFailed`."""
        connection = http.client.HTTPConnection("127.0.0.1", self._port, timeout=_SECONDS)
        try:
            connection.request("POST", _PATH, json.dumps(event))
            text = connection.getresponse().read()
        finally:
            connection.close()
        answer = json.loads(text)
        if isinstance(answer, dict) and "errorType" in answer:
            raise FunctionFailed(f"{answer['errorType']}: {answer.get('errorMessage')}")
        return answer

    def init_milliseconds(self) -> float:
        """From the start of Python until the handler was there; once it has been invoked."""
        found = _INIT.search(self.log.read_text())
        if found is None:
            raise FunctionFailed(f"it did not start; see {self.log}")
        return float(found[1])

    def _whole_environment(self) -> dict[str, str]:
        return {
            "PATH": os.defpath,
            "LANG": "C.UTF-8",
            "PYTHONPATH": str(self._runtime.client),
            "LAMBDA_TASK_ROOT": str(self._artefact),
            "AWS_LAMBDA_FUNCTION_NAME": self._handler.split(".")[1],
            "AWS_LAMBDA_FUNCTION_VERSION": "$LATEST",
            "AWS_LAMBDA_FUNCTION_MEMORY_SIZE": "1024",
            "AWS_LAMBDA_FUNCTION_TIMEOUT": str(_SECONDS),
            "AWS_SAM_LOCAL": "true",  # an emulator, as it says
            "AWS_REGION": "us-east-1",
            "AWS_ACCESS_KEY_ID": "local",
            "AWS_SECRET_ACCESS_KEY": "local",
            **self._environment,
        }

    def _await(self) -> None:
        deadline = time.monotonic() + 10
        while time.monotonic() < deadline and self._process.poll() is None:
            with socket.socket() as probe:
                if probe.connect_ex(("127.0.0.1", self._port)) == 0:
                    return
            time.sleep(0.05)
        raise FunctionFailed(f"the emulator does not listen; see {self.log}")


def _free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return int(listener.getsockname()[1])


def _session(leader: int) -> list[int]:
    """The emulator and the runtime below it, which outlives an emulator that is merely ended."""
    found = [int(each.name) for each in Path("/proc").glob("[0-9]*") if _is_in(each, leader)]
    return sorted(found, reverse=True)


def _is_in(process: Path, leader: int) -> bool:
    try:
        words = (process / "stat").read_text().rpartition(")")[2].split()
    except OSError:
        return False
    return int(words[3]) == leader and words[0] != "Z"


def _end(process: int) -> None:
    try:
        os.kill(process, signal.SIGKILL)
    except ProcessLookupError:
        return
