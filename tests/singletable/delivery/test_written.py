"""`written`: every RequestError says truly whether its operation wrote anything."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest

from singletable import Repository, RequestError, attr, create, delete, put, transaction, update
from singletable import errors as all_errors
from singletable.errors import (
    AccessRefused,
    AttachedWriteRefused,
    ConditionFailed,
    Contended,
    IncompleteKey,
    IndexMissing,
    InvalidCursor,
    InvalidItem,
    InvalidKeyValue,
    InvalidOperation,
    InvalidStoredItem,
    ItemExists,
    ItemMissing,
    RequestLimitReached,
    ServiceError,
    ServiceUnavailable,
    TableMissing,
    Throttled,
    TokenReused,
    TransactionCancelled,
    TransactionRefused,
    UniqueTaken,
    UnstorableValue,
    VersionConflict,
    WrittenUnreadable,
)
from singletable.errors.transport import CANCELLED, CancellationReason, TransportError
from singletable.inspect import Retry
from tests.backends import Backend
from tests.singletable.shop import (
    Coupon,
    Line,
    Product,
    changed,
    customer,
    line,
    product,
    shop,
)

GET = Product.key.get(product_id="lamp")
PATCH = Product.key.patch(product_id="lamp")
FAILED_CONDITION = TransportError("ConditionalCheckFailedException", "no")


def caught(repository: Any, operation: Any) -> RequestError:
    is_write = hasattr(operation, "with_writes")
    with pytest.raises(RequestError) as raised:
        (repository.write if is_write else repository.fetch)(operation)
    assert raised.value.written in type(raised.value).outcomes
    return raised.value


def test_every_class_says_what_is_possible() -> None:
    """One line each; a class that is new must say it."""
    classes = [each for each in vars(all_errors).values() if isinstance(each, type)]
    outcomes = {
        each.__name__: " ".join(each.outcomes) for each in classes if issubclass(each, RequestError)
    }
    refusal, any_outcome = "no unknown", "no yes unknown"
    differing = {
        "WriteRefused": refusal,
        "ItemExists": refusal,
        "ItemMissing": any_outcome,
        "VersionConflict": refusal,
        "ConditionFailed": refusal,
        "UniqueTaken": refusal,
        "TransactionCancelled": refusal,
        "AttachedWriteRefused": refusal,
        "WrittenUnreadable": "yes",
        "Contended": any_outcome,
        "BatchUnfinished": any_outcome,
        "ServiceError": any_outcome,
        "ServiceUnavailable": any_outcome,
        "TableMissing": any_outcome,
        "IndexMissing": any_outcome,
        "AccessRefused": any_outcome,
        "TokenReused": any_outcome,
        "Throttled": any_outcome,
    }
    assert outcomes == {name: differing.get(name, "no") for name in outcomes}


REFUSED_BEFORE = [
    (lambda: create(product("lamp").model_copy(update={"product_id": "a#b"})), InvalidItem),
    (lambda: create(customer("a", email="a" * 2100)), InvalidKeyValue),
    (lambda: create(product(meta={"x": 10**40 + 1})), UnstorableValue),
    (lambda: PATCH.set(shelf="s"), IncompleteKey),
    (lambda: transaction(create(product()), put(product())), TransactionRefused),
    (lambda: Line.key.delete(order_id="o", line_no=1), InvalidOperation),
]


@pytest.mark.parametrize(
    ("make", "kind"), REFUSED_BEFORE, ids=[kind.__name__ for _, kind in REFUSED_BEFORE]
)
def test_what_is_refused_before_sending_wrote_nothing(
    db: Backend, make: Any, kind: type[RequestError]
) -> None:
    """And nothing was sent."""
    error = caught(db.repository, make())
    assert (type(error), error.written, db.sent) == (kind, "no", [])


def test_what_a_condition_refuses_wrote_nothing(db: Backend) -> None:
    """For every refusal there is."""
    lamp, one = db.repository.write(create(product())), db.repository.write(create(line()))
    db.repository.write(create(customer(email="a@x")))
    for operation, kind in (
        (create(lamp), ItemExists),
        (PATCH.set(name="x").when(attr("stock").equals(9)), ConditionFailed),
        (Product.key.patch(product_id="none").set(name="x"), ItemMissing),
        (update(changed(one, version=9), changed(one, amount=2)), VersionConflict),
        (create(customer("bob", email="a@x")), UniqueTaken),
        (delete(line(9), must_exist=True), ItemMissing),
        (transaction(create(line(5)), create(lamp)), TransactionCancelled),
        (create(line(6)).with_writes(create(lamp)), AttachedWriteRefused),
    ):
        error = caught(db.repository, operation)
        assert (type(error), error.written) == (kind, "no")


UNREADABLE_NAME = {"L": []}


def test_a_write_whose_answer_cannot_be_read_was_carried_out(db: Backend) -> None:
    """The error is another one than that of a read, and names the item."""
    db.repository.write(create(product()))
    item = db.raw(PK="PRODUCT#lamp", SK="PRODUCT") or {}
    db.client.put_item(TableName=db.name, Item=item | {"name": UNREADABLE_NAME})
    read = caught(db.repository, GET)
    assert (type(read), read.written) == (InvalidStoredItem, "no")
    for operation in (PATCH.add(stock=1), PATCH.set(note="n"), PATCH.add(stock=1).once()):
        error = caught(db.repository, operation)
        assert isinstance(error, WrittenUnreadable)
        assert (error.written, error.key) == ("yes", "PRODUCT#lamp / PRODUCT")
        assert isinstance(error.__cause__, InvalidStoredItem)
    stored = db.raw(PK="PRODUCT#lamp", SK="PRODUCT") or {}
    assert (stored["stock"], stored["note"]) == ({"N": "2"}, {"S": "n"})


# with a transport that fails as it is told


class Scripted:
    """Raises or answers in order; the last for ever."""

    def __init__(self, *outcomes: TransportError | Mapping[str, Any]) -> None:
        self.outcomes = list(outcomes)
        self.asked: list[str] = []

    def __call__(self, operation: str, parameters: Mapping[str, Any]) -> Mapping[str, Any]:
        self.asked.append(operation)
        outcome = self.outcomes.pop(0) if len(self.outcomes) > 1 else self.outcomes[0]
        if isinstance(outcome, TransportError):
            raise outcome
        return outcome


def scripted(*outcomes: TransportError | Mapping[str, Any]) -> Repository:
    return Repository(Scripted(*outcomes), shop, retry=Retry(3, sleep=lambda _: None))


BUSY = TransportError(CANCELLED, "", reasons=(CancellationReason("TransactionConflict"),))
LOST = TransportError("Unreachable", "reset")
REPEATED = TransportError("ThrottlingException", "later", was_repeated=True)
CASES: list[tuple[str, TransportError, type[RequestError], str]] = [
    ("lost", LOST, ServiceUnavailable, "unknown"),
    (
        "no connection",
        TransportError("Unreachable", "", carried_out="no"),
        ServiceUnavailable,
        "no",
    ),
    ("server error", TransportError("InternalServerError"), ServiceUnavailable, "unknown"),
    ("gateway", TransportError("504"), ServiceUnavailable, "unknown"),
    ("unreadable", TransportError("Unreadable"), ServiceUnavailable, "unknown"),
    ("throttled", TransportError("ThrottlingException"), Throttled, "no"),
    ("capacity", TransportError("ProvisionedThroughputExceededException"), Throttled, "no"),
    ("limit", TransportError("RequestLimitExceeded"), Throttled, "no"),
    ("throttled after a loss", REPEATED, Throttled, "unknown"),
    ("no table", TransportError("ResourceNotFoundException"), TableMissing, "no"),
    (
        "no index",
        TransportError("ValidationException", "does not have the specified index"),
        IndexMissing,
        "no",
    ),
    ("denied", TransportError("AccessDeniedException"), AccessRefused, "no"),
    ("no credentials", TransportError("NoCredentials"), AccessRefused, "no"),
    ("token", TransportError("IdempotentParameterMismatchException"), TokenReused, "no"),
    ("wrong", TransportError("ValidationException", "what?"), ServiceError, "no"),
    ("client", TransportError("ParamValidation"), ServiceError, "no"),
    ("unheard of", TransportError("Odd"), ServiceError, "unknown"),
    ("conflict", TransportError("TransactionConflictException"), Contended, "no"),
    ("cancelled by others", BUSY, Contended, "no"),
    ("in progress", TransportError("TransactionInProgressException"), Contended, "unknown"),
]


@pytest.mark.parametrize("case", CASES, ids=lambda case: case[0])
@pytest.mark.parametrize(
    "operation",
    [create(product()), PATCH.set(name="x"), transaction(create(product()), create(line()))],
    ids=["create", "patch", "transaction"],
)
def test_of_a_write_it_depends_on_the_failure(
    operation: Any, case: tuple[str, TransportError, type[RequestError], str]
) -> None:
    """Whether the request may have reached DynamoDB, and been carried out."""
    _, failure, kind, written = case
    error = caught(scripted(failure), operation)
    assert (type(error), error.written) == (kind, written)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case[0])
@pytest.mark.parametrize(
    "operation", [GET, Product.by_shelf.query(shelf="s")], ids=["get", "query"]
)
def test_a_read_wrote_nothing(
    operation: Any, case: tuple[str, TransportError, type[RequestError], str]
) -> None:
    """However it fails."""
    _, failure, kind, _ = case
    error = caught(scripted(failure), operation)
    assert (type(error), error.written) == (kind, "no")


def test_a_check_alone_cannot_have_written() -> None:
    """It is a transaction of conditions."""
    error = caught(scripted(LOST), Product.key.check(product_id="lamp"))
    assert (type(error), error.written) == (ServiceUnavailable, "no")


def test_contention_after_a_lost_answer_does_not_know() -> None:
    """What was lost first may have been carried out."""
    lost_before = TransportError("TransactionConflictException", "busy", was_repeated=True)
    assert caught(scripted(lost_before), create(product())).written == "unknown"


def test_a_refusal_after_a_lost_answer_does_not_know() -> None:
    """In a transaction every failure says so."""
    reasons = (CancellationReason("ConditionalCheckFailed"), CancellationReason("None"))
    cancelled = TransportError(CANCELLED, "", reasons=reasons, was_repeated=True)
    error = caught(scripted(cancelled), transaction(create(product()), create(line())))
    assert isinstance(error, TransactionCancelled)
    assert (error.written, error.failures[0].written) == ("unknown", "unknown")
    assert "may have been written" in str(error)
    assert "nothing was written" not in str(error)


@pytest.mark.parametrize("failure", [LOST, TransportError("ThrottlingException")])
def test_what_fails_after_the_write_does_not_undo_it(failure: TransportError) -> None:
    """The read of the result, after a transaction that was carried out."""
    error = caught(scripted({}, failure), PATCH.add(stock=1).once())
    assert error.written == "yes"


def test_who_was_deleted_right_afterwards_was_written() -> None:
    """`ItemMissing` for once says yes."""
    error = caught(scripted({}, {}), PATCH.add(stock=1).once())
    assert (type(error), error.written) == (ItemMissing, "yes")


def test_a_limit_on_requests_and_a_foreign_cursor_are_of_reads() -> None:
    """Nothing was written."""
    more = {"Items": [], "LastEvaluatedKey": {"PK": {"S": "a"}, "SK": {"S": "b"}}}
    first = Product.by_shelf.query(shelf="s").max_requests(1).first()
    error = caught(scripted(more), first)
    assert (type(error), error.written) == (RequestLimitReached, "no")
    error = caught(scripted({}), Product.by_shelf.query(shelf="s").page(2, "x"))
    assert (type(error), error.written) == (InvalidCursor, "no")


def test_an_error_keeps_it_when_it_is_pickled() -> None:
    """As all its fields."""
    import pickle

    error = caught(scripted(LOST), create(Coupon(coupon_id="c")))
    assert pickle.loads(pickle.dumps(error)).written == "unknown"  # noqa: S301
