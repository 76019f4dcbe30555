"""Capacity is read from metrics among other lines of a log."""

from __future__ import annotations

import json
from pathlib import Path

from scripts.load.capacity import Units, capacity_by_pattern, capacity_since


def metric(pattern: str | None, **values: object) -> str:
    names = [{"Name": name, "Unit": "Count"} for name in values]
    dimension = {} if pattern is None else {"Pattern": pattern}
    directive = {"Namespace": "n", "Dimensions": [["Stage", "Pattern"]], "Metrics": names}
    return json.dumps({"_aws": {"CloudWatchMetrics": [directive]}, **dimension, **values})


def test_capacity_is_added_up_by_pattern() -> None:
    """Numbers and lists of numbers; other metrics of the line are not capacity."""
    lines = [
        metric("posts.by_id", ReadUnits=0.5, DynamoLatency=12),
        metric("posts.by_id", ReadUnits=[0.5, 1]),
        metric("posts.create", ReadUnits=1, WriteUnits=9),
    ]
    assert capacity_by_pattern(lines) == {"posts.by_id": Units(2, 0), "posts.create": Units(1, 9)}


def test_other_lines_are_passed_over() -> None:
    """Logs, half lines, capacity of no pattern, and members that are declared as no metric."""
    half = metric("posts.by_id", ReadUnits=1)[:-5]
    assert not capacity_by_pattern(["INFO: started", '{"level": "info"}', half])
    assert not capacity_by_pattern([metric(None, ReadUnits=1), metric("p", DynamoLatency=1)])
    assert not capacity_by_pattern([json.dumps({"_aws": {}, "Pattern": "p", "ReadUnits": 1})])


def test_what_was_logged_before_does_not_count(tmp_path: Path) -> None:
    """Reading begins at an offset."""
    log = tmp_path / "api.log"
    before = metric("posts.by_id", ReadUnits=1) + "\n"
    log.write_text(before + metric("posts.create", WriteUnits=2) + "\n")
    assert capacity_since(log, len(before)) == {"posts.create": Units(0, 2)}
