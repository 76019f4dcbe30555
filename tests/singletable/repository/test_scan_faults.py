"""Scans over transports that fail or lie: nothing lost, nothing doubled, nothing endless."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from singletable import Repository, attr, create, create_table
from singletable.errors import RequestError
from singletable.errors.service import ServiceUnavailable, Throttled
from singletable.errors.transport import TransportError
from singletable.inspect import Retry
from singletable.testing import memory_transport
from tests.singletable.shop import Line, line, shop

SCAN = Line.key.scan(because="to try what fails")
FAST = Retry(attempts=4, sleep=lambda _: None)


def position(number: int) -> dict[str, Any]:
    return {"PK": {"S": "ORDER#o1"}, "SK": {"S": f"LINE#{number:04d}"}}


class Positions:
    """Answers with no items, and the next of some positions."""

    def __init__(self, next_: Callable[[int], int]) -> None:
        self.next, self.asked = next_, 0

    def __call__(self, operation: str, parameters: Any) -> Any:
        self.asked += 1
        assert self.asked < 500, "an endless loop"
        return {"Items": [], "LastEvaluatedKey": position(self.next(self.asked))}


@pytest.mark.parametrize("length", [1, 2, 7])
@pytest.mark.parametrize("scan", [SCAN, SCAN.where(attr("amount").equals(1)), SCAN.take(5)])
def test_positions_that_come_back_are_noticed(scan: Any, length: int) -> None:
    """By every way to read them."""
    for read in (
        lambda repository: repository.fetch(scan),
        lambda repository: list(repository.iterate(scan)),
    ):
        repository = Repository(Positions(lambda asked: asked % length), shop)
        with pytest.raises(ServiceUnavailable) as refused:
            read(repository)
        assert refused.value.operation == "Scan"


@pytest.mark.parametrize("answer", [{}, {"Items": None}, {"Items": [1]}, {"Items": {}}, None])
def test_an_answer_without_items_is_not_taken_for_an_empty_one(answer: Any) -> None:
    """A part of it was lost."""
    repository = Repository(lambda *_: answer, shop, retry=FAST)
    with pytest.raises(RequestError):
        repository.fetch(SCAN)


def test_one_segment_that_fails_is_one_error() -> None:
    """The transport has tried it again already: nothing is taken for the whole answer."""
    store = memory_transport()
    store("CreateTable", create_table(shop))

    def send(operation: str, parameters: Any) -> Any:
        if parameters.get("Segment") == 2:
            raise TransportError("ProvisionedThroughputExceededException", "too fast")
        return store(operation, parameters)

    repository = Repository(send, shop, retry=FAST)
    for number in range(1, 31):
        repository.write(create(line(number)))
    with pytest.raises(Throttled):
        repository.fetch(SCAN.segments(4))
    with pytest.raises(Throttled):
        list(repository.iterate(SCAN.segments(4)))
    assert len(repository.fetch(SCAN.segments(2))) == 30
