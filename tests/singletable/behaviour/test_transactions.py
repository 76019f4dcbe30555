"""B3, B4, B6: what a transaction may hold, how it is refused, how it is repeated."""

from __future__ import annotations

import uuid
from typing import Any

import pytest

from singletable import Transaction, attr, create, delete, put, transaction, update
from singletable.errors.request import (
    ConditionFailed,
    ItemExists,
    ItemMissing,
    Label,
    TransactionCancelled,
    TransactionRefused,
    UniqueTaken,
    VersionConflict,
)
from singletable.errors.service import TokenReused
from tests.backends import Backend
from tests.singletable.raises import raises
from tests.singletable.shop import Customer, Line, Product, changed, customer, line, product

pytestmark = pytest.mark.quick_on_local


def check_refused_before_sending(db: Backend, build: Any, problem: str) -> None:
    sent = len(db.sent)
    with raises(TransactionRefused, problem=problem):
        db.repository.write(build())
    assert len(db.sent) == sent
    assert db.items() == []


def test_b3_more_than_100_actions_are_refused_before_sending(db: Backend) -> None:
    """Unique items count as well."""
    lines = [create(line(number)) for number in range(101)]
    check_refused_before_sending(db, lambda: transaction(*lines), "101 actions")
    owners = [create(customer(f"c{n}", email=f"{n}@x", phone=str(n))) for n in range(34)]
    check_refused_before_sending(db, lambda: transaction(*owners), "102 actions")
    db.repository.write(transaction(*lines[:100]))
    assert len(db.items()) == 100


def test_b3_two_actions_on_one_item_are_refused_before_sending(db: Backend) -> None:
    """Also when one of them is a check."""
    check = Product.key.check(product_id="lamp")
    check_refused_before_sending(db, lambda: transaction(create(product()), check), "PRODUCT#lamp")


def test_b3_more_than_4_mb_are_refused_before_sending(db: Backend) -> None:
    """Eleven items just under 400 KB."""
    heavy = [create(product(f"p{n}", note="x" * 390_000)) for n in range(11)]
    check_refused_before_sending(db, lambda: transaction(*heavy), "bytes")


def test_b3_an_empty_transaction_is_refused(db: Backend) -> None:
    """There is nothing to carry out."""
    check_refused_before_sending(db, transaction, "no write")


def test_b4_every_refused_write_is_named_with_its_reason_and_item(db: Backend) -> None:
    """By the write's position, also when it is the unique item that was refused."""
    bought = db.repository.write(create(line(amount=1)))
    db.repository.write(update(bought, changed(bought, amount=2)))
    db.repository.write(create(customer(email="a@x")))
    with pytest.raises(TransactionCancelled) as refused:
        db.repository.write(
            transaction(
                create(product()),
                create(customer("bob", phone="1", email="a@x")),
                update(bought, changed(bought, amount=3)),
                Line.key.check(order_id="o1", line_no=2),
                create(customer()),
            )
        )
    failures = refused.value.failures
    assert {at: type(why) for at, why in failures.items()} == {
        1: UniqueTaken,
        2: VersionConflict,
        3: ItemMissing,
        4: ItemExists,
    }
    assert failures[1].facts()["field"] == "email"
    stored = failures[2].stored
    assert stored is not None
    assert stored["amount"] == {"N": "2"}
    assert db.repository.fetch(Product.key.get(product_id="lamp")) is None


def test_b4_a_refusal_speaks_the_callers_words(db: Backend) -> None:
    """Label and message stand in the error."""
    db.repository.write(create(product(stock=0)))
    enough = attr("stock").at_least(1)
    buy = (
        Product.key.patch(product_id="lamp")
        .add(stock=-1)
        .when(enough, label=Label("sold-out", "sold out"))
    )
    with raises(TransactionCancelled) as refused:
        db.repository.write(transaction(create(line()), buy))
    (at, failure), *others = refused.value.failures.items()
    assert (at, type(failure), others) == (1, ConditionFailed, [])
    assert failure.label == Label("sold-out", "sold out")
    check = Product.key.check(product_id="lamp").when(enough, label=Label("empty", "nothing there"))
    with raises(ConditionFailed, label=Label("empty", "nothing there")):
        db.repository.write(check)


def test_b4_a_condition_on_a_new_item_keeps_the_callers_words(db: Backend) -> None:
    """A creation whose own condition fails although there is no item."""
    write = create(product()).when(
        attr("note").exists(), label=Label("no-note", "needs a note first")
    )
    with raises(ConditionFailed, label=Label("no-note", "needs a note first")):
        db.repository.write(write)
    assert db.items() == []


def test_a_transaction_answers_one_of_its_writes(db: Backend) -> None:
    """The answered entity is what a later fetch returns, stamps and version included."""
    ada = db.repository.write(create(customer(email="a@x")))
    db.clock.tick()
    edit = update(ada, changed(ada, email="b@x"))
    made = create(product())
    whole: Transaction[Customer] = transaction(made, edit, put(line())).returning(edit)
    answer = db.repository.write(whole)
    assert answer == db.repository.fetch(Customer.key.get(customer_id="ada"))
    assert answer.updated_at == db.clock.now
    with raises(TransactionRefused, problem="not its own"):
        transaction(edit).returning(made)


def test_a_transaction_mixes_every_kind_of_write(db: Backend) -> None:
    """Put, create, update, patch and delete, all or nothing."""
    one, two = (db.repository.write(create(line(n))) for n in (1, 2))
    db.repository.write(create(product()))
    db.repository.write(
        transaction(
            update(one, changed(one, amount=9)),
            delete(two),
            put(line(3, version=1)),
            create(line(4)),
            Product.key.patch(product_id="lamp").add(stock=5),
        )
    )
    found = db.repository.fetch(Line.key.query(order_id="o1"))
    assert [(item.line_no, item.amount, item.version) for item in found] == [
        (1, 9, 2),
        (3, 1, 2),
        (4, 1, 1),
    ]


def test_b6_a_given_token_makes_a_repetition_harmless(local_db: Backend) -> None:
    """The second answer is the first one's success, and nothing is written twice."""
    local_db.repository.write(create(product()))
    buy, token = Product.key.patch(product_id="lamp").add(stock=1), str(uuid.uuid4())
    for _ in range(2):
        local_db.repository.write(transaction(buy, token=token))
    found = local_db.repository.fetch(Product.key.get(product_id="lamp"))
    assert found is not None
    assert found.stock == 1


def test_b6_a_token_with_another_content_is_refused(local_db: Backend) -> None:
    """So it is when the clock has moved on and an updated stamp with it."""
    local_db.repository.write(create(product()))
    buy, token = Product.key.patch(product_id="lamp").add(stock=1), str(uuid.uuid4())
    local_db.repository.write(transaction(buy, token=token))
    local_db.clock.tick()
    with raises(TokenReused, operation="TransactWriteItems"):
        local_db.repository.write(transaction(buy, token=token))


def test_b6_a_token_has_1_to_36_characters() -> None:
    """As DynamoDB demands."""
    for token in ("", "x" * 37):
        with raises(TransactionRefused, problem=f"its token is {token!r}"):
            transaction(create(product()), token=token)
