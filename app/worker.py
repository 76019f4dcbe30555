"""The worker's entrance: `handler` for Lambda, `python -m app.worker` for local stacks.

Built from the environment when it is first asked for, as in `app.main`. Knows no route.
"""

from __future__ import annotations

import logging
import sys
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import timedelta
from functools import cache, partial
from threading import Event, Thread
from typing import TYPE_CHECKING, Any, Protocol

from app.aws.clients import Clients
from app.aws.messaging import SqsQueue, make_job_queue
from app.aws.s3 import make_object_store
from app.core.context import asking, check_declared, declared_patterns, utc_now
from app.core.metrics import Meter, Tally, open_tally
from app.core.problems import Unavailable
from app.processes import begin, make_repository, stop_event
from app.services import post_writing, worker
from app.services.jobs import IsOver, WorkerDependencies
from model import JobId
from singletable.errors import SingleTableError


class LambdaContext(Protocol):
    def get_remaining_time_in_millis(self) -> int: ...


if TYPE_CHECKING:
    handler: Callable[[Mapping[str, Any], LambdaContext], dict[str, Any]]


NAME, PATTERNS = "app.worker", declared_patterns([worker.work, post_writing.publish_due])
SPARE_MILLISECONDS = 30_000
"""Before a function is ended: for all attempts at one request, and to hand over."""
_PLANNED_SECONDS = 10.0
_PAUSE_SECONDS = 1.0

Report = Callable[[Tally], None]

log = logging.getLogger("app.jobs")


def answer(
    event: Mapping[str, Any],
    shop: WorkerDependencies,
    is_over: IsOver,
    report: Report | None = None,
) -> dict[str, Any]:
    """What the worker does with an event of SQS, or with one of the clock, which has no records.

    `report` is told what each job asked for.
    """
    shop = replace(shop, repository=shop.repository.with_middleware(check_declared))
    if "Records" not in event:
        with asking(NAME, PATTERNS):
            return {"published": post_writing.publish_due(shop.repository, shop.clock())}

    def work(job_id: JobId, receipt: str) -> None:
        with open_tally() as tally, asking(NAME, PATTERNS):
            try:
                worker.work(shop, job_id, is_over, receipt)
            finally:
                if report is not None:
                    report(tally)

    return worker.handle(event, work)


@cache
def _made() -> tuple[WorkerDependencies, SqsQueue, Report | None]:
    """Ends the process with what is missing."""
    settings = begin()
    clients, meter = Clients(settings), Meter.of(settings)
    queue, objects = make_job_queue(settings, clients), make_object_store(settings, clients)
    if queue is None or objects is None:
        raise SystemExit("A worker needs JOBS_QUEUE_URL and MEDIA_BUCKET.")
    shop = WorkerDependencies(
        repository=make_repository(settings),
        objects=objects,
        queue=queue,
        clock=utc_now,
        lease=timedelta(seconds=settings.jobs_lease_seconds),
        keep=timedelta(days=settings.jobs_keep_days),
        most_attempts=settings.jobs_most_attempts,
    )
    return shop, queue, meter.report_work if meter else None


def _handle(event: Mapping[str, Any], context: LambdaContext) -> dict[str, Any]:
    shop, _, report = _made()
    return answer(event, shop, partial(_is_late, context), report)


def _is_late(context: LambdaContext) -> bool:
    return context.get_remaining_time_in_millis() < SPARE_MILLISECONDS


def main() -> int:
    """Polls until SIGTERM or SIGINT."""
    stop = stop_event()
    shop, queue, report = _made()
    Thread(target=_publish_due, args=(shop, stop), daemon=True).start()
    poll(queue, lambda event: answer(event, shop, stop.is_set, report), stop)
    return 0


def _publish_due(shop: WorkerDependencies, stop: Event) -> None:
    """As the clock has Lambda do it, until `stop` is set."""
    while not stop.wait(_PLANNED_SECONDS):
        try:
            answer({}, shop, stop.is_set)
        except SingleTableError as error:
            log.warning("planned publications have to wait: %s", error)


def __getattr__(name: str) -> object:
    if name == "handler":
        _made()
        return _handle
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


def poll(
    queue: SqsQueue, handle: Callable[[Mapping[str, Any]], Mapping[str, Any]], stop: Event
) -> None:
    """Until `stop` is set. What fails stays in the queue, and comes again.

    A queue that is away is asked again, and spoken of once.
    """
    is_there: bool | None = None
    while not stop.is_set():
        try:
            for record in queue.receive():
                if not handle({"Records": [record]})["batchItemFailures"]:
                    queue.delete(record["receiptHandle"])
            if not is_there:
                log.info("waiting for jobs")
            is_there = True
        except Unavailable as error:
            if is_there is not False:
                log.warning("the queue is away: %s", error.cause)
            is_there = False
            stop.wait(_PAUSE_SECONDS)


if __name__ == "__main__":
    sys.exit(main())
