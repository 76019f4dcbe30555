#!/usr/bin/env python3
"""Makes the table of the declarations on a local DynamoDB, and fills it with demo content."""

from __future__ import annotations

import argparse
import os
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from scripts.bootstrap.entrance import (
    DONE,
    FAILED,
    USAGE,
    complain,
    endpoint_refusal,
    enter_environment,
)


def main() -> int:
    options = _parser().parse_args()
    if refusal := _refusal(options):
        complain(refusal)
        return USAGE
    enter_environment()
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
    parser.add_argument(
        "--accounts",
        type=Path,
        metavar="FILE",
        help="the file that cognito_local_bootstrap.py saved: the demo's people get the ids that"
        " the user pool gave them; without it, ids of their own",
    )
    parser.add_argument("--recreate", action="store_true", help="delete the table first; asks")
    parser.add_argument("--yes", action="store_true", help="do not ask")
    parser.add_argument(
        "--allow-remote", action="store_true", help="accept an endpoint that is not local"
    )
    return parser


def _refusal(options: argparse.Namespace) -> str | None:
    """Why nothing will be done; None if all is well."""
    if refusal := endpoint_refusal(options.endpoint, allow_remote=options.allow_remote):
        return refusal
    if options.recreate and not options.yes and not _agrees(options):
        return "the table was kept; --recreate needs a yes, or --yes where nobody can answer"
    return None


def _agrees(options: argparse.Namespace) -> bool:
    if not sys.stdin.isatty():
        return False
    question = f"Delete table {options.table} at {options.endpoint} with everything in it? [y/N] "
    return input(question).strip().lower() in ("y", "yes")


if __name__ == "__main__":
    sys.exit(main())
