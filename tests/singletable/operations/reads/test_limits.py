"""Limits are what DynamoDB takes, or are refused before anything is sent."""

from __future__ import annotations

from typing import Any

import pytest

from singletable import Query, access_pattern, attr
from singletable.errors.declaration import ContradictoryPattern
from singletable.errors.request import InvalidOperation
from tests.singletable.clinic.making import CONTEXT, sent
from tests.singletable.shop import Line, Product, Status

QUERY = Line.key.query(order_id="o1")
MOST = 2**31 - 1
LIMITS = ("take", "page_size", "max_requests", "page")


@pytest.mark.parametrize("limit", LIMITS)
@pytest.mark.parametrize("number", [0, -1, MOST + 1, 2**63, True, False, "3", 3.0, None, b"3"])
def test_a_limit_out_of_range_is_refused_with_what_is_allowed(limit: str, number: Any) -> None:
    """DynamoDB's Limit is a whole number of 32 bits, 1 or more."""
    with pytest.raises(InvalidOperation) as refused:
        getattr(QUERY, limit)(number)
    assert refused.value.where == "Line.key"
    assert repr(number) in refused.value.declared
    assert str(MOST) in refused.value.allowed


@pytest.mark.parametrize("limit", LIMITS)
def test_the_least_and_the_greatest_limit_are_taken(limit: str) -> None:
    """What is sent stays within the range, with the one item more that proves that more follow."""
    for number in (1, MOST):
        parameters = sent(getattr(QUERY, limit)(number))
        assert 1 <= parameters.get("Limit", 1) <= MOST
    assert sent(QUERY.take(MOST))["Limit"] == MOST
    assert sent(QUERY.take(1))["Limit"] == 2
    assert sent(QUERY.page_size(MOST))["Limit"] == MOST


def test_limits_of_shards_stay_within_the_range() -> None:
    """And of filters."""
    query = Product.catalogue.query(status=Status.DRAFT)
    for asked in (query.take(MOST), query.take(MOST).where(attr("stock").equals(1))):
        (first, *_) = asked.requests(CONTEXT)
        assert 1 <= first.parameters["Limit"] <= MOST


@pytest.mark.parametrize(("wanted", "asked"), [(1, 2), (2, 3), (20, 12), (100, 44)])
def test_each_shard_is_asked_for_its_share_and_one_more(wanted: int, asked: int) -> None:
    """Of three shards."""
    requests = Product.catalogue.query(status=Status.DRAFT).take(wanted).requests(CONTEXT)
    assert [each.parameters["Limit"] for each in requests] == [asked] * 3


@pytest.mark.parametrize("limit", LIMITS)
def test_an_argument_is_no_limit_and_the_error_says_what_is(limit: str) -> None:
    """Who calls the pattern limits its answer."""

    def limited(order_id: str, count: int) -> Query[Line]:
        """Some lines."""
        query: Query[Line] = getattr(Line.key.query(order_id=order_id), limit)(count)
        return query

    with pytest.raises(ContradictoryPattern) as refused:
        access_pattern(limited)
    assert ".page(" in refused.value.allowed


def test_a_page_takes_the_smaller_of_two_limits() -> None:
    """That of the declaration and the caller's."""
    assert QUERY.take(3).page(10).items_in_all == 3
    assert QUERY.take(10).page(3).items_in_all == 3
    assert QUERY.page(3).items_in_all == 3
