"""A transaction may ask that there is no item, and write nothing there."""

from __future__ import annotations

import pytest

from singletable import Entity, Label, Table, Transaction, access_pattern, create, transaction
from singletable.design.compile import compile_design
from singletable.errors import ItemExists, TransactionCancelled
from singletable.inspect import Check
from tests.backends import Backend
from tests.conftest import OpenBackend

chat = Table("chat")
BLOCKED = Label("blocked", "they do not want to hear from you")


class Block(Entity, table=chat):
    """Someone who may not write to someone else."""

    user_id: str
    other_id: str
    key = chat.primary.key("USER#{user_id}", "BLOCK#{other_id}")


class Message(Entity, table=chat):
    """What someone wrote to someone else."""

    user_id: str
    message_id: str
    sender_id: str
    key = chat.primary.key("USER#{user_id}", "MESSAGE#{message_id}")


@access_pattern
def send(message: Message) -> Transaction[None]:
    """Sends a message, unless its sender is blocked."""
    not_blocked = Block.key.check_absent(user_id=message.user_id, other_id=message.sender_id)
    return transaction(create(message), not_blocked.label(BLOCKED))


MESSAGE = Message(user_id="kim", message_id="1", sender_id="lee")


@pytest.fixture
def db(open_backend: OpenBackend) -> Backend:
    return open_backend(chat)


def test_what_must_not_be_there_is_not_written(db: Backend) -> None:
    db.repository.write(send(MESSAGE))
    assert [each["SK"] for each in db.items()] == [{"S": "MESSAGE#1"}]


def test_what_is_there_cancels_the_transaction(db: Backend) -> None:
    """With the label of the check, and nothing is written."""
    db.repository.write(create(Block(user_id="kim", other_id="lee")))
    before = db.items()
    with pytest.raises(TransactionCancelled) as caught:
        db.repository.write(send(MESSAGE))
    (failure,) = caught.value.failures.values()
    assert (type(failure), failure.label, caught.value.written) == (ItemExists, BLOCKED, "no")
    assert db.items() == before


def test_an_item_of_another_entity_is_there_as_well(db: Backend) -> None:
    """Whatever it is: the place is taken."""
    db.put(PK="USER#kim", SK="BLOCK#lee", entity="Other")
    with pytest.raises(TransactionCancelled):
        db.repository.write(send(MESSAGE))


def test_alone_it_is_a_transaction_of_its_own(db: Backend) -> None:
    """As any check is."""
    check: Check = Block.key.check_absent(user_id="kim", other_id="lee")
    db.repository.write(check)
    db.repository.write(create(Block(user_id="kim", other_id="lee")))
    with pytest.raises(ItemExists):
        db.repository.write(check)


def test_the_design_shows_it() -> None:
    """As a check of the key, with the right that it needs."""
    (pattern,) = compile_design([chat]).patterns
    assert {need.action for need in pattern.needs} == {"PutItem", "ConditionCheckItem"}
