#!/usr/bin/env python3
"""Makes the table of the declarations on a local DynamoDB, and fills it with demo content."""

from __future__ import annotations

import argparse
import importlib.util
import os
import sys
from pathlib import Path
from urllib.parse import urlsplit

ROOT = Path(__file__).resolve().parent.parent
VENV_PYTHON = ROOT / ".venv" / "bin" / "python"
LOCAL_HOSTS = {"localhost", "127.0.0.1", "::1", "host.docker.internal"}

DONE, FAILED, USAGE, PREREQUISITE = 0, 1, 2, 3


def main() -> int:
    options = _parser().parse_args()
    if refusal := _refusal(options):
        print(f"dynamodb_local_bootstrap: {refusal}", file=sys.stderr)
        return USAGE
    _enter_environment()
    from scripts.bootstrap.run import run  # noqa: PLC0415 - needs the environment just entered

    return DONE if run(options) else FAILED


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        description="Creates the declared table with its indexes and TTL, and waits until it is"
        " active. Repeating it is harmless; a table that differs is an error that lists how.",
        epilog="exit codes: 0 ready, 1 failed or different, 2 usage, 3 no environment",
    )
    parser.add_argument("--endpoint", required=True, help="such as http://localhost:8000")
    parser.add_argument(
        "--table",
        default=os.environ.get("TABLE_NAME") or "singletable_blog_local",
        help="the table's name (default: TABLE_NAME, or %(default)s)",
    )
    parser.add_argument("--seed", action="store_true", help="load the demo content as well")
    parser.add_argument("--recreate", action="store_true", help="delete the table first; asks")
    parser.add_argument("--yes", action="store_true", help="do not ask")
    parser.add_argument(
        "--allow-remote", action="store_true", help="accept an endpoint that is not local"
    )
    return parser


def _refusal(options: argparse.Namespace) -> str | None:
    """Why nothing will be done; None if all is well."""
    parts = urlsplit(options.endpoint)
    if parts.scheme not in ("http", "https") or not parts.hostname:
        return f"--endpoint {options.endpoint!r} is no URL; use such as http://localhost:8000"
    if parts.hostname not in LOCAL_HOSTS and not options.allow_remote:
        return (
            f"{parts.hostname} is not local ({', '.join(sorted(LOCAL_HOSTS))});"
            " add --allow-remote if you mean it"
        )
    if options.recreate and not options.yes and not _agrees(options):
        return "the table was kept; --recreate needs a yes, or --yes where nobody can answer"
    return None


def _agrees(options: argparse.Namespace) -> bool:
    if not sys.stdin.isatty():
        return False
    question = f"Delete table {options.table} at {options.endpoint} with everything in it? [y/N] "
    return input(question).strip().lower() in ("y", "yes")


def _enter_environment() -> None:
    """Goes on in the project's environment when this Python lacks what is needed."""
    sys.path.insert(0, str(ROOT))
    if importlib.util.find_spec("boto3") and importlib.util.find_spec("pydantic"):
        return
    if VENV_PYTHON.exists() and Path(sys.executable) != VENV_PYTHON:
        os.execv(VENV_PYTHON, [str(VENV_PYTHON), *sys.argv])  # noqa: S606 - our own interpreter
    print(
        "dynamodb_local_bootstrap: this Python lacks boto3 and pydantic;"
        " ./scripts/run_backend_local.sh up makes an environment that has them",
        file=sys.stderr,
    )
    sys.exit(PREREQUISITE)


if __name__ == "__main__":
    sys.exit(main())
