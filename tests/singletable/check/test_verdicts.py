"""What patterns come to, by designs in files and by the project's own."""

from __future__ import annotations

import importlib
from pathlib import Path
from typing import Any

import pytest

from singletable.check.checker import check_design
from singletable.design import compile_design, load_design
from singletable.design.interchange import design_of

DESIGNS = sorted(
    path.stem
    for path in (Path(__file__).parents[2] / "designs").glob("*.py")
    if not path.stem.startswith(("test_", "__")) and path.stem not in ("corpus", "faults", "proofs")
)
UNASKED = {"version_control": {"unread-index"}}
"""What designs of others have, and are right to be told."""


@pytest.mark.parametrize(
    "name", ["access_patterns", *(f"tests.designs.{each}" for each in DESIGNS)]
)
def test_our_designs_are_sound(name: str) -> None:
    importlib.import_module(name)
    report = check_design(compile_design(load_design(name), examples=False))
    found = {each.rule.slug for each in report.findings if each.rule.severity != "note"}
    assert found == UNASKED.get(name.rpartition(".")[2], set())
    assert set(report.verdicts.values()) <= {"served", "served-filter", "scan", "write"}


def verdict(key: Any, *, sort: str = "{status}#{day}#{order}", **more: Any) -> str:
    """The verdict on a query of orders by these key conditions; `days` has `order` of them."""
    days = {"name": "days", "partition": "day", "projection": ["order"]}
    design = {
        "singletable": 1,
        "tables": [{"name": "shop", "partition": "PK", "sort": "SK", "indexes": [days]}],
        "entities": [{"name": "Order", "keys": {"PK": "C#{customer}", "SK": sort, "day": "{day}"}}],
        "patterns": [{"name": "p", "operation": "Query", "key": key, "returns": ["Order"], **more}],
    }
    return check_design(design_of(design)).verdicts["p"]


PARTITION = {"PK": "C#{customer}"}
VERDICTS: dict[str, tuple[str, Any, dict[str, Any]]] = {
    "a partition": ("served", {}, {}),
    "another partition": ("unserved", {"PK": "P#{customer}"}, {}),
    "a part of the partition key": ("unserved", {"PK": {"begins_with": "C#"}}, {}),
    "the beginning of a field": ("served", {"SK": {"begins_with": "open#{day}#{order}"}}, {}),
    "a field that goes on": ("contradictory", {"SK": {"begins_with": "open#{day}"}}, {}),
    "a field that ends": ("served", {"SK": {"begins_with": "open#{day}#"}}, {}),
    "an attribute that the index lacks": (
        "unserved",
        {"day": "{day}"},
        {"index": "days", "attributes": ["total"]},
    ),
    "attributes that it has": (
        "served",
        {"day": "{day}"},
        {"index": "days", "attributes": ["order", "SK"]},
    ),
    "an attribute of no key": ("unserved", {"status": "open"}, {}),
    "between two days": ("served", {"SK": {"between": ["open#{a}", "open#{b}"]}}, {}),
    "ordered within a status": ("served", {"SK": {"begins_with": "open#"}}, {"order_by": ["day"]}),
    "ordered across them": ("unserved", {}, {"order_by": ["day"]}),
    "ordered from a day on": ("unserved", {"SK": {">": "open#{day}"}}, {"order_by": ["day"]}),
    "ordered by both": ("served", {}, {"order_by": ["status", "day"]}),
    "ordered between days": (
        "served",
        {"SK": {"between": ["open#{a}", "open#{b}"]}},
        {"order_by": ["day"]},
    ),
    "a filter": ("served-filter", {}, {"filter": "total > :total"}),
    "no such index": ("unserved", {}, {"index": "GSI1"}),
    "a get": ("served", {"SK": "open#{day}#{order}"}, {"operation": "GetItem"}),
    "a get by half a key": ("unserved", {}, {"operation": "GetItem"}),
    "a scan": ("scan", {}, {"operation": "Scan"}),
    "a write": ("write", {}, {"operation": "PutItem"}),
}


