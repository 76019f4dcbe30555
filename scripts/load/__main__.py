"""Carries a load out as its options say; its exit code."""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path
from urllib.parse import urlsplit

from scripts.load.disturbance import Disturbance
from scripts.load.options import USAGE, parsed
from scripts.load.report import as_json, lines
from scripts.load.run import Load, NobodySignedIn
from scripts.load.stack import Stack

WELL, NOT_WELL, NOT_STARTED, INTERRUPTED = 0, 1, 6, 130
LOCAL = {"localhost", "127.0.0.1", "::1"}


def main() -> int:
    options = parsed()
    stack = Stack(Path(options.stack) if options.stack else None)
    if refusal := _refusal(options, stack):
        return _complain(refusal, USAGE)
    load = Load(
        options.url.rstrip("/"),
        options.seconds,
        options.workers,
        stack,
        options.memory_bound,
        _disturbance(options.disturb, stack),
    )
    try:
        result = load.run()
    except NobodySignedIn as error:
        return _complain(str(error), NOT_STARTED)
    except KeyboardInterrupt:
        return INTERRUPTED
    print(json.dumps(as_json(result), indent=1) if options.json else "\n".join(lines(result)))
    if any(result.problems()):
        return NOT_WELL
    return INTERRUPTED if load.interrupted else WELL


def _refusal(options: argparse.Namespace, stack: Stack) -> str | None:
    """Why nothing is begun; None if all is well."""
    host = urlsplit(options.url).hostname
    if host not in LOCAL:
        return f"--url {options.url!r} is not on this machine: a load writes and deletes there"
    if options.disturb and stack.pid(options.disturb) is None:
        return f"--disturb {options.disturb}: the stack has no such part of its own"
    return None


def _disturbance(part: str | None, stack: Stack) -> Disturbance | None:
    pid = stack.pid(part) if part else None
    return Disturbance(part, pid) if part and pid else None


def _complain(problem: str, code: int) -> int:
    print(f"error: {problem}", file=sys.stderr)
    return code


if __name__ == "__main__":
    sys.exit(main())
