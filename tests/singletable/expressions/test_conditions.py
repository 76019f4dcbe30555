"""Conditions as the strings and values that are sent."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, datetime
from functools import reduce
from operator import and_, or_
from typing import Any

import pytest

from singletable import RequestError, attr, create
from singletable.errors.request import InvalidItem, InvalidOperation
from singletable.expressions import Binder, Condition
from singletable.expressions.truth import holds
from singletable.operations import Context
from singletable.schema import Schema
from tests.singletable.raises import raises
from tests.singletable.shop import Line, Product, Status, product

SCHEMA: Schema[Product] = Product.key.schema
CONTEXT = Context(None, datetime(2026, 3, 1, tzinfo=UTC))


def rendered(condition: Condition) -> tuple[str, list[str], list[Any]]:
    binder = Binder()
    text = condition.render(binder, SCHEMA.scope)
    assert set(binder.names) == set(re.findall(r"#\w+", text))
    assert set(binder.values) == set(re.findall(r":\w+", text))
    return text, list(binder.names.values()), list(binder.values.values())


NAME = attr("name")
CASES: list[tuple[Condition, str, list[Any]]] = [
    (NAME.equals("a"), "#name = :name", [{"S": "a"}]),
    (NAME.differs_from("a"), "#name <> :name", [{"S": "a"}]),
    (attr("size").less_than(1), "#size < :size", [{"N": "1"}]),
    (attr("size").at_most(1), "#size <= :size", [{"N": "1"}]),
    (attr("size").greater_than(1), "#size > :size", [{"N": "1"}]),
    (attr("size").at_least(1), "#size >= :size", [{"N": "1"}]),
    (attr("size").between(1, 2), "#size BETWEEN :size AND :size_2", [{"N": "1"}, {"N": "2"}]),
    (NAME.is_in("a", "b"), "#name IN (:name, :name_2)", [{"S": "a"}, {"S": "b"}]),
    (NAME.exists(), "attribute_exists(#name)", []),
    (NAME.is_absent(), "attribute_not_exists(#name)", []),
    (
        attr("note").exists(),
        "attribute_exists(#note) AND NOT (attribute_type(#note, :null))",
        [{"S": "NULL"}],
    ),
    (
        attr("note").is_absent(),
        "attribute_not_exists(#note) OR attribute_type(#note, :null)",
        [{"S": "NULL"}],
    ),
    (NAME.begins_with("a"), "begins_with(#name, :name)", [{"S": "a"}]),
    (attr("tags").contains("a"), "contains(#tags, :tags)", [{"S": "a"}]),
    (attr("tags").size().at_least(2), "size(#tags) >= :tags", [{"N": "2"}]),
    (attr("log").size().equals(2), "size(#log) = :log", [{"N": "2"}]),
    (
        attr("log").size().at_most(2),
        "attribute_not_exists(#log) OR size(#log) <= :log",
        [{"N": "2"}],
    ),
    (attr("log")[2].equals("a"), "#log[2] = :log", [{"S": "a"}]),
    (attr("meta")["a.b"]["c"][0].equals(True), "#meta.#a_b.#c[0] = :c", [{"BOOL": True}]),
    (attr("meta")["k"].equals(["a", 1]), "#meta.#k = :k", [{"L": [{"S": "a"}, {"N": "1"}]}]),
    (attr("meta")["k"].equals({"a": 1}), "#meta.#k = :k", [{"M": {"a": {"N": "1"}}}]),
    (attr("tags").equals({"b", "a"}), "#tags = :tags", [{"SS": ["a", "b"]}]),
    (~NAME.exists(), "NOT (attribute_exists(#name))", []),
    (NAME.exists() & NAME.exists(), "attribute_exists(#name) AND attribute_exists(#name)", []),
]


@pytest.mark.parametrize(("condition", "text", "values"), CASES, ids=[case[1] for case in CASES])
def test_every_condition_has_one_text(condition: Condition, text: str, values: list[Any]) -> None:
    """Names and values are always bound, in the order of their appearance."""
    assert rendered(condition)[::2] == (text, values)


def test_mixed_junctions_are_parenthesised() -> None:
    """And only those: DynamoDB refuses parentheses that it does not need."""
    a, b, c = (attr(name).exists() for name in ("name", "product_id", "status"))
    text = [
        part.replace("attribute_exists", "")
        for part in (
            rendered((a | b) & c)[0],
            rendered(a | (b & c))[0],
            rendered(a & b & c)[0],
            rendered(a & (b & c))[0],
            rendered(~(a | b) & c)[0],
        )
    ]
    assert text == [
        "((#name) OR (#product_id)) AND (#status)",
        "(#name) OR ((#product_id) AND (#status))",
        "(#name) AND (#product_id) AND (#status)",
        "(#name) AND (#product_id) AND (#status)",
        "NOT ((#name) OR (#product_id)) AND (#status)",
    ]


def test_alike_values_keep_placeholders_of_their_own() -> None:
    """True, 1, 1.0 and 'true' are four."""
    meta = attr("meta")
    condition = (
        meta["a"].equals(True)
        & meta["b"].equals(1)
        & meta["c"].equals(1.0)
        & meta["d"].equals("true")
        & meta["e"].equals(True)
    )
    _, _, values = rendered(condition)
    assert values == [{"BOOL": True}, {"N": "1"}, {"N": "1.0"}, {"S": "true"}, {"BOOL": True}]


def test_names_are_stored_names_and_do_not_clash() -> None:
    """`a-b` and `a.b` are two; a name used twice is bound once."""
    condition = attr("dashed").equals("x") & attr("dotted").equals("y") & attr("dashed").equals("z")
    assert rendered(condition) == (
        "#a_b = :a_b AND #a_b_2 = :a_b_2 AND #a_b = :a_b_3",
        ["a-b", "a.b"],
        [{"S": "x"}, {"S": "y"}, {"S": "z"}],
    )


def test_values_are_validated_and_encoded_as_their_field_is() -> None:
    """An enum by its value, text for a number refused."""
    assert rendered(attr("status").equals("live"))[2] == [{"S": "live"}]
    assert rendered(attr("status").is_in(Status.DRAFT))[2] == [{"S": "draft"}]
    with pytest.raises(InvalidItem):
        rendered(attr("size").equals("large"))
    with raises(InvalidItem, entity="Product", problems="no attribute"):
        rendered(attr("tags").equals(set()))


@pytest.mark.parametrize("value", [object(), {1: 2}, None, {"a", 1}, [object()]])
def test_a_nested_value_that_is_never_stored_is_a_request_error(value: Any) -> None:
    """Refused when the request is made, by name; no declaration is at fault then."""
    with pytest.raises(RequestError):
        rendered(attr("meta")["k"].equals(value))


@pytest.mark.parametrize("count", [0, 101])
def test_in_takes_1_to_100_values(count: int) -> None:
    """As DynamoDB does."""
    with raises(InvalidOperation, where="name is in", declared=f"{count} values"):
        NAME.is_in(*map(str, range(count)))
    assert len(rendered(NAME.is_in(*map(str, range(100))))[2]) == 100


def test_a_condition_has_no_truth_value() -> None:
    """`and` and `or` would drop half of it silently."""
    with pytest.raises(TypeError, match="&"):
        bool(NAME.exists())


JOINS: dict[str, Callable[[Any, Any], Any]] = {"AND": and_, "OR": or_}


@pytest.mark.parametrize("word", JOINS)
def test_300_operators_are_taken_and_301_refused_before_sending(word: str) -> None:
    """150 comparisons and 149 junctions; one more of each is too many."""
    query = Line.key.query(order_id="o1")
    short = [attr("sku").equals("x")] * 150
    whole = reduce(JOINS[word], short)
    query.where(whole).requests(CONTEXT)
    names = reduce(JOINS[word], [NAME.equals("x")] * 151)
    with raises(InvalidOperation, where="put of Product", declared="operators"):
        create(product()).when(names).requests(CONTEXT)
    with raises(InvalidOperation, where="Line.key", declared="301 operators"):
        query.where(JOINS[word](whole, attr("sku").exists())).requests(CONTEXT)


def test_a_between_is_one_operator() -> None:
    """Its AND is no junction."""
    query = Line.key.query(order_id="o1")
    fits = reduce(or_, [attr("amount").between(1, 2)] * 100)
    query.where(fits).requests(CONTEXT)


def test_an_expression_of_more_than_4_kb_is_refused_before_sending() -> None:
    """However long the chain is."""
    endless = reduce(or_, [NAME.equals("x")] * 5000)
    with raises(InvalidOperation, where="put of Product", declared="bytes"):
        create(product()).when(endless).requests(CONTEXT)


def test_values_and_fields_may_be_asked_for_at_once() -> None:
    """The values by one IN."""
    text, _, values = rendered(attr("name").is_in("a", attr("product_id"), "b"))
    assert text == "#name IN (:name, :name_2) OR #name = #product_id"
    assert values == [{"S": "a"}, {"S": "b"}]


def test_sizes_are_compared_in_all_ways() -> None:
    """By the path that they are of."""
    size = attr("tags").size()
    for condition, sign in ((size.differs_from(2), "<>"), (size.equals(2), "=")):
        text, names, values = rendered(condition)
        assert f"size(#tags) {sign} :tags" in text
        assert (names, values) == (["tags"], [{"N": "2"}])


def test_sets_are_equal_in_any_order() -> None:
    """As DynamoDB compares them."""
    assert holds("=", {"SS": ["a", "b"]}, ({"SS": ["b", "a"]},))
    assert not holds("=", {"SS": ["a", "b"]}, ({"SS": ["b", "c"]},))
