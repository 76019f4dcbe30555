"""Conditions as the strings and values that are sent."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from functools import reduce
from operator import and_, or_
from typing import Any

import pytest

from singletable import Condition, RequestError, attr, create
from singletable.errors.request import InvalidItem, InvalidOperation
from singletable.expressions import Binder
from singletable.operations import Context
from singletable.operations.scopes import entity_scope
from singletable.schema import Schema
from tests.singletable.shop import Line, Product, Status, product

SCHEMA: Schema[Product] = Product.key.schema
CONTEXT = Context("shop", datetime(2026, 3, 1, tzinfo=UTC))


def rendered(condition: Condition) -> tuple[str, list[str], list[Any]]:
    binder = Binder()
    text = condition.render(binder, entity_scope(SCHEMA))
    assert list(binder.names) == [f"#n{at}" for at in range(len(binder.names))]
    assert list(binder.values) == [f":v{at}" for at in range(len(binder.values))]
    return text, list(binder.names.values()), list(binder.values.values())


NAME = attr("name")
CASES: list[tuple[Condition, str, list[Any]]] = [
    (NAME.equals("a"), "#n0 = :v0", [{"S": "a"}]),
    (NAME.differs_from("a"), "#n0 <> :v0", [{"S": "a"}]),
    (attr("size").less_than(1), "#n0 < :v0", [{"N": "1"}]),
    (attr("size").at_most(1), "#n0 <= :v0", [{"N": "1"}]),
    (attr("size").greater_than(1), "#n0 > :v0", [{"N": "1"}]),
    (attr("size").at_least(1), "#n0 >= :v0", [{"N": "1"}]),
    (attr("size").between(1, 2), "#n0 BETWEEN :v0 AND :v1", [{"N": "1"}, {"N": "2"}]),
    (NAME.is_in("a", "b"), "#n0 IN (:v0, :v1)", [{"S": "a"}, {"S": "b"}]),
    (NAME.exists(), "attribute_exists(#n0)", []),
    (NAME.is_absent(), "attribute_not_exists(#n0)", []),
    (NAME.begins_with("a"), "begins_with(#n0, :v0)", [{"S": "a"}]),
    (attr("tags").contains("a"), "contains(#n0, :v0)", [{"S": "a"}]),
    (attr("tags").size().at_least(2), "size(#n0) >= :v0", [{"N": "2"}]),
    (attr("log").size().equals(2), "size(#n0) = :v0", [{"N": "2"}]),
    (attr("log").size().at_most(2), "size(#n0) <= :v0", [{"N": "2"}]),
    (attr("log")[2].equals("a"), "#n0[2] = :v0", [{"S": "a"}]),
    (attr("meta")["a.b"]["c"][0].equals(True), "#n0.#n1.#n2[0] = :v0", [{"BOOL": True}]),
    (attr("meta")["k"].equals(["a", 1]), "#n0.#n1 = :v0", [{"L": [{"S": "a"}, {"N": "1"}]}]),
    (attr("meta")["k"].equals({"a": 1}), "#n0.#n1 = :v0", [{"M": {"a": {"N": "1"}}}]),
    (attr("tags").equals({"b", "a"}), "#n0 = :v0", [{"SS": ["a", "b"]}]),
    (~NAME.exists(), "NOT (attribute_exists(#n0))", []),
    (NAME.exists() & NAME.exists(), "attribute_exists(#n0) AND attribute_exists(#n0)", []),
]


@pytest.mark.parametrize(("condition", "text", "values"), CASES, ids=[case[1] for case in CASES])
def test_every_condition_has_one_text(condition: Condition, text: str, values: list[Any]) -> None:
    """Names and values are always bound, in the order of their appearance."""
    assert rendered(condition)[::2] == (text, values)


def test_mixed_junctions_are_parenthesised() -> None:
    """And only those: DynamoDB refuses parentheses that it does not need."""
    a, b, c = (attr(name).exists() for name in ("name", "size", "note"))
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
        "((#n0) OR (#n1)) AND (#n2)",
        "(#n0) OR ((#n1) AND (#n2))",
        "(#n0) AND (#n1) AND (#n2)",
        "(#n0) AND (#n1) AND (#n2)",
        "NOT ((#n0) OR (#n1)) AND (#n2)",
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
    condition = attr("dashed").equals("x") & attr("dotted").equals("y") & attr("dashed").exists()
    assert rendered(condition) == (
        "#n0 = :v0 AND #n1 = :v1 AND attribute_exists(#n0)",
        ["a-b", "a.b"],
        [{"S": "x"}, {"S": "y"}],
    )


def test_values_are_validated_and_encoded_as_their_field_is() -> None:
    """An enum by its value, text for a number refused."""
    assert rendered(attr("status").equals("live"))[2] == [{"S": "live"}]
    assert rendered(attr("status").is_in(Status.DRAFT))[2] == [{"S": "draft"}]
    with pytest.raises(InvalidItem):
        rendered(attr("size").equals("large"))
    with pytest.raises(InvalidItem, match="no attribute"):
        rendered(attr("tags").equals(set()))


@pytest.mark.parametrize("value", [object(), {1: 2}, None, {"a", 1}, [object()]])
def test_a_nested_value_that_is_never_stored_is_a_request_error(value: Any) -> None:
    """Refused when the request is made, by name; no declaration is at fault then."""
    with pytest.raises(RequestError):
        rendered(attr("meta")["k"].equals(value))


@pytest.mark.parametrize("count", [0, 101])
def test_in_takes_1_to_100_values(count: int) -> None:
    """As DynamoDB does."""
    with pytest.raises(InvalidOperation, match=f"{count} values"):
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
    with pytest.raises(InvalidOperation, match="operators"):
        create(product()).when(names).requests(CONTEXT)
    with pytest.raises(InvalidOperation, match="301 operators"):
        query.where(JOINS[word](whole, attr("sku").exists())).requests(CONTEXT)


def test_a_between_is_one_operator() -> None:
    """Its AND is no junction."""
    query = Line.key.query(order_id="o1")
    fits = reduce(or_, [attr("amount").between(1, 2)] * 100)
    query.where(fits).requests(CONTEXT)


def test_an_expression_of_more_than_4_kb_is_refused_before_sending() -> None:
    """However long the chain is."""
    endless = reduce(or_, [NAME.equals("x")] * 5000)
    with pytest.raises(InvalidOperation, match="bytes"):
        create(product()).when(endless).requests(CONTEXT)
