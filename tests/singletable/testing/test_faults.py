"""Faults come where they are wanted, through any transport, and an engine bears them."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from typing import Any

import pytest

from singletable import AsyncRepository, Repository, create, create_table, put
from singletable.errors import (
    Contended,
    InvalidOperation,
    RequestError,
    ServiceUnavailable,
    Throttled,
)
from singletable.inspect import Retry
from singletable.testing import (
    Fault,
    chance,
    corrupt,
    delay,
    faulty,
    faulty_async,
    leave_unprocessed,
    lose_answer,
    lose_request,
    memory_transport,
    refuse,
    throttle,
)
from singletable.transport import Transport
from tests.singletable.raises import raises
from tests.singletable.shop import Product, product, shop

GET = Product.key.get(product_id="lamp")
NOW = Retry(attempts=6, sleep=lambda _: None)


@pytest.fixture
def memory() -> Transport:
    transport = memory_transport()
    transport("CreateTable", create_table(shop))
    return transport


def over(transport: Transport, *faults: Fault) -> Repository:
    return Repository(faulty(transport, *faults), shop, retry=NOW)


@pytest.mark.parametrize(
    ("at", "failed"),
    [(2, [2]), (range(2, 4), [2, 3]), ({1, 4}, [1, 4]), (lambda number: number > 2, [3, 4])],
)
def test_a_fault_comes_at_the_requests_that_were_chosen(
    memory: Transport, at: Any, failed: list[int]
) -> None:
    """Counted from 1, of this operation alone."""
    repository, found = over(memory, throttle("GetItem", at=at)), []
    for number in range(1, 5):
        repository.write(put(product()))
        try:
            repository.fetch(GET)
        except Throttled:
            found.append(number)
    assert found == failed


def test_without_a_name_it_is_for_any_operation(memory: Transport) -> None:
    """Whichever comes first."""
    repository = over(memory, throttle())
    with pytest.raises(Throttled):
        repository.fetch(GET)
    repository.write(create(product()))


def test_an_answer_is_lost_after_the_work_and_a_request_before_it(memory: Transport) -> None:
    """A create that is sent again finds its own item, or makes it; a read says what is wrong."""
    for fault in (lose_answer("PutItem"), lose_request("PutItem")):
        sent: list[str] = []

        def counting(name: str, parameters: Mapping[str, Any], sent: list[str] = sent) -> Any:
            sent.append(name)
            return memory(name, parameters)

        name = f"p{len(fault.operations)}-{id(fault)}"
        repository = over(counting, fault)
        assert repository.write(create(product(name))).product_id == name
        assert len(sent) == (2 if fault.steps.__qualname__.startswith("lose_answer") else 1)
    with pytest.raises(ServiceUnavailable):
        over(memory, lose_answer("GetItem")).fetch(GET)


def test_what_counts_is_not_sent_again_after_a_lost_answer(memory: Transport) -> None:
    """The error says that it may be written; it was."""
    repository = over(memory, lose_answer("UpdateItem"))
    repository.write(create(product()))
    with pytest.raises(RequestError) as caught:
        repository.write(Product.key.patch(product_id="lamp").add(stock=1))
    assert caught.value.written == "unknown"
    found = repository.fetch(GET)
    assert found is not None and found.stock == 1


def test_contention_is_retried_and_given_up(memory: Transport) -> None:
    """A code of one's choice, at every request."""
    always = refuse("TransactionConflictException", "PutItem", at=lambda _: True)
    with pytest.raises(Contended):
        over(memory, always).write(create(product()))
    once = refuse("TransactionConflictException", "PutItem")
    assert over(memory, once).write(create(product())).product_id == "lamp"


def test_keys_of_a_batch_are_left(memory: Transport) -> None:
    """They are asked for again, and all are found in the end."""
    names = [f"p{number}" for number in range(7)]
    for name in names:
        over(memory).write(create(product(name)))
    sizes: list[int] = []

    def counting(operation: str, parameters: Mapping[str, Any]) -> Mapping[str, Any]:
        sizes.append(len(parameters["RequestItems"]["shop"]["Keys"]))
        return memory(operation, parameters)

    repository = over(counting, leave_unprocessed("BatchGetItem", at=range(1, 4), keep=2))
    found = repository.fetch(Product.key.get_each(product_id=names))
    assert [each and each.product_id for each in found] == names
    assert sizes == [2, 2, 2, 1]
    repository = over(counting, leave_unprocessed())
    assert None not in repository.fetch(Product.key.get_each(product_id=names))
    assert sizes[4:] == [7]


