"""Figures in declarations: they go to files and back, and are those that costs and heat go by."""

from __future__ import annotations

import pytest

from singletable import Entity, Get, Query, Table, access_pattern
from singletable.check.checker import check_design
from singletable.check.units import units_of
from singletable.check.volumes import declared_volumes, volumes_of
from singletable.design import compile_design
from singletable.design.exporting import export_design
from singletable.design.interchange import design_of
from singletable.design.ir import Design, from_json, to_json
from singletable.errors.design import InvalidFigures
from singletable.patterns import gets
from singletable.volumes import volume
from tests.singletable.raises import raises

shop = Table("shop")


@volume(items=100, size=9_000, keys={"key": {"values": 10, "skew": 0.5}})
class Order(Entity, table=shop):
    """An order of a customer."""

    customer: str
    order: str

    key = shop.primary.key("CUSTOMER#{customer}", "ORDER#{order}")


class Return(Order, table=shop):
    """An order that came back; nothing is said of how many there are."""

    key = shop.primary.key("CUSTOMER#{customer}", "RETURN#{order}")


@access_pattern
@volume(rate=10, peak=2_000, returned=4)
def orders(customer: str) -> Query[Order]:
    """The orders of a customer."""
    return Order.key.query(customer=customer)


@volume(rate=3)
@access_pattern
def order(customer: str, order: str) -> Get[Order]:
    """An order."""
    return Order.key.get(customer=customer, order=order)


returned = gets(Return.key, "An order that came back.")
volume(rate=1)(returned)

EXPECTED = {
    "entities": {"Order": {"items": 100, "size": 9_000}},
    "keys": {"Order.key": {"values": 10, "skew": 0.5}},
    "patterns": {
        "test_volumes.orders": {"rate": 10, "peak": 2_000, "returned": 4},
        "test_volumes.order": {"rate": 3},
        "test_volumes.returned": {"rate": 1},
    },
}


@pytest.fixture
def design() -> Design:
    return compile_design([shop], examples=False)


def test_figures_are_part_of_the_design(design: Design) -> None:
    """Of a pattern in either order of the decorators; a subclass says its own."""
    assert design.volumes == EXPECTED
    assert from_json(to_json(design)) == design


def test_a_file_has_them_by_its_own_labels(design: Design) -> None:
    made = design_of(export_design(design)[0])
    labels = {"Order.primary": EXPECTED["keys"]["Order.key"]}
    assert made.volumes == {**EXPECTED, "keys": labels}
    assert declared_volumes(made).key("Order.primary").skew == 0.5


def test_what_is_too_hot_is_found_by_them(design: Design) -> None:
    """2,000 calls a second of 36 KB, half of them of one customer."""
    [found] = [each for each in check_design(design).findings if each.rule.slug == "hot-partition"]
    assert found.subject == "Order.key"
    assert "at least" in found.declared


def test_a_file_of_volumes_counts(design: Design) -> None:
    """Word by word; what it does not say is as it is declared."""
    volumes = volumes_of({"entities": {"Order": {"size": 1_000}}}, design)
    assert volumes.entity("Order").items == 100
    [units] = [each for each in units_of(design, volumes) if each.pattern == "test_volumes.order"]
    assert units.units("read") == 0.5


@pytest.mark.parametrize(
    ("figures", "said"),
    [
        ({"patterns": {"test_volumes.order": {"items": 5}}}, "there is no 'items'"),
        ({"entities": {"Order": {"size": -1}}}, "entities.Order.size: "),
        ({"keys": {"Order.by_day": {"values": 1}}}, "there is no 'Order.by_day'"),
        ({"patterns": {"test_volumes.orders": {"peak": 1}}}, "the peak is below"),
    ],
)
def test_what_does_not_fit_is_refused(design: Design, figures: object, said: str) -> None:
    with raises(InvalidFigures, declared=said):
        volumes_of(figures, design)
