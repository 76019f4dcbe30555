"""Renders what was counted as CloudWatch EMF lines: one of the request, one of each pattern."""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass

from app.core import metrics
from app.core.context import current_request_id, current_trace
from app.core.metrics import METHOD, PATTERN, ROUTE, STAGE, Metric, Tally, Values
from app.core.settings import Settings

KNOWN_METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})
NO_ROUTE = "(none)"
OTHER_METHOD = "(other)"


@dataclass(frozen=True)
class Answered:
    """`route` is the template, None if there is none; `status` 0 if no answer was begun."""

    method: str
    route: str | None
    status: int
    milliseconds: float


def to_stdout(text: str) -> None:
    """In one piece: log lines go the same way."""
    sys.stdout.write(text + "\n")
    sys.stdout.flush()


class Meter:
    """`write` is given each line; `clock` says the time in seconds since 1970."""

    def __init__(
        self,
        namespace: str,
        stage: str,
        write: Callable[[str], None] = to_stdout,
        clock: Callable[[], float] = time.time,
    ) -> None:
        self._namespace = namespace
        self._stage = stage
        self._write = write
        self._clock = clock

    @classmethod
    def of(cls, settings: Settings) -> Meter:
        return cls(settings.metrics_namespace, settings.app_env)

    def report(self, answered: Answered, tally: Tally) -> None:
        """Writes the lines of one request."""
        method = answered.method if answered.method in KNOWN_METHODS else OTHER_METHOD
        measured: dict[Metric, Values] = {
            metrics.REQUESTS: 1,
            metrics.LATENCY: round(answered.milliseconds, 2),
            metrics.CLIENT_ERRORS: int(400 <= answered.status < 500),
            metrics.SERVER_ERRORS: int(answered.status == 0 or answered.status >= 500),
            metrics.LIMITED: int(answered.status == 429),
            metrics.POLICY_FAILURES: tally.policy_failures,
        }
        self._write_line(measured, {ROUTE: answered.route or NO_ROUTE, METHOD: method})
        self.report_work(tally)

    def report_work(self, tally: Tally) -> None:
        """The same for work that no request asked for: its patterns alone."""
        for name, of in sorted(tally.patterns.items()):
            self._write_line(of.measured(), {PATTERN: name})

    def _write_line(self, measured: Mapping[Metric, Values], split: Mapping[str, str]) -> None:
        """The ids can be searched for in the logs, and make no metrics."""
        trace = current_trace()
        line = {
            "_aws": {
                "Timestamp": int(self._clock() * 1000),
                "CloudWatchMetrics": list(self._directives(measured)),
            },
            "requestId": current_request_id() or None,
            "traceId": trace.trace_id if trace else None,
            STAGE: self._stage,
            **split,
            **{metric.name: values for metric, values in measured.items()},
        }
        self._write(json.dumps(line))

    def _directives(self, measured: Iterable[Metric]) -> Iterator[dict[str, object]]:
        """One for all metrics that are split alike."""
        alike: dict[tuple[tuple[str, ...], ...], list[Metric]] = {}
        for metric in measured:
            alike.setdefault(metric.splits, []).append(metric)
        for splits, those in alike.items():
            yield {
                "Namespace": self._namespace,
                "Dimensions": [list(names) for names in splits],
                "Metrics": [{"Name": each.name, "Unit": each.unit} for each in those],
            }
