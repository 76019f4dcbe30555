"""Observers are told of every operation that has ended: its attempts, its cost, its outcome."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from typing import Any

import pytest

from singletable import AsyncRepository, Repository, create
from singletable.errors import (
    Contended,
    InvalidCursor,
    InvalidOperation,
    ItemExists,
    ServiceUnavailable,
)
from singletable.inspect import Capacity, Observed, Retry
from singletable.transport import TransportError
from tests.backends import Backend
from tests.conftest import without_moto
from tests.singletable.raises import raises
from tests.singletable.shop import Product, customer, product, shop

GET = Product.key.get(product_id="lamp")
CONFLICT = TransportError("TransactionConflictException", "another's")


class Failing:
    """Fails as often as it has faults, then answers with nothing."""

    def __init__(self, *faults: BaseException) -> None:
        self.faults = list(faults)

    def __call__(self, operation: str, parameters: Mapping[str, Any]) -> Mapping[str, Any]:
        if self.faults:
            raise self.faults.pop(0)
        return {}


def watched(transport: Failing) -> tuple[Repository, list[Observed]]:
    observed: list[Observed] = []
    retry = Retry(attempts=3, sleep=lambda _: None)
    return Repository(transport, shop, retry=retry, observe=observed.append), observed


def test_attempts_that_met_others_are_told_of_and_so_is_the_answer() -> None:
    """Two conflicts, then an answer: three attempts, one request, one operation."""
    repository, observed = watched(Failing(CONFLICT, CONFLICT))
    assert repository.fetch(GET) is None
    (told,) = observed
    assert [each.error.code for each in told.failed] == [CONFLICT.code] * 2
    assert [each.operation for each in told.requests] == ["GetItem"]
    assert (len(told.sent), told.retries, told.items, told.outcome) == (1, 2, 0, "ok")
    assert (told.operation, told.pattern, told.tables) == ("Get", None, ("shop",))


@pytest.mark.parametrize(
    ("faults", "error"),
    [([CONFLICT] * 3, Contended), ([TransportError("Unreachable", "away")], ServiceUnavailable)],
)
def test_what_fails_in_the_end_is_told_of_with_each_attempt(
    faults: list[BaseException], error: type[Any]
) -> None:
    """No answer is told of; the outcome is the error's slug."""
    repository, observed = watched(Failing(*faults))
    with pytest.raises(error):
        repository.fetch(GET)
    (told,) = observed
    assert ([each.error for each in told.failed], told.sent) == (faults, ())
    assert (told.outcome, type(told.error)) == (error.slug, error)


def test_an_operation_that_is_interrupted_is_told_of() -> None:
    """By what is no error, such as the end of a process or of a task."""
    repository, observed = watched(Failing(KeyboardInterrupt()))
    with pytest.raises(KeyboardInterrupt) as caught:
        repository.fetch(GET)
    assert caught.tb is not None  # which holds all that was running
    assert [(told.outcome, told.attempts) for told in observed] == [("abandoned", ())]


def test_an_operation_that_is_refused_unsent_is_told_of() -> None:
    """It has no attempts."""
    observed: list[Observed] = []
    repository = Repository(Failing(), shop, observe=observed.append)
    stale = Product.by_shelf.query(shelf="a").page(2, after="no cursor")
    with raises(InvalidCursor):
        repository.fetch(stale)
    assert [(told.outcome, told.attempts) for told in observed] == [("invalid-cursor", ())]


def test_a_condition_that_does_not_hold_is_told_of(db: Backend) -> None:
    """A second creation of the same item."""
    observed: list[Observed] = []
    repository = db.another(observe=observed.append)
    repository.write(create(product()))
    with pytest.raises(ItemExists):
        repository.write(create(product()))
    assert [told.outcome for told in observed] == ["ok", "item-exists"]
    assert [each.error.code for each in observed[1].failed] == ["ConditionalCheckFailedException"]


@without_moto
def test_capacity_is_told_of_by_table_and_index(db: Backend) -> None:
    """Of a write to the table and its indexes, a transaction, and a query of an index."""
    observed: list[Observed] = []
    repository = db.another(observe=observed.append, count_capacity=True)
    repository.write(create(product(shelf="a")))
    repository.write(create(customer(email="a@example.com")))
    repository.fetch(Product.by_shelf.query(shelf="a"))
    alone, transaction, query = (
        {each.index: each.units for each in told.capacity} for told in observed
    )
    assert alone.keys() >= {None, "GSI1"} and min(alone.values()) > 0
    assert transaction[None] >= 4
    assert query.get("GSI1", query.get(None, 0)) > 0
    assert [told.items for told in observed] == [1, 2, 1]
    assert {told.tables for told in observed} == {(db.name,)}


def test_capacity_of_several_requests_is_added_up() -> None:
    """Whole, in parts, in lists; nothing where nothing is told."""
    answers = iter(
        [
            {"Items": [], "LastEvaluatedKey": {"PK": {"S": "a"}, "SK": {"S": "b"}}},
            {"Items": []},
        ]
    )
    taken = {
        "TableName": "shop",
        "CapacityUnits": 1.5,
        "Table": {"CapacityUnits": 0.5},
        "GlobalSecondaryIndexes": {"GSI1": {"CapacityUnits": 1.0}},
    }
    observed: list[Observed] = []
    repository = Repository(
        lambda *_: {**next(answers), "Count": 0, "ConsumedCapacity": taken},
        shop,
        observe=observed.append,
    )
    repository.fetch(Product.key.query(product_id="lamp"))
    assert observed[0].capacity == (Capacity("shop", None, 1.0), Capacity("shop", "GSI1", 2.0))


def test_several_observers_are_told_in_order() -> None:
    """Sync and async; the transport's own retries count."""
    told: list[tuple[str, int]] = []

    async def transport(operation: str, parameters: Mapping[str, Any]) -> Mapping[str, Any]:
        return {"ResponseMetadata": {"RetryAttempts": 2}}

    both = [lambda each, name=name: told.append((name, each.retries)) for name in "ab"]
    asyncio.run(_fetch(AsyncRepository(transport, shop, observe=both)))
    assert told == [("a", 2), ("b", 2)]


async def _fetch(repository: AsyncRepository) -> None:
    await repository.fetch(GET)


@pytest.mark.parametrize("given", [7, "x", [print, 7]])
def test_what_cannot_be_called_is_refused(given: Any) -> None:
    """When the repository is made, not when it is needed."""
    with raises(InvalidOperation, where="repository"):
        Repository(Failing(), shop, observe=given)
