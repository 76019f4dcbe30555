"""What the bootstrap commands ask first: is the endpoint local, can this Python do it.

Standard library only, run before any environment exists.
"""

from __future__ import annotations

import importlib.util
import os
import sys
from pathlib import Path
from urllib.parse import urlsplit

VENV_PYTHON = Path(__file__).resolve().parents[2] / ".venv" / "bin" / "python"
LOCAL_HOSTS = {"localhost", "127.0.0.1", "::1", "host.docker.internal"}

DONE, FAILED, USAGE, PREREQUISITE = 0, 1, 2, 3


def complain(problem: str) -> None:
    """Says on standard error which command failed, and why."""
    print(f"{Path(sys.argv[0]).stem}: {problem}", file=sys.stderr)


def endpoint_refusal(endpoint: str, *, allow_remote: bool) -> str | None:
    """Why nothing will be done at an endpoint; None if all is well."""
    parts = urlsplit(endpoint)
    if parts.scheme not in ("http", "https") or not parts.hostname:
        return f"--endpoint {endpoint!r} is no URL; use such as http://localhost:8000"
    if parts.hostname not in LOCAL_HOSTS and not allow_remote:
        return (
            f"{parts.hostname} is not local ({', '.join(sorted(LOCAL_HOSTS))});"
            " add --allow-remote if you mean it"
        )
    return None


def enter_environment() -> None:
    """Goes on in the project's environment when this Python lacks what is needed."""
    if importlib.util.find_spec("boto3") and importlib.util.find_spec("pydantic"):
        return
    if VENV_PYTHON.exists() and Path(sys.executable) != VENV_PYTHON:
        os.execv(VENV_PYTHON, [str(VENV_PYTHON), *sys.argv])  # noqa: S606 - our own interpreter
    complain(
        "this Python lacks boto3 and pydantic;"
        " ./scripts/run_backend_local.sh up makes an environment that has them"
    )
    sys.exit(PREREQUISITE)
