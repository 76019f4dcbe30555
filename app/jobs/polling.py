"""Takes messages from the queue itself, where no Lambda does: on local stacks.

Asked to stop, it puts down what it has in hand, for the next worker to go on with.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from threading import Event
from typing import Any

from app.aws.sqs import Received, SqsQueue
from app.jobs.queue import QueueError

log = logging.getLogger(__name__)

_PAUSE_SECONDS = 1.0


def poll(
    queue: SqsQueue, handle: Callable[[Mapping[str, Any]], Mapping[str, Any]], stop: Event
) -> None:
    """Until `stop` is set. A queue that is away is asked again, and spoken of once."""
    is_there: bool | None = None
    while not stop.is_set():
        try:
            for received in queue.receive():
                _deal_with(queue, received, handle)
            if not is_there:
                log.info("waiting for jobs")
            is_there = True
        except QueueError as error:
            if is_there is not False:
                log.warning("the queue is away: %s", error)
            is_there = False
            stop.wait(_PAUSE_SECONDS)


def _deal_with(
    queue: SqsQueue,
    received: Received,
    handle: Callable[[Mapping[str, Any]], Mapping[str, Any]],
) -> None:
    """What fails stays in the queue, and comes again."""
    if not handle({"Records": [received.record()]})["batchItemFailures"]:
        queue.delete(received)
