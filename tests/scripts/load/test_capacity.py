"""Capacity is read from metrics among other lines of a log."""

from __future__ import annotations

import json
from pathlib import Path

from scripts.load.capacity import capacity_by_pattern, capacity_since


def metric(pattern: str | None, **values: object) -> str:
    names = [{"Name": name} for name in values]
    dimension = {} if pattern is None else {"pattern": pattern}
    directive = {"Namespace": "n", "Dimensions": [["pattern"]], "Metrics": names}
    return json.dumps({"_aws": {"CloudWatchMetrics": [directive]}, **dimension, **values})


def test_capacity_is_added_up_by_pattern() -> None:
    """Numbers and lists of numbers; other metrics of the line are not capacity."""
    lines = [
        metric("posts.by_id", ConsumedCapacity=0.5, Latency=12),
        metric("posts.by_id", ConsumedCapacity=[0.5, 1]),
        metric("posts.write", consumed_capacity=9),
    ]
    assert capacity_by_pattern(lines) == {"posts.by_id": 2.0, "posts.write": 9.0}


def test_other_lines_are_passed_over() -> None:
    """Logs, half lines, and capacity of no pattern."""
    half = metric("posts.by_id", ConsumedCapacity=1)[:-5]
    assert not capacity_by_pattern(["INFO: started", '{"level": "info"}', half])
    assert not capacity_by_pattern([metric(None, ConsumedCapacity=1), metric("p", Latency=1)])


def test_what_was_logged_before_does_not_count(tmp_path: Path) -> None:
    """Reading begins at an offset."""
    log = tmp_path / "api.log"
    before = metric("posts.by_id", ConsumedCapacity=1) + "\n"
    log.write_text(before + metric("posts.write", ConsumedCapacity=2) + "\n")
    assert capacity_since(log, len(before)) == {"posts.write": 2.0}
