"""The options of a load. As a program: says whether they can be used, before anything is started.

Standard library only, and no stack: whether a part is there to be disturbed is asked later.
"""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Callable
from typing import NoReturn

USAGE = 2
SCRIPT = "scripts/load.sh"
PARTS = ("redis", "dynamodb", "cognito")
LONGEST_SECONDS, MOST_WORKERS, LARGEST_MB = 86400.0, 200, 100_000.0
ON_AWS_CLIENTS = ("dynamodb", "cognito")
"""The API waits for these as long as its AWS clients do."""


class Parser(argparse.ArgumentParser):
    """Refuses as the scripts do."""

    def error(self, message: str) -> NoReturn:
        self.exit(USAGE, f"error: {message}\n  fix: see {self.prog} --help\n")


def parsed(arguments: list[str] | None = None) -> argparse.Namespace:
    """Of the command line by default; ends the program with 2 where they cannot be used."""
    parser = Parser(prog=SCRIPT, add_help=False, allow_abbrev=False)
    parser.add_argument("--url", default=os.environ.get("API_URL", ""))
    parser.add_argument("--stack", default=os.environ.get("SINGLETABLE_DEV_DIR", ""))
    parser.add_argument("--seconds", type=_above_zero(float, LONGEST_SECONDS), default=60.0)
    parser.add_argument("--workers", type=_above_zero(int, MOST_WORKERS), default=8)
    parser.add_argument("--memory-bound", type=_above_zero(float, LARGEST_MB), default=32.0)
    parser.add_argument("--disturb", choices=PARTS)
    parser.add_argument("--json", action="store_true")
    return parser.parse_args(arguments)


def _above_zero(kind: type[int] | type[float], most: float) -> Callable[[str], float]:
    def number(word: str) -> float:
        try:
            value = kind(word)
        except ValueError:
            value = kind(0)
        if not 0 < value <= most:
            kinds = "a whole number" if kind is int else "a number"
            raise argparse.ArgumentTypeError(f"{word!r} is not {kinds} above 0 and up to {most:g}")
        return value

    return number


def warning(options: argparse.Namespace) -> str | None:
    """Of a load that ends its outage before the API gives up; None of others."""
    patience = _patience_seconds()
    if options.disturb not in ON_AWS_CLIENTS or options.seconds / 3 > patience:
        return None
    return (
        f"{options.disturb} is out for {options.seconds / 3:g} s, and the API waits {patience:g} s"
        f" before it answers 503: to see that, give --seconds more than {3 * patience:g}"
    )


def _patience_seconds() -> float:
    """AWS_MAX_ATTEMPTS times AWS_READ_TIMEOUT_SECONDS; an API that is given nonsense says so."""
    try:
        attempts = int(os.environ.get("AWS_MAX_ATTEMPTS", "3"))
        return attempts * float(os.environ.get("AWS_READ_TIMEOUT_SECONDS", "5"))
    except ValueError:
        return 0.0


if __name__ == "__main__":
    if words := warning(parsed()):
        print(f"warning: {words}", file=sys.stderr)
