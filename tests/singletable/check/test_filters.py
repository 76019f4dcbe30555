"""Filters of design files: what DynamoDB reads passes, and what it does not is named."""

from __future__ import annotations

import pytest

from singletable.check.filters import problem_of

READ = [
    "total > :least",
    "#status <> :cancelled AND total >= :least",
    "NOT (a = :a OR b IN (:x, :y, :z))",
    "price BETWEEN :low AND :high",
    "attribute_exists(paid) and attribute_not_exists(cancelled_at)",
    "begins_with(address.street, :street) OR contains(tags, :tag)",
    "size(items[0].parts) > :count",
    "attribute_type(note, :kind)",
    'kind = "invoice"',
    "total < 12.50",
    "size = :size",
    ":now < expires",
]
REFUSED = {
    "": "'the end' stands where an attribute or a value is due",
    "total changes": "'changes' stands where a comparison is due",
    "total >": "'the end' stands where an attribute or a value is due",
    "a = :a b = :b": "'b' stands where AND, OR or the end is due",
    "a BETWEEN :low :high": "':high' stands where AND is due",
    "a IN :list": "':list' stands where ( is due",
    "(a = :a": "'the end' stands where ) is due",
    "begins_with(a)": "')' stands where , is due",
    "a == :a": "'=' stands where an attribute or a value is due",
    "a = :a && b = :b": "'&& b = :b' is nothing that an expression has",
    "(" * 1000: "it is nested too deep",
}


@pytest.mark.parametrize("text", READ)
def test_what_dynamodb_reads_is_no_problem(text: str) -> None:
    assert problem_of(text) == ""


@pytest.mark.parametrize("text", REFUSED)
def test_what_it_does_not_read_is_named(text: str) -> None:
    assert problem_of(text) == REFUSED[text]
