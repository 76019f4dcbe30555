"""Units of a call by the documented arithmetic, and dollars of a month by prices."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from singletable.check.costs import MONTH, Price, costs_of, read_prices
from singletable.check.units import PatternUnits, read_units, units_of, write_units
from singletable.check.volumes import read_volumes, volumes_of
from singletable.design import ir
from singletable.design.interchange import design_of
from singletable.errors.design import InvalidFigures
from tests.singletable.raises import raises

ORDER = {
    "name": "Order",
    "keys": {
        "PK": "CUSTOMER#{customer}",
        "SK": "ORDER#{order}",
        "GSI1PK": "ORDERED#{day}",
        "GSI1SK": "{order}",
    },
    "fields": {"status": {}, "note": {}},
}
LINE = {"name": "Line", "keys": {"PK": "CUSTOMER#{customer}", "SK": "LINE#{order}#{line}"}}
PRICE = Price(read=0.125, write=0.625, storage=0.25)


def shop(*patterns: Any, **index: Any) -> ir.Design:
    of_day = {"name": "GSI1", "partition": "GSI1PK", "sort": "GSI1SK", **index}
    table = {"name": "shop", "partition": "PK", "sort": "SK", "indexes": [of_day]}
    return design_of(
        {
            "singletable": 1,
            "tables": [table],
            "entities": [ORDER, LINE],
            "patterns": [{"name": "asked", "returns": ["Order"], **each} for each in patterns],
        }
    )


def units(design: ir.Design, size: int = 500, **pattern: Any) -> PatternUnits:
    entities = {"Order": {"size": size, "items": 10}, "Line": {"size": 100, "items": 90}}
    data = {"entities": entities, "patterns": {"asked": pattern}}
    [found] = units_of(design, volumes_of(data, design))
    return found


QUERY = {"operation": "Query", "key": {"PK": "CUSTOMER#{customer}"}}
BY_DAY = {"operation": "Query", "index": "GSI1", "key": {"GSI1PK": "ORDERED#{day}"}}
GET = {"operation": "GetItem", "key": {"PK": "CUSTOMER#{customer}", "SK": "ORDER#{order}"}}


@pytest.mark.parametrize(
    ("size", "read", "write"),
    [(0, 0.5, 1), (1, 0.5, 1), (1024, 0.5, 1), (1025, 0.5, 2), (4096, 0.5, 4), (4097, 1, 5)],
)
def test_units_are_rounded_up(size: int, read: float, write: int) -> None:
    assert (read_units(size), write_units(size)) == (read, write)
    assert (read_units(size, 1), read_units(size, 2)) == (2 * read, 4 * read)


@pytest.mark.parametrize(
    ("pattern", "volume", "reads"),
    [
        (GET, {}, 1),
        ({**GET, "operation": "TransactGetItems"}, {}, 4),
        ({**GET, "operation": "BatchGetItem"}, {"returned": 10}, 10),
        (QUERY, {"returned": 10}, 6.5),
        (QUERY, {"returned": 10, "read": 20}, 12.5),
        (QUERY, {"returned": 0}, 0.5),
        ({**QUERY, "limit": 2}, {}, 1.5),
        ({**QUERY, "requests": 4}, {"returned": 10}, 8),
        ({**QUERY, "returns": ["Order", "Line"]}, {"returned": 10}, 1),
        (QUERY, {"returned": {"Order": 1, "Line": 100}}, 2),
        (QUERY, {"returned": {"Order": 1, "Line": 100}, "read": 202}, 4),
        ({"operation": "Scan"}, {}, 7.5),
        ({"operation": "Scan"}, {"read": 1, "returned": {"Order": 1}}, 1),
    ],
)
def test_what_is_read(pattern: Any, volume: Any, reads: float) -> None:
    """Orders have 5,000 bytes, lines 100; of orders there are 10, of lines 90."""
    found = units(shop(pattern), 5000, **volume)
    assert (found.missing, found.units("read"), found.units("write")) == ((), reads, 0)


def test_consistent_reads_cost_twice() -> None:
    design = shop(GET)
    [pattern] = design.patterns
    [read] = pattern.operation.reads
    operation = replace(pattern.operation, reads=(replace(read, consistent=True),))
    design = replace(design, patterns=(replace(pattern, operation=operation),))
    assert units(design, 5000).units("read") == 2


@pytest.mark.parametrize(
    ("operation", "volume", "primary", "index"),
    [
        ("PutItem", {}, 2, 1),
        ("DeleteItem", {}, 2, 1),
        ("UpdateItem", {}, 2, 2),
        ("UpdateItem", {"changed": ["day"]}, 2, 2),
        ("UpdateItem", {"changed": ["status"]}, 2, 1),
        ("UpdateItem", {"changed": ["note"]}, 2, 0),
        ("UpdateItem", {"changed": ["day"], "writes": {"GSI1": 0.5}}, 2, 0.5),
        ("TransactWriteItems", {}, 4, 2),
        ("BatchWriteItem", {"written": 25}, 50, 25),
    ],
)
def test_what_is_written(operation: str, volume: Any, primary: float, index: float) -> None:
    """An item of 1,500 bytes, of which the index has 300: two if it moves there, one if what it
    has changes, none if not."""
    design = shop({"operation": operation}, projection=["status"])
    data = {
        "entities": {"Order": {"size": 1500}},
        "keys": {"Order.GSI1": {"size": 300}},
        "patterns": {"asked": volume},
    }
    [found] = units_of(design, volumes_of(data, design))
    written = {each.index: each.units for each in found.charges}
    assert (found.missing, written.get("primary"), written.get("GSI1", 0)) == ((), primary, index)


@pytest.mark.parametrize(("field", "index"), [("day", 2), ("status", 1), ("note", 0)])
def test_a_file_says_what_changes(field: str, index: int) -> None:
    design = shop({"operation": "UpdateItem", "changes": [field]}, projection=["status"])
    found = units(design)
    assert sum(each.units for each in found.charges if each.index == "GSI1") == index
    assert not any("changed" in each for each in found.assumed)


def test_an_index_of_all_is_written_with_every_change() -> None:
    found = units(shop({"operation": "UpdateItem"}), 1500, changed=["note"])
    assert [(each.index, each.units) for each in found.charges] == [("primary", 2), ("GSI1", 2)]


def test_what_is_not_said_is_named() -> None:
    """By its place in the file, and nothing is computed of it."""
    design = shop(BY_DAY)
    [found] = units_of(design, volumes_of({}, design))
    assert found.missing == ("patterns.asked.returned", "entities.Order.size")
    assert found.charges == ()
    [cost] = costs_of(design, volumes_of({}, design), PRICE).patterns
    assert (cost.month, cost.missing[-1]) == (None, "patterns.asked.rate")


def test_a_month_in_dollars() -> None:
    """A million units of writing are 62.5 cents; stored are 100 bytes more of each item."""
    data = {
        "entities": {"Order": {"size": 924, "items": 1024**2}, "Line": {"size": 1, "items": 0}},
        "patterns": {"asked": {"rate": 10}},
    }
    design = shop({"operation": "PutItem"})
    costs = costs_of(design, volumes_of(data, design), PRICE)
    [pattern] = costs.patterns
    assert pattern.month == pytest.approx(10 * MONTH * 2 * 0.625 / 1e6)
    assert [each.month for each in costs.storage] == [0.25, 0.25]
    assert costs.month == pytest.approx(pattern.month + 0.5)
    assert costs.missing == ()


def test_the_prices_of_the_package_are_dated() -> None:
    prices = read_prices()
    assert prices.date.year >= 2024
    assert prices.regions["us-east-1"] == PRICE


@pytest.mark.parametrize(
    ("data", "told"),
    [
        ({"entities": {"Ordr": {}}}, "there is no 'Ordr'; did you mean Order?"),
        ({"keys": {"Order.GSI2": {}}}, "did you mean Order.GSI1"),
        ({"patterns": {"aksed": {}}}, "did you mean asked?"),
        ({"pattern": {}}, "there is no 'pattern'; did you mean patterns?"),
        ({"entities": {"Order": {"itmes": 1}}}, "entities.Order.itmes: there is no 'itmes'; did"),
        ({"entities": {"Order": {"items": -1}}}, "entities.Order.items: "),
        ({"entities": {"Order": {"size": 1.5}}}, "entities.Order.size: "),
        ({"entities": {"Order": {"size": "1"}}}, "entities.Order.size: "),
        ({"keys": {"Order.GSI1": {"skew": 1.1}}}, "keys.Order.GSI1.skew: "),
        ({"keys": {"Order.GSI1": {"skew": 0.1, "values": 5}}}, "of 5 values one has 1/5"),
        ({"keys": {"Order.GSI1": {"values": 0}}}, "keys.Order.GSI1.values: "),
        ({"patterns": {"asked": {"rate": True}}}, "patterns.asked.rate: "),
        ({"patterns": {"asked": {"rate": float("inf")}}}, "patterns.asked.rate: "),
        ({"patterns": {"asked": {"rate": 2, "peak": 1}}}, "the peak is below the average rate"),
        ({"patterns": {"asked": {"changed": ["stauts"]}}}, "did you mean status?"),
        ({"patterns": {"asked": {"writes": {"GSI": 1}}}}, "did you mean GSI1?"),
        ({"patterns": {"asked": {"returned": {"Ordr": 1}}}}, "did you mean Order?"),
    ],
)
def test_volumes_that_are_none_are_refused(data: Any, told: str) -> None:
    with raises(InvalidFigures, declared=told):
        volumes_of(data, shop({"operation": "UpdateItem"}), "volumes.toml")


def test_a_file_that_is_no_toml_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "volumes.toml"
    path.write_text("[entities")
    with raises(InvalidFigures, where=str(path), declared="it is no TOML"):
        read_volumes(path, shop(GET))
