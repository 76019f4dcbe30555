"""What is too hot, by published answers: how many shards serve so much."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from singletable.check.checker import check_design
from singletable.check.findings import Finding
from singletable.check.heat import heat_findings, shards_for
from singletable.check.units import read_units
from singletable.check.volumes import volumes_of
from singletable.design import ir
from singletable.design.interchange import design_of

EVENT = {"name": "Event", "keys": {"PK": "DAY#{day}", "SK": "{event}"}}
OPEN = {"name": "Event", "keys": {"PK": "OPEN", "SK": "{event}"}}
COUNTER = {"name": "Counter", "keys": {"PK": "COUNTER", "SK": "COUNTER"}}
PUT = {"name": "put", "operation": "PutItem", "returns": ["Event"]}
LIST = {"name": "list", "operation": "Query", "returns": ["Event"], "key": {"PK": "OPEN"}}


def design(entity: Any, *patterns: Any) -> ir.Design:
    return design_of(
        {
            "singletable": 1,
            "tables": [{"name": "log", "partition": "PK", "sort": "SK"}],
            "entities": [entity],
            "patterns": patterns,
        }
    )


def found(checked: ir.Design, **volumes: Any) -> list[Finding]:
    return list(heat_findings(checked, volumes_of(volumes, checked)))


def consistent(checked: ir.Design) -> ir.Design:
    [pattern] = checked.patterns
    [read] = pattern.operation.reads
    operation = replace(pattern.operation, reads=(replace(read, consistent=True),))
    return replace(checked, patterns=(replace(pattern, operation=operation),))


def test_writes_of_one_day_need_five_shards() -> None:
    """4,445 writes of 1 KB a second, all on the partition key of today."""
    [finding] = found(
        design(EVENT, PUT),
        entities={"Event": {"size": 1000}},
        keys={"Event.primary": {"skew": 1.0}},
        patterns={"put": {"peak": 4445}},
    )
    assert finding.rule.slug == "hot-partition"
    assert "4,445 write units" in finding.declared
    assert "at least 5 shards" in finding.declared


def test_the_example_of_the_developer_guide_needs_thirteen() -> None:
    """A fifth of 3,000,000 items of 250 bytes is read a second: 16 items are in a unit, 48,000 a
    second are read from a partition, and 600,000 by 48,000 is 12.5."""
    items_a_second = 3_000_000 * 0.2
    calls = items_a_second / 16
    assert read_units(16 * 250, 1) == 1
    assert shards_for(calls, "read") == 13
    [finding] = found(
        consistent(design(OPEN, LIST)),
        entities={"Event": {"size": 250}},
        patterns={"list": {"rate": calls, "returned": 16}},
    )
    assert "37,500 read units" in finding.declared
    assert "at least 13 shards" in finding.declared


@pytest.mark.parametrize(
    ("key", "is_hot"),
    [
        ({"skew": 0.2}, False),
        ({"skew": 0.3}, True),
        ({"values": 5}, False),
        ({"values": 4}, True),
        ({}, False),
    ],
)
def test_the_hottest_value_counts(key: Any, is_hot: bool) -> None:
    """Where nobody says its share, nothing is found."""
    findings = found(
        design(EVENT, PUT),
        entities={"Event": {"size": 100}},
        keys={"Event.primary": key},
        patterns={"put": {"rate": 4445}},
    )
    assert bool(findings) == is_hot


def test_patterns_on_one_partition_are_added_up() -> None:
    volumes: Any = {
        "entities": {"Event": {"size": 100}},
        "patterns": {"put": {"peak": 600}, "again": {"peak": 600}},
    }
    [finding] = found(design(OPEN, PUT, {**PUT, "name": "again"}), **volumes)
    assert finding.declared.endswith("at least 2 shards; by put, again")
    del volumes["patterns"]["again"]
    assert found(design(OPEN, PUT), **volumes) == []


def test_shards_are_counted() -> None:
    """Five serve what four do not."""
    checked = design(EVENT, PUT)
    [entity] = checked.entities
    for count, findings in ((4, 1), (5, 0)):
        key = replace(entity.primary, shards=ir.Shards(("event",), count))
        spread = replace(checked, entities=(replace(entity, keys=(key,)),))
        said: Any = {
            "entities": {"Event": {"size": 100}},
            "keys": {"Event.primary": {"skew": 1.0}},
            "patterns": {"put": {"peak": 4445}},
        }
        assert len(found(spread, **said)) == findings


def test_an_item_is_hot_by_itself() -> None:
    """Read or written; no shards are advised."""
    patterns = [
        {
            "name": "read",
            "operation": "GetItem",
            "returns": ["Counter"],
            "key": {"PK": "COUNTER", "SK": "COUNTER"},
        },
        {"name": "count", "operation": "UpdateItem", "returns": ["Counter"]},
    ]
    findings = found(
        design(COUNTER, *patterns),
        entities={"Counter": {"size": 100}},
        patterns={"read": {"peak": 6001}, "count": {"peak": 1001}},
    )
    assert [(each.rule.slug, each.subject) for each in findings] == [
        ("hot-item", "read"),
        ("hot-item", "count"),
    ]


@pytest.mark.parametrize(("size", "count"), [(400 * 1024, 0), (400 * 1024 + 1, 1)])
def test_the_greatest_item(size: int, count: int) -> None:
    checked = design(EVENT)
    volumes = volumes_of({"entities": {"Event": {"size": size}}}, checked)
    slugs = [each.rule.slug for each in check_design(checked, volumes).findings]
    assert slugs.count("item-too-large") == count
