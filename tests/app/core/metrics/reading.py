"""What CloudWatch would make of a line: checked against the specification first."""

from __future__ import annotations

import json
from typing import Any

import jsonschema

from tests.app.core.metrics.specification import SCHEMA


class Line:
    """`values` has each metric's; `splits` the values of the dimensions that it is split by."""

    def __init__(self, text: str) -> None:
        assert "\n" not in text
        root: dict[str, Any] = json.loads(text)
        jsonschema.validate(root, SCHEMA)
        assert len(text.encode()) < 256 * 1024
        self.root = root
        self.values: dict[str, Any] = {}
        self.splits: dict[str, list[dict[str, str]]] = {}
        for directive in root["_aws"]["CloudWatchMetrics"]:
            sets = [{name: root[name] for name in names} for names in directive["Dimensions"]]
            assert all(isinstance(value, str) and value for each in sets for value in each.values())
            for metric in directive["Metrics"]:
                name = metric["Name"]
                assert name not in self.values, "a metric is declared once in a line"
                self.values[name] = _numbers(root[name])
                self.splits[name] = sets

    @property
    def pattern(self) -> str | None:
        found: str | None = self.root.get("Pattern")
        return found


def _numbers(value: Any) -> Any:
    values = value if isinstance(value, list) else [value]
    assert 0 < len(values) <= 100
    assert all(isinstance(each, int | float) for each in values)
    return value
