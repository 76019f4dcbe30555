"""The worker's entrance: `handler` for Lambda, `python -m app.worker` for local stacks.

Built from the environment when it is first asked for, as in `app.main`. Knows no route.
"""

from __future__ import annotations

import signal
import sys
from collections.abc import Callable, Mapping
from datetime import timedelta
from functools import cache, partial
from threading import Event
from types import FrameType
from typing import TYPE_CHECKING, Any, Protocol

from app.aws.dynamo import make_repository
from app.aws.s3 import make_object_store
from app.aws.sqs import SqsQueue, make_job_queue
from app.clock import utc_now
from app.jobs import records, working
from app.jobs.holding import IsOver, Workshop
from app.jobs.polling import poll
from app.logs import configure_logging
from app.settings import Settings, SettingsError, load_settings

if TYPE_CHECKING:
    handler: Callable[[Mapping[str, Any], LambdaContext], dict[str, Any]]

SPARE_MILLISECONDS = 30_000
"""Before a function is ended: for all attempts at one request, and to hand over."""


class LambdaContext(Protocol):
    def get_remaining_time_in_millis(self) -> int: ...


def answer(event: Mapping[str, Any], shop: Workshop, is_over: IsOver) -> dict[str, Any]:
    """What the worker does with an event of SQS."""
    return records.handle(event, lambda job_id: working.work(shop, job_id, is_over))


def make_workshop(settings: Settings) -> tuple[Workshop, SqsQueue]:
    """Ends the process with what is missing."""
    queue, objects = make_job_queue(settings), make_object_store(settings)
    if queue is None or objects is None:
        raise SystemExit("A worker needs JOBS_QUEUE_URL and MEDIA_BUCKET.")
    shop = Workshop(
        repository=make_repository(settings),
        objects=objects,
        queue=queue,
        clock=utc_now,
        lease=timedelta(seconds=settings.jobs_lease_seconds),
        keep=timedelta(days=settings.jobs_keep_days),
        most_attempts=settings.jobs_most_attempts,
    )
    return shop, queue


@cache
def _made() -> tuple[Workshop, SqsQueue]:
    try:
        settings = load_settings()
    except SettingsError as error:
        raise SystemExit(str(error)) from None
    configure_logging(settings.log_level)
    return make_workshop(settings)


def _handle(event: Mapping[str, Any], context: LambdaContext) -> dict[str, Any]:
    shop, _ = _made()
    return answer(event, shop, partial(_is_late, context))


def _is_late(context: LambdaContext) -> bool:
    return context.get_remaining_time_in_millis() < SPARE_MILLISECONDS


def main() -> int:
    """Polls until SIGTERM or SIGINT."""
    stop = Event()

    def put_down(_signal: int, _frame: FrameType | None) -> None:
        stop.set()

    for each in (signal.SIGTERM, signal.SIGINT):
        signal.signal(each, put_down)
    shop, queue = _made()
    poll(queue, lambda event: answer(event, shop, stop.is_set), stop)
    return 0


def __getattr__(name: str) -> object:
    if name == "handler":
        _made()
        return _handle
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


if __name__ == "__main__":
    sys.exit(main())
