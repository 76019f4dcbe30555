"""What is known of an operation's writes, attempt by attempt; and which attempts are repeated."""

from __future__ import annotations

from typing import Any

import pytest

from singletable.errors import ItemExists, TransactionCancelled, WrittenUnreadable
from singletable.errors.request import InvalidStoredItem
from singletable.errors.transport import MISMATCHED, TransportError
from singletable.operations import Request
from singletable.repository.delivery import Delivery, may_repeat

PUT = Request("PutItem", {})
GET = Request("GetItem", {})
ADD = Request("UpdateItem", {"UpdateExpression": "ADD #a :a"})
LOST = TransportError("Unreachable")
REFUSED = TransportError("ConditionalCheckFailedException")
THROTTLED = TransportError("ThrottlingException")
CONFLICT = TransportError("TransactionConflictException")
MIXED = TransportError(MISMATCHED)


def after(request: Request, error: TransportError, possible: int = 0) -> Delivery:
    delivery = Delivery()
    if may_repeat(request, error, possible):
        delivery.note_failure(request, error, possible)
    else:
        with pytest.raises(TransportError) as caught:
            delivery.note_failure(request, error, possible)
        assert caught.value is error
    return delivery


@pytest.mark.parametrize(
    ("request_", "error", "possible", "written"),
    [
        (PUT, LOST, 0, "unknown"),
        (PUT, LOST, 1, "unknown"),
        (PUT, REFUSED, 0, "no"),
        (PUT, REFUSED, 1, "unknown"),
        (PUT, TransportError("ThrottlingException", was_repeated=True), 0, "unknown"),
        (PUT, TransportError("Unreachable", carried_out="no"), 0, "no"),
        (PUT, CONFLICT, 0, "no"),
        (PUT, MIXED, 0, "unknown"),
        (GET, LOST, 0, "no"),
    ],
)
def test_a_failure_leaves_what_it_proves(
    request_: Request, error: TransportError, possible: int, written: str
) -> None:
    """`possible`: how often the write may have been carried out."""
    assert after(request_, error, possible).written == written


@pytest.mark.parametrize(
    ("request_", "error", "possible", "expected"),
    [
        (PUT, CONFLICT, 0, True),
        (ADD, CONFLICT, 0, True),
        (ADD, CONFLICT, 1, False),
        (PUT, CONFLICT, 1, True),
        (PUT, LOST, 0, False),
        (PUT, LOST, 1, True),
        (PUT, LOST, 2, False),
        (ADD, LOST, 1, False),
        (GET, LOST, 0, False),
        (GET, MIXED, 0, True),
        (PUT, MIXED, 0, True),
        (ADD, MIXED, 0, False),
        (PUT, REFUSED, 1, False),
        (PUT, THROTTLED, 0, False),
    ],
)
def test_what_can_do_no_harm_is_repeated(
    request_: Request, error: TransportError, possible: int, expected: bool
) -> None:
    """Unless the transport has repeated it by itself."""
    assert may_repeat(request_, error, possible) is expected


def test_an_answer_settles_it() -> None:
    """Also after one that was lost; a failure afterwards does not undo it."""
    delivery = after(PUT, LOST, 1)
    delivery.note_answer(PUT, {}, 1)
    assert delivery.written == "yes"
    with pytest.raises(TransportError):
        delivery.note_failure(GET, THROTTLED, 0)
    assert delivery.written == "yes"


@pytest.mark.parametrize(("request_", "possible"), [(ADD, 0), (ADD, 1), (PUT, 2)])
def test_one_answer_to_one_write_is_well(request_: Request, possible: int) -> None:
    """Or to several that leave the same."""
    delivery = Delivery()
    delivery.note_answer(request_, {}, possible)
    assert delivery.written == "yes"


def test_a_count_that_was_carried_out_twice_is_not_as_asked() -> None:
    """The transport repeated it without a word."""
    delivery = Delivery()
    with pytest.raises(TransportError):
        delivery.note_answer(ADD, {}, 2)
    assert delivery.written == "unknown"


def test_a_refusal_after_a_loss_says_so_and_keeps_its_cause() -> None:
    """As another error, for a transport may raise the same one again."""
    refused = TransportError("ConditionalCheckFailedException", item={"a": {"S": "b"}})
    refused.__cause__ = cause = OSError("reset")
    assert Delivery().complete(refused) is refused
    completed = after(PUT, LOST, 1).complete(refused)
    assert (completed.was_repeated, completed.item) == (True, refused.item)
    assert completed.__cause__ is cause
    assert not refused.was_repeated
    assert after(PUT, LOST, 1).complete(LOST) is LOST


def test_errors_are_told_what_is_known() -> None:
    """With the failures of a transaction; an item that cannot be read was written."""
    lost, done, untouched = after(PUT, LOST), Delivery(), Delivery()
    done.note_answer(PUT, {}, 1)
    facts: dict[str, Any] = {"entity": "A", "key": "k"}
    exists, unreadable = ItemExists(**facts), InvalidStoredItem(**facts, problems="p")
    assert lost.settle(TransactionCancelled(failures={0: exists})).written == "unknown"
    assert exists.written == "unknown"
    settled = done.settle(unreadable)
    assert isinstance(settled, WrittenUnreadable)
    assert (settled.written, settled.entity, settled.key, settled.problems) == (
        "yes",
        "A",
        "k",
        "p",
    )
    assert untouched.settle(unreadable) is unreadable