def test_a_beginning_that_is_all_of_the_callers_has_no_neighbours() -> None:
    """It is no field's value: what it may be, only the caller knows."""
    key = {**PARTITION, "SK": {"begins_with": "{beginning}"}}
    assert verdict(key, sort="O#{day}#{order}") == "served"


def test_of_an_index_that_entities_of_unknown_keys_may_be_in_nothing_is_said() -> None:
    design: dict[str, Any] = {
        "singletable": 1,
        "tables": [
            {
                "name": "shop",
                "partition": "PK",
                "indexes": [{"name": "GSI1", "partition": "GSI1PK"}],
            }
        ],
        "entities": [{"name": "Order", "keys": {"PK": "{order}"}}, {"name": "Other"}],
    }
    assert grave_findings(design) == []
    design["entities"].pop()
    assert grave_findings(design) == ["unwritten-index"]


def grave_findings(design: dict[str, Any]) -> list[str]:
    """The rules that are broken, without notes."""
    findings = check_design(design_of(design)).findings
    return [each.rule.slug for each in findings if each.rule.severity != "note"]


@pytest.mark.parametrize("case", VERDICTS)
def test_verdicts(case: str) -> None:
    expected, key, more = VERDICTS[case]
    partition = {} if more.get("index") == "days" else PARTITION
    assert verdict({**partition, **key}, **more) == expected


def test_formats_decide_what_is_matched() -> None:
    """A year is no letter: what is known of a field keeps ranges apart."""
    day: Any = {"format": {"pattern": "[0-9]{4}-[0-9]{2}-[0-9]{2}"}}
    keys = {"Visit": "{day}", "Root": "ROOT"}
    design: dict[str, Any] = {
        "singletable": 1,
        "tables": [{"name": "shop", "partition": "PK", "sort": "SK"}],
        "entities": [
            {"name": name, "keys": {"PK": "C#{customer}", "SK": sort}, "fields": {"day": day}}
            for name, sort in keys.items()
        ],
        "patterns": [
            {
                "name": "p",
                "operation": "Query",
                "key": {**PARTITION, "SK": {"between": ["{a}", "{b}"]}},
                "returns": ["Visit"],
            }
        ],
    }
    assert grave_findings(design) == []
    design["entities"][0]["fields"] = {}
    assert grave_findings(design) == [
        "key-collision",
        "matches-others",
    ]


def test_ends_of_ranges_may_be_long() -> None:
    assert verdict({**PARTITION, "SK": {"between": ["a" * 1000, "b" * 1000]}}) == "served"


KEYED = {"name": "shop", "partition": "PK", "sort": "SK"}
NUMBER = {"type": "int"}


def found_in(table: dict[str, Any], entity: dict[str, Any], pattern: dict[str, Any]) -> list[str]:
    """The rules above notes that a design of one entity and one pattern breaks."""
    asked = {"name": "p", "operation": "Query", "returns": ["Item"], **pattern}
    return grave_findings(
        {
            "singletable": 1,
            "tables": [{**KEYED, **table}],
            "entities": [{"name": "Item", **entity}],
            "patterns": [asked],
        }
    )


