#!/usr/bin/env python3
"""Shows what a local stack told others: takes events from the queue behind its topic."""

from __future__ import annotations

import argparse
import json
import os
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from scripts.bootstrap.entrance import (
    DONE,
    FAILED,
    USAGE,
    complain,
    endpoint_refusal,
    enter_environment,
)

TOPIC = "singletable-events-local"
REGION = "us-east-1"
AT_ONCE = 10


def main() -> int:
    options = _parser().parse_args()
    if refusal := endpoint_refusal(options.endpoint, allow_remote=False):
        complain(refusal)
        return USAGE
    enter_environment()
    try:
        return _show(options)
    except KeyboardInterrupt:
        return DONE


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        description="Prints the events that the local relay sent, one JSON a line; an event is"
        " shown once.",
        epilog="exit codes: 0 shown, 1 failed, 2 usage, 3 no environment",
    )
    parser.add_argument(
        "--endpoint",
        default=f"http://127.0.0.1:{os.environ.get('COGNITO_PORT') or 8002}",
        help="the embedded moto (%(default)s; with COGNITO_PORT another port)",
    )
    parser.add_argument("--topic", default=TOPIC, help="the topic's name (%(default)s)")
    parser.add_argument("--follow", action="store_true", help="go on until it is interrupted")
    return parser


def _show(options: argparse.Namespace) -> int:
    from botocore.exceptions import BotoCoreError, ClientError  # noqa: PLC0415 - needs it entered

    from scripts.bootstrap.clients import LOCAL_KEYS, client_of, explained  # noqa: PLC0415
    from scripts.bootstrap.topics import queue_name  # noqa: PLC0415

    try:
        client = client_of("sqs", options.endpoint, REGION, LOCAL_KEYS)
        url = client.get_queue_url(QueueName=queue_name(options.topic))["QueueUrl"]
        body = None
        for body in _taken(client, url, follow=options.follow):
            print(json.dumps(json.loads(body), ensure_ascii=False), flush=True)
        if body is None:
            complain("no event waits: nothing happened, or it was shown before")
    except (ClientError, BotoCoreError) as error:
        complain(explained(error, options.endpoint, "SQS"))
        return FAILED
    return DONE


def _taken(client: Any, url: str, *, follow: bool) -> Iterator[str]:
    """Each message's body; the message is gone once the next is asked for."""
    while True:
        answer = client.receive_message(QueueUrl=url, MaxNumberOfMessages=AT_ONCE)
        for message in answer.get("Messages", ()):
            yield message["Body"]
            client.delete_message(QueueUrl=url, ReceiptHandle=message["ReceiptHandle"])
        if "Messages" not in answer:
            if not follow:
                return
            time.sleep(0.5)


if __name__ == "__main__":
    sys.exit(main())
