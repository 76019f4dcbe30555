#!/usr/bin/env python3
"""Makes the user pool with demo accounts on a local Cognito, and tells the API's settings.

moto answers for S3, SQS and SNS at the same endpoint: with `--bucket` there is one for uploads,
with `--queue` one for jobs, with `--topic` one for events and a queue to look at them.
"""

from __future__ import annotations

import argparse
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
    if refusal := endpoint_refusal(options.endpoint, allow_remote=options.allow_remote):
        complain(refusal)
        return USAGE
    enter_environment()
    from scripts.bootstrap.run_cognito import run  # noqa: PLC0415 - needs the environment

    return DONE if run(options) else FAILED


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        description="Makes user pool, app client, a group for each role, and demo accounts with a"
        " password that is public; repeating it is harmless. Prints settings as KEY=VALUE.",
        epilog="exit codes: 0 ready, 1 failed, 2 usage, 3 no environment. Amazon's own Cognito is"
        " never asked: it gets no credentials.",
    )
    parser.add_argument("--endpoint", required=True, help="such as http://localhost:8002")
    parser.add_argument(
        "--bucket", metavar="NAME", help="make a bucket as well: the endpoint is a moto server's"
    )
    parser.add_argument(
        "--queue", metavar="NAME", help="make a queue as well, and one for its dead letters"
    )
    parser.add_argument("--topic", metavar="NAME", help="make a topic for events, there as well")
    parser.add_argument("--json", action="store_true", help="print settings and accounts as JSON")
    parser.add_argument(
        "--save", type=Path, metavar="FILE", help="keep settings and the users' ids in a file"
    )
    parser.add_argument(
        "--allow-remote", action="store_true", help="accept an endpoint that is not local"
    )
    return parser


if __name__ == "__main__":
    sys.exit(main())
