"""Measurements as a line of CloudWatch's embedded metric format. Knows none of the metrics.

The format: Amazon CloudWatch User Guide, "Specification: Embedded metric format".
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping

from app.metrics.declared import Metric

MOST_VALUES = 100
Values = float | list[float]


def line(
    namespace: str,
    moment: int,
    measured: Mapping[Metric, Values],
    dimensions: Mapping[str, str],
    properties: Mapping[str, object],
) -> str:
    """One JSON object without a line's end. `moment`: milliseconds since 1970.

    `dimensions` has a value for each that the metrics are split by; `properties` can be searched
    for in the logs, and make no metrics.
    """
    root = {
        "_aws": {
            "Timestamp": moment,
            "CloudWatchMetrics": list(_directives(namespace, measured)),
        },
        **properties,
        **dimensions,
        **{metric.name: values for metric, values in measured.items()},
    }
    return json.dumps(root)


def _directives(namespace: str, measured: Iterable[Metric]) -> Iterable[dict[str, object]]:
    """One for all metrics that are split alike."""
    alike: dict[tuple[tuple[str, ...], ...], list[Metric]] = {}
    for metric in measured:
        alike.setdefault(metric.splits, []).append(metric)
    for splits, metrics in alike.items():
        yield {
            "Namespace": namespace,
            "Dimensions": [list(names) for names in splits],
            "Metrics": [{"Name": each.name, "Unit": each.unit} for each in metrics],
        }