GRAVE: dict[str, tuple[dict[str, Any], dict[str, Any], dict[str, Any], list[str]]] = {
    "a field that the partition key says is not cut": (
        {},
        {"keys": {"PK": "USER#{u}", "SK": "USER#{u}#POST#{p}"}},
        {"key": {"PK": "USER#{u}", "SK": {"begins_with": "USER#{u}"}}},
        [],
    ),
    "nor does it order": (
        {},
        {"keys": {"PK": "C#{c}", "SK": "{c}#{n}"}},
        {"key": {"PK": "C#{c}"}, "order_by": ["n"]},
        [],
    ),
    "an order by numbers of any width is broken": (
        {},
        {"keys": {"PK": "C#{c}", "SK": "ORDER#{n}"}, "fields": {"n": NUMBER}},
        {"key": {"PK": "C#{c}"}, "order_by": ["n"]},
        ["order-not-kept"],
    ),
    "a beginning of a number": (
        {"sort": {"name": "SK", "type": "N"}},
        {"keys": {"PK": "C#{c}", "SK": "{n}"}, "fields": {"n": NUMBER}},
        {"key": {"PK": "C#{c}", "SK": {"begins_with": "{n}"}}},
        ["refused-condition"],
    ),
    "a get of an index": (
        {"indexes": [{"name": "GSI", "partition": "G"}]},
        {"keys": {"PK": "C#{c}", "SK": "{n}", "G": "G#{n}"}},
        {"operation": "GetItem", "index": "GSI", "key": {"G": "G#{n}"}},
        ["refused-condition"],
    ),
    "a condition behind one that is left open": (
        {"indexes": [{"name": "GSI", "partition": "G", "sort": ["x", "y"]}]},
        {"keys": {"PK": "C#{c}", "SK": "{n}", "G": "G#{n}", "x": "{c}", "y": "{n}"}},
        {"index": "GSI", "key": {"G": "G#{n}", "y": "{n}"}},
        ["refused-condition"],
    ),
    "text that values may contain": (
        {},
        {"keys": {"PK": "PLACE", "SK": "{city}-{state}"}},
        {"key": {"PK": "PLACE"}},
        ["ambiguous-template"],
    ),
    "letters and numbers side by side": (
        {},
        {
            "keys": {"PK": "PLACE", "SK": "{a}{b}"},
            "fields": {
                "a": {"format": {"pattern": "[a-z]+"}},
                "b": {"format": {"pattern": "[0-9]+"}},
            },
        },
        {"key": {"PK": "PLACE"}},
        [],
    ),
    "an index key that is a field": (
        {"indexes": [{"name": "L", "kind": "local", "partition": "PK", "sort": "created"}]},
        {"keys": {"PK": "C#{c}", "SK": "{n}"}, "fields": {"created": {}}},
        {"index": "L", "key": {"PK": "C#{c}"}},
        [],
    ),
}


@pytest.mark.parametrize("case", GRAVE)
def test_what_is_grave_is_proved(case: str) -> None:
    table, entity, pattern, expected = GRAVE[case]
    assert found_in(table, entity, pattern) == expected


def test_numbers_have_no_words_in_keys() -> None:
    """So they are told from an entity whose key is a word."""
    order: dict[str, Any] = {
        "name": "Order",
        "keys": {"PK": "C#{c}", "SK": "ORDER#{n}"},
        "fields": {"n": NUMBER},
    }
    total = {"name": "Total", "keys": {"PK": "C#{c}", "SK": "ORDER#TOTAL"}}
    design = {"singletable": 1, "tables": [KEYED], "entities": [order, total]}
    assert grave_findings(design) == []
    order["fields"] = {}
    assert grave_findings(design) == ["key-collision"]


def test_texts_that_may_be_empty_are_proved_so() -> None:
    user = {
        "name": "User",
        "keys": {"PK": "U#{u}", "SK": "S"},
        "fields": {"u": {"format": {"min_bytes": 0}}},
    }
    root = {"name": "Root", "keys": {"PK": "U#", "SK": "S"}}
    design = {"singletable": 1, "tables": [KEYED], "entities": [user, root]}
    assert grave_findings(design) == ["key-collision"]


def test_a_pattern_that_meets_many_is_one_finding() -> None:
    """With an item of the first, and the names of all."""
    names = [f"E{number}" for number in range(20)]
    design = {
        "singletable": 1,
        "tables": [KEYED],
        "entities": [{"name": n, "keys": {"PK": "C#{c}", "SK": f"{n}#{{n}}"}} for n in names],
        "patterns": [
            {"name": "p", "operation": "Query", "key": {"PK": "C#{c}"}, "returns": ["E0"]}
        ],
    }
    found = check_design(design_of(design)).findings
    [finding] = [each for each in found if each.rule.slug == "matches-others"]
    assert finding.declared == f"{', '.join(names[1:])} too"
