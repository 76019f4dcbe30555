"""What calls on a query leave in it and in its requests."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

import pytest

from singletable import Query, Repository, access_pattern, attr
from singletable.errors import RequestLimitReached
from singletable.operations import Context
from tests.singletable.shop import Line, shop

CONTEXT = Context(None, datetime(2026, 3, 1, tzinfo=UTC))


@access_pattern
def lines(order_id: str) -> Query[Line]:
    """The lines of an order."""
    return Line.key.query(order_id=order_id)


def test_a_consistent_query_says_so() -> None:
    """In its request; another does not."""
    (request,) = lines("o1").consistent().requests(CONTEXT)
    assert request.parameters["ConsistentRead"] is True
    (request,) = lines("o1").requests(CONTEXT)
    assert "ConsistentRead" not in request.parameters


def test_what_is_made_of_a_pattern_is_of_that_pattern() -> None:
    """For whoever observes it."""
    asked = lines("o1")
    assert asked.origin is not None
    for made in (asked.count(), asked.first(), asked.descending(), asked.page(2)):
        assert made.origin == asked.origin


def answering(*pages: Mapping[str, Any]) -> Repository:
    left = list(pages)
    return Repository(lambda _operation, _parameters: left.pop(0), shop)


END: Mapping[str, Any] = {"Items": []}


def empty_before(line: str) -> Mapping[str, Any]:
    """A page that a filter emptied."""
    key = {"PK": {"S": "ORDER#o1"}, "SK": {"S": line}}
    return {"Items": [], "LastEvaluatedKey": key}


def test_the_first_of_none_is_none() -> None:
    """At the end of the partition; where the bound is reached before it nobody knows."""
    assert answering(END).fetch(lines("o1").first()) is None
    filtered = lines("o1").where(attr("sku").equals("x")).max_requests(2)
    assert answering(empty_before("LINE#1"), END).fetch(filtered.first()) is None
    endless = answering(empty_before("LINE#1"), empty_before("LINE#2"))
    with pytest.raises(RequestLimitReached) as caught:
        endless.fetch(filtered.first())
    assert caught.value.requests == 2