def test_writes_of_a_batch_are_left_undone(memory: Transport) -> None:
    """Those of several tables, the first ones carried out."""
    items = [{"PutRequest": {"Item": {"PK": {"S": n}, "SK": {"S": n}}}} for n in "abc"]
    transport = faulty(memory, leave_unprocessed(keep=1))
    answer = transport("BatchWriteItem", {"RequestItems": {"shop": items}})
    assert answer["UnprocessedItems"] == {"shop": items[1:]}
    assert memory("Scan", {"TableName": "shop"})["Count"] == 1


@pytest.mark.parametrize(
    "operation",
    [
        GET,
        Product.by_shelf.query(shelf="a"),
        Product.by_shelf.query(shelf="a").count(),
        Product.key.get_each(product_id=["lamp"]),
    ],
)
def test_a_corrupt_answer_is_refused(memory: Transport, operation: Any) -> None:
    """Nothing is made of it."""
    with pytest.raises(ServiceUnavailable):
        over(memory, corrupt()).fetch(operation)


def test_an_answer_is_changed_as_one_wishes(memory: Transport) -> None:
    """By a function of the answer."""
    made = over(memory).write(create(product()))
    repository = over(memory, corrupt("GetItem", change=lambda _: {}))
    assert repository.fetch(GET) is None
    assert repository.fetch(GET) == made


def test_faults_meet(memory: Transport) -> None:
    """The first is outermost: it waits, and then the answer is lost."""
    waited: list[float] = []
    faults = (delay(3, "GetItem"), lose_answer("GetItem"))
    transport = faulty(memory, *faults, sleep=waited.append)
    with pytest.raises(ServiceUnavailable):
        Repository(transport, shop).fetch(GET)
    assert waited == [3]
    assert Repository(transport, shop).fetch(GET) is None


def test_what_two_faults_leave_of_a_batch_is_left(memory: Transport) -> None:
    """Neither takes what the other one leaves for done."""
    items = [{"PutRequest": {"Item": {"PK": {"S": n}, "SK": {"S": n}}}} for n in "abcd"]
    two = (leave_unprocessed(keep=3), leave_unprocessed(keep=1))
    answer = faulty(memory, *two)("BatchWriteItem", {"RequestItems": {"shop": items}})
    assert sorted(map(str, answer["UnprocessedItems"]["shop"])) == sorted(map(str, items[1:]))
    keys = {"Keys": [each["PutRequest"]["Item"] for each in items], "ConsistentRead": True}
    answer = faulty(memory, *two)("BatchGetItem", {"RequestItems": {"shop": keys}})
    left = answer["UnprocessedKeys"]["shop"]
    assert (len(left["Keys"]), left["ConsistentRead"]) == (3, True)
    assert len(answer["Responses"]["shop"]) == 1


def test_chance_chooses_the_same_in_every_run(memory: Transport) -> None:
    """By its seed; about as many as it is told."""

    def failed(seed: int) -> list[int]:
        repository, found = over(memory, throttle("GetItem", at=chance(0.3, seed=seed))), []
        for number in range(100):
            try:
                repository.fetch(GET)
            except Throttled:
                found.append(number)
        return found

    assert failed(1) == failed(1) != failed(2)
    assert 15 < len(failed(1)) < 45


def test_a_transport_that_is_awaited_has_the_same_faults(memory: Transport) -> None:
    """Waits are tasks' own."""

    async def awaited(operation: str, parameters: Mapping[str, Any]) -> Mapping[str, Any]:
        return memory(operation, parameters)

    async def run() -> None:
        faults = (delay(0, "PutItem"), lose_answer("PutItem"), throttle("GetItem", at=2))
        repository = AsyncRepository(faulty_async(awaited, *faults), shop, retry=NOW)
        made = await repository.write(create(product()))
        assert await repository.fetch(GET) == made
        with pytest.raises(Throttled):
            await repository.fetch(GET)

    asyncio.run(run())


def test_an_operation_that_there_is_not_is_refused() -> None:
    """A fault that never came would be a test that tests nothing."""
    with raises(InvalidOperation, where="a fault"):
        throttle("Put")
    with raises(InvalidOperation, where="a fault", allowed="BatchGetItem"):
        leave_unprocessed("Query")
