"""Consumed capacity by access pattern, from the metrics that the API writes into its log (EMF).

Lines that are no metrics, and metrics that are no capacity of a pattern, are passed over.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

DIMENSION, READ, WRITE = "Pattern", "ReadUnits", "WriteUnits"


@dataclass(frozen=True)
class Units:
    """Capacity units, as DynamoDB counts them."""

    read: float = 0.0
    write: float = 0.0

    def __add__(self, other: Units) -> Units:
        return Units(self.read + other.read, self.write + other.write)


Capacity = Mapping[str, Units]
"""By the pattern's name."""


def capacity_by_pattern(lines: Iterable[str]) -> Capacity:
    """What all lines say together."""
    units: dict[str, Units] = {}
    for metrics in filter(None, map(_metrics, lines)):
        pattern = metrics.get(DIMENSION)
        consumed = Units(*(_total(metrics, name) for name in (READ, WRITE)))
        if isinstance(pattern, str) and consumed != Units():
            units[pattern] = units.get(pattern, Units()) + consumed
    return units


def capacity_since(log: Path, offset: int) -> Capacity:
    """Of what was written to a log after `offset` bytes."""
    with log.open(encoding="utf-8", errors="replace") as lines:
        lines.seek(offset)
        return capacity_by_pattern(lines)


def _metrics(line: str) -> dict[str, Any] | None:
    """The members of a line of metrics."""
    if '"_aws"' not in line:
        return None
    try:
        parsed = json.loads(line)
    except ValueError:  # the last line may be half written
        return None
    return parsed if isinstance(parsed, dict) else None


def _total(metrics: Mapping[str, Any], name: str) -> float:
    """Of a metric that the line declares; EMF takes a number, or a list of them."""
    if name not in _declared(metrics):
        return 0.0
    value = metrics.get(name, 0)
    return float(sum(value) if isinstance(value, list) else value)


def _declared(metrics: Mapping[str, Any]) -> Iterator[str]:
    for directive in metrics["_aws"].get("CloudWatchMetrics", ()):
        yield from (metric["Name"] for metric in directive.get("Metrics", ()))
