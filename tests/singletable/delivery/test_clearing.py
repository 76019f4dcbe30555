"""The deletion of what a query finds, when something fails in the middle."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any

import pytest

from singletable import Clear, Repository, batch, clear, create, put, update
from singletable.errors import BatchUnfinished, RequestError, ServiceUnavailable, Throttled
from singletable.errors.transport import TransportError
from singletable.inspect import Retry
from tests.backends import Backend, memory_backend
from tests.singletable.delivery.lossy import LOSSES, Lossy
from tests.singletable.shop import Customer, Product, Status, customer, product, shop

Parameters = Mapping[str, Any]
Send = Callable[[str, Parameters], Parameters]


@pytest.fixture
def db() -> Iterator[Backend]:
    with memory_backend(shop) as opened:
        many = (put(product(f"p{at:03}", shelf="a")) for at in range(300))
        opened.repository.write(batch(*many))
        yield opened


def everything() -> Clear:
    return clear(Product.by_shelf.query(shelf="a").page_size(60))


def repository(db: Backend, transport: Any) -> Repository:
    retry = Retry(attempts=3, sleep=lambda _: None, jitter=lambda: 1.0)
    return Repository(transport, {shop: db.name}, retry=retry)


class Failing:
    """Fails the request of this operation and number, from 1, and all that follow."""

    def __init__(self, db: Backend, operation: str, number: int, code: str) -> None:
        self.inner, self.operation, self.left, self.code = db.transport, operation, number, code

    def __call__(self, operation: str, parameters: Parameters) -> Parameters:
        if operation == self.operation:
            self.left -= 1
            if self.left <= 0:
                raise TransportError(self.code, "no")
        return self.inner(operation, parameters)


@pytest.mark.parametrize("operation", ["Query", "BatchWriteItem"])
@pytest.mark.parametrize("number", [1, 2, 5])
@pytest.mark.parametrize("code", ["ThrottlingException", "Unreachable"])
def test_an_error_in_the_middle_is_gone_on_from_by_doing_the_same(
    db: Backend, operation: str, number: int, code: str
) -> None:
    """`written` is true to what is left; in the end all of them are deleted."""
    with pytest.raises(RequestError) as caught:
        repository(db, Failing(db, operation, number, code)).write(everything())
    left = len(db.items())
    expected = "yes" if left < 300 else "no"
    if code == "Unreachable" and operation == "BatchWriteItem" and left == 300:
        expected = "unknown"
    assert caught.value.written == expected
    assert repository(db, db.transport).write(everything()) == left
    assert db.items() == []


def test_a_failure_beside_deletions_says_which_ones_were_carried_out(db: Backend) -> None:
    """Of one page."""
    with pytest.raises(BatchUnfinished) as caught:
        repository(db, Failing(db, "BatchWriteItem", 2, "ThrottlingException")).write(everything())
    assert caught.value.asked == 60
    assert caught.value.written == "yes"
    stored = {f"Product {item['PK']['S']} / PRODUCT" for item in db.items()}
    assert {*caught.value.unwritten.values()} <= stored


def test_a_failure_of_the_first_request_is_the_error_that_it_is_elsewhere(db: Backend) -> None:
    """Nothing was deleted."""
    with pytest.raises(Throttled) as caught:
        repository(db, Failing(db, "Query", 1, "ThrottlingException")).write(everything())
    assert caught.value.written == "no"


@pytest.mark.parametrize("loss", LOSSES.values(), ids=LOSSES)
def test_a_lost_answer_is_asked_for_again(db: Backend, loss: Any) -> None:
    """Deletions may be repeated, and are counted once."""
    assert repository(db, Lossy(db.transport, loss)).write(everything()) == 300
    assert db.items() == []


def test_what_stays_unprocessed_is_given_up(db: Backend) -> None:
    """With what was deleted before, and progress until then."""

    def send(operation: str, parameters: Parameters) -> Parameters:
        if operation == "BatchWriteItem" and len(db.items()) <= 240:
            return {"UnprocessedItems": parameters["RequestItems"]}
        return db.transport(operation, parameters)

    progress = list[int]()
    with pytest.raises(BatchUnfinished) as caught:
        for deleted in repository(db, send).iterate(everything()):
            progress.append(deleted)
    assert progress == [60]
    assert len(caught.value.unwritten) == 60
    assert caught.value.written == "yes"


@pytest.mark.parametrize("length", [1, 2, 3, 7])
def test_pages_that_come_back_end(db: Backend, length: int) -> None:
    """And are no endless deletion of nothing, however many there are of them."""
    asked = list[object]()

    def send(operation: str, parameters: Parameters) -> Parameters:
        if operation != "Query":
            return db.transport(operation, parameters)
        asked.append(parameters)
        place = {"S": str(len(asked) % length)}
        return {"Items": [], "LastEvaluatedKey": dict.fromkeys(("PK", "SK"), place)}

    with pytest.raises(ServiceUnavailable):
        repository(db, send).write(everything())
    asked.clear()
    with pytest.raises(ServiceUnavailable):
        list(repository(db, send).iterate(everything()))
    assert len(asked) < 5 * length


def test_an_item_that_is_changed_meanwhile_is_left_with_its_unique_values(db: Backend) -> None:
    """What it holds now is not what was read."""
    for number in (1, 2, 3):
        db.repository.write(create(customer(f"c{number}", phone=str(number))))
    changed = list[str]()

    def send(operation: str, parameters: Parameters) -> Parameters:
        if operation == "TransactWriteItems" and not changed:
            changed.append("c1")
            found = db.repository.fetch(Customer.key.get(customer_id="c1"))
            assert found is not None
            db.repository.write(update(found, found.model_copy(update={"phone": "7"})))
        return db.transport(operation, parameters)

    asked = clear(Customer.by_tenant.query(tenant="north"))
    with pytest.raises(BatchUnfinished) as caught:
        repository(db, send).write(asked)
    assert (caught.value.asked, len(caught.value.unwritten)) == (3, 1)
    assert caught.value.written == "yes"
    left = {item["PK"]["S"] for item in db.items() if not item["PK"]["S"].startswith("PRODUCT")}
    assert left == {"CUSTOMER#c1", "UNIQUE#Customer#phone#7"}
    assert repository(db, db.transport).write(asked) == 1


def test_a_shard_that_fails_is_gone_on_from(db: Backend) -> None:
    """The others' pages of that round are not deleted: they were read side by side with it."""
    asked = clear(Product.catalogue.query(status=Status.DRAFT))
    seen = list[object]()

    def send(operation: str, parameters: Parameters) -> Parameters:
        if operation == "Query":
            seen.append(parameters)
            if "#1" in str(parameters["ExpressionAttributeValues"]):
                raise TransportError("ThrottlingException", "no")
        return db.transport(operation, parameters)

    with pytest.raises(Throttled) as caught:
        repository(db, send).write(asked)
    assert caught.value.written == "no"
    assert len(seen) == 3
    assert repository(db, db.transport).write(asked) == 300


def test_an_answer_to_another_query_deletes_nothing(db: Backend) -> None:
    """As a connection that two processes share may give one."""
    db.repository.write(batch(*(put(product(f"q{at}", shelf="b")) for at in range(3))))

    def send(operation: str, parameters: Parameters) -> Parameters:
        if operation == "Query":
            values = {":GSI1PK": {"S": "SHELF#b"}}
            parameters = {**parameters, "ExpressionAttributeValues": values}
        return db.transport(operation, parameters)

    with pytest.raises(ServiceUnavailable) as caught:
        repository(db, send).write(everything())
    assert caught.value.code == "Mismatched"
    assert len(db.items()) == 303
