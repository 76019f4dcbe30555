"""Expressions of DynamoDB become conditions, or it is said what is none."""

from __future__ import annotations

import pytest

from singletable.emit.module.filters import (
    Test as Condition,
)
from singletable.emit.module.filters import (
    condition_text,
    parse_filter,
)
from singletable.emit.module.filters import (
    tests_of as conditions_of,
)


def shown(text: str) -> str:
    """Conditions in short: attribute, method and values."""

    def show(test: Condition) -> str:
        values = ",".join(f":{v.text}" if v.is_argument else v.text for v in test.values)
        return f"{'#' if test.of_size else ''}{test.attribute}.{test.method}({values})"

    return condition_text(parse_filter(text), show)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a = :b", "a.equals(:b)"),
        ("a <> 'x y'", "a.differs_from(x y)"),
        ("#a >= -1.5", "a.at_least(-1.5)"),
        ("a < {now}", "a.less_than(:now)"),
        ("a BETWEEN :x AND :y", "a.between(:x,:y)"),
        ("a IN (:x, 'y')", "a.is_in(:x,y)"),
        ("attribute_exists(a)", "a.exists()"),
        ("attribute_not_exists(a)", "a.is_absent()"),
        ("begins_with(a, :x)", "a.begins_with(:x)"),
        ("contains(a, :x)", "a.contains(:x)"),
        ("size(a) > 3", "#a.greater_than(3)"),
        ("size(a) BETWEEN 1 AND 2", "#a.at_least(1) & #a.at_most(2)"),
        ("size(a) IN (1, 2)", "#a.equals(1) | #a.equals(2)"),
        ("NOT a = :b", "~a.equals(:b)"),
        ("a = :a OR b = :b AND c = :c", "a.equals(:a) | (b.equals(:b) & c.equals(:c))"),
        ("(a = :a or b = :b) and c = :c", "(a.equals(:a) | b.equals(:b)) & c.equals(:c)"),
        ("NOT (a = :a AND b = :b)", "~(a.equals(:a) & b.equals(:b))"),
    ],
)
def test_expressions_are_conditions(text: str, expected: str) -> None:
    assert shown(text) == expected


@pytest.mark.parametrize(
    "text",
    [
        "",
        "a",
        "a =",
        "a = b",
        "a = :b c",
        "a BETWEEN :b",
        "a IN :b",
        "(a = :b",
        "f(a)",
        "begins_with(a)",
        "attribute_exists(a, :b)",
        "a.b = :c",
        "it's new",
        "severity and current_state",
    ],
)
def test_what_is_no_expression_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"."):
        parse_filter(text)


def test_the_attributes_of_a_filter_are_found() -> None:
    found = conditions_of(parse_filter("a = :a OR NOT (size(b) > 1 AND contains(c, :d))"))
    assert [each.attribute for each in found] == ["a", "b", "c"]
