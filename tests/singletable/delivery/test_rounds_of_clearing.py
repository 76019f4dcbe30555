"""A clearing that is iterated, when something fails after a round that deleted."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator, Mapping
from typing import Any

import pytest

from singletable import AsyncRepository, Clear, Repository, batch, clear, create, put
from singletable.errors import BatchUnfinished, RequestError, ServiceUnavailable, Throttled
from singletable.inspect import Retry
from singletable.testing import Fault, faulty, lose_request, throttle
from tests.backends import Awaited, Backend, memory_backend
from tests.singletable.shop import Customer, Product, customer, product, shop

RETRY = Retry(attempts=2, sleep=lambda _: None, base=0.0)
LATER = range(2, 99)


@pytest.fixture
def db() -> Iterator[Backend]:
    with memory_backend(shop) as opened:
        opened.repository.write(batch(*(put(product(f"p{at}", shelf="a")) for at in range(6))))
        yield opened


def repository(db: Backend, transport: Any, is_async: bool) -> Any:
    if not is_async:
        return Repository(transport, {shop: db.name}, retry=RETRY)

    async def send(operation: str, parameters: Mapping[str, Any]) -> Mapping[str, Any]:
        await asyncio.sleep(0)
        answer: Mapping[str, Any] = transport(operation, parameters)
        return answer

    return Awaited(AsyncRepository(send, {shop: db.name}, retry=RETRY))


def everything() -> Clear:
    return clear(Product.by_shelf.query(shelf="a").page_size(3))


FAULTS: dict[str, tuple[Fault, type[RequestError]]] = {
    "a query": (throttle("Query", at=LATER), Throttled),
    "a deletion": (throttle("BatchWriteItem", at=LATER), Throttled),
    "a lost deletion": (lose_request("BatchWriteItem", at=LATER), ServiceUnavailable),
}


@pytest.mark.parametrize("name", FAULTS)
@pytest.mark.parametrize("is_async", [False, True])
def test_a_failure_after_a_round_says_that_something_was_written(
    db: Backend, name: str, is_async: bool
) -> None:
    """As the same clearing at once says."""
    fault, kind = FAULTS[name]
    progress = list[int]()
    with pytest.raises(kind) as caught:
        for deleted in repository(db, faulty(db.transport, fault), is_async).iterate(everything()):
            progress.append(deleted)
    assert (caught.value.written, progress, len(db.items())) == ("yes", [3], 3)


@pytest.mark.parametrize("is_async", [False, True])
def test_a_failure_of_the_first_round_does_not(db: Backend, is_async: bool) -> None:
    """Nothing was deleted."""
    throttled = faulty(db.transport, throttle("Query", at=range(1, 99)))
    with pytest.raises(Throttled) as caught:
        list(repository(db, throttled, is_async).iterate(everything()))
    assert caught.value.written == "no"


def test_neither_does_one_after_rounds_that_found_nothing(db: Backend) -> None:
    """A round that deletes nothing writes nothing."""
    db.repository.write(clear(Product.by_shelf.query(shelf="a")))
    for at in range(3):
        db.put(PK=f"PRODUCT#{at}", SK="PRODUCT", GSI1PK="SHELF#a", GSI1SK=f"{at}")
    progress = list[int]()
    throttled = faulty(db.transport, throttle("Query", at=LATER))
    asked = clear(Product.by_shelf.query(shelf="a").page_size(1))
    with pytest.raises(Throttled) as caught:
        for deleted in repository(db, throttled, False).iterate(asked):
            progress.append(deleted)
    assert (caught.value.written, progress) == ("no", [0])


def test_what_is_left_at_the_end_is_said_with_what_was_deleted(db: Backend) -> None:
    """By the last round: items that could not be deleted, of a round before it."""
    for at in range(4):
        db.repository.write(create(customer(f"c{at}", phone=str(at))))
    (item,) = (each for each in db.items() if each["PK"]["S"] == "CUSTOMER#c0")
    db.client.put_item(TableName=db.name, Item={**item, "name": {"N": "7"}})
    asked = clear(Customer.by_tenant.query(tenant="north").page_size(3))
    with pytest.raises(BatchUnfinished) as caught:
        list(db.repository.iterate(asked))
    assert (caught.value.written, len(caught.value.unwritten)) == ("yes", 1)
