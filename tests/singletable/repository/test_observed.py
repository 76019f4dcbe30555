"""Observers are told of every answer, and of every attempt that got none."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest

from singletable import Repository, create
from singletable.errors.request import ItemExists
from singletable.errors.service import Contended, ServiceUnavailable
from singletable.errors.transport import TransportError
from singletable.inspect import Retry
from singletable.repository import Failed, Sent
from tests.conftest import OpenBackend
from tests.singletable.shop import Product, product, shop

GET = Product.key.get(product_id="lamp")
CONFLICT = TransportError("TransactionConflictException", "another's")


class Failing:
    """Fails as often as it has faults, then answers with nothing."""

    def __init__(self, *faults: TransportError) -> None:
        self.faults = list(faults)

    def __call__(self, operation: str, parameters: Mapping[str, Any]) -> Mapping[str, Any]:
        if self.faults:
            raise self.faults.pop(0)
        return {}


def watched(transport: Failing) -> tuple[Repository, list[Sent], list[Failed]]:
    sent, failed = list[Sent](), list[Failed]()
    retry = Retry(attempts=3, sleep=lambda _: None)
    repository = Repository(
        transport, shop, retry=retry, observe=sent.append, observe_failure=failed.append
    )
    return repository, sent, failed


def test_attempts_that_met_others_are_told_of_and_so_is_the_answer() -> None:
    """Two conflicts, then an answer: three attempts, one request."""
    repository, sent, failed = watched(Failing(CONFLICT, CONFLICT))
    assert repository.fetch(GET) is None
    assert [each.error.code for each in failed] == [CONFLICT.code] * 2
    assert {each.request.operation for each in failed} == {"GetItem"}
    assert len(sent) == 1


@pytest.mark.parametrize(
    ("faults", "error"),
    [([CONFLICT] * 3, Contended), ([TransportError("Unreachable", "away")], ServiceUnavailable)],
)
def test_what_fails_in_the_end_is_told_of_with_each_attempt(
    faults: list[TransportError], error: type[Exception]
) -> None:
    """No answer is told of."""
    repository, sent, failed = watched(Failing(*faults))
    with pytest.raises(error):
        repository.fetch(GET)
    assert ([each.error for each in failed], sent) == (faults, [])


def test_a_condition_that_does_not_hold_is_told_of(open_moto: OpenBackend) -> None:
    """A second creation of the same item."""
    backend = open_moto(shop)
    failed = list[Failed]()
    repository = backend.another(observe_failure=failed.append)
    repository.write(create(product()))
    assert failed == []
    with pytest.raises(ItemExists):
        repository.write(create(product()))
    assert [each.error.code for each in failed] == ["ConditionalCheckFailedException"]
