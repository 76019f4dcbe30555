"""Consumed capacity by access pattern, from the metrics that the API writes into its log (EMF).

Lines that are no metrics, and metrics that count no capacity by pattern, are passed over.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any


def capacity_by_pattern(lines: Iterable[str]) -> Counter[str]:
    """Capacity units by the pattern's name."""
    units: Counter[str] = Counter()
    for line in lines:
        for pattern, value in _counted(_parsed(line)):
            units[pattern] += value
    return units


def capacity_since(log: Path, offset: int) -> Counter[str]:
    """Of what was written to a log after `offset` bytes."""
    with log.open(encoding="utf-8", errors="replace") as lines:
        lines.seek(offset)
        return capacity_by_pattern(lines)


def _parsed(line: str) -> Mapping[str, Any]:
    if '"_aws"' not in line:
        return {}
    try:
        parsed = json.loads(line)
    except ValueError:  # the last line may be half written
        return {}
    return parsed if isinstance(parsed, dict) else {}


def _counted(line: Mapping[str, Any]) -> Iterable[tuple[str, float]]:
    directives = line.get("_aws", {}).get("CloudWatchMetrics", ())
    pattern = next((value for name, value in line.items() if name.lower() == "pattern"), None)
    if not isinstance(pattern, str):
        return
    names = {metric["Name"] for each in directives for metric in each.get("Metrics", ())}
    for name in names:
        if "capacity" in name.lower():
            yield pattern, _total(line.get(name, 0))


def _total(value: Any) -> float:
    """EMF takes a number, or a list of them."""
    return float(sum(value) if isinstance(value, list) else value)
