"""The entrance of the relay: `handler` for Lambda, which brings it the table's stream; on a local
stack `python -m app.relay` reads the stream itself. Importing configures nothing.
"""

from __future__ import annotations

import logging
from collections.abc import Mapping
from functools import cache
from typing import Any

from app.aws.messaging import make_stream, make_topic
from app.core.settings import Settings
from app.processes import begin, stop_event
from app.services.relay import Polling, Relay

NOBODY = "EVENTS_TOPIC_ARN: missing, so the relay has nobody to tell. Set it to the topic's ARN"

log = logging.getLogger("app.events")


def handler(event: Mapping[str, Any], _context: object) -> dict[str, list[dict[str, str]]]:
    """Names the first record that is to be brought again, with all that follow it."""
    records = event.get("Records", ())  # an event that keeps the function warm has none
    number = _relay()(records) if records else None
    return {"batchItemFailures": [] if number is None else [{"itemIdentifier": number}]}


@cache
def _settings() -> Settings:
    return begin()


@cache
def _relay() -> Relay:
    topic = make_topic(_settings())
    if topic is None:
        raise SystemExit(NOBODY)
    return Relay(topic)


def main() -> None:
    """Until it is told to stop, by TERM or INT."""
    stopped = stop_event()
    polling = Polling(make_stream(_settings()), _relay())
    log.info("the relay reads the stream of %s", _settings().table_name)
    polling.until(stopped)


if __name__ == "__main__":
    main()
