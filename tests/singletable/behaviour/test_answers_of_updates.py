"""What an update answers: the stored item, and in a transaction its second state."""

from __future__ import annotations

from typing import Annotated

import pytest

from singletable import VERSION, Entity, Table, create, transaction, unique, update
from singletable.errors.request import VersionConflict
from tests.backends import Backend
from tests.conftest import OpenBackend
from tests.singletable.raises import raises

accounts = Table("accounts")


class Plain(Entity, table=accounts):
    """Without a version."""

    name: str
    title: str = ""
    n: int = 0
    key = accounts.primary.key("PLAIN#{name}", "PLAIN")


class Named(Entity, table=accounts):
    """With a unique field, so that its updates are transactions."""

    name: str
    mail: str
    n: int = 0
    key = accounts.primary.key("NAMED#{name}", "NAMED")
    unique_mail = unique("mail")


class Versioned(Entity, table=accounts):
    """With a unique field and a version."""

    name: str
    mail: str
    n: int = 0
    version: Annotated[int, VERSION] = 1
    key = accounts.primary.key("VERSIONED#{name}", "VERSIONED")
    unique_mail = unique("mail")


@pytest.fixture
def db(open_backend: OpenBackend) -> Backend:
    return open_backend(accounts)


def test_an_update_answers_what_others_wrote(db: Backend) -> None:
    before = db.repository.write(create(Plain(name="a")))
    db.repository.write(Plain.key.patch(name="a").set(n=9))
    after = db.repository.write(update(before, before.model_copy(update={"title": "x"})))
    assert (after.title, after.n) == ("x", 9)


def test_an_update_by_transaction_answers_its_second_state(db: Backend) -> None:
    """DynamoDB answers nothing; what others wrote stays."""
    before = db.repository.write(create(Named(name="a", mail="a")))
    db.repository.write(Named.key.patch(name="a").set(n=9))
    after = db.repository.write(update(before, before.model_copy(update={"mail": "b"})))
    assert (after.mail, after.n) == ("b", 0)
    assert db.repository.fetch(Named.key.get(name="a")) == Named(name="a", mail="b", n=9)

    plain = db.repository.write(create(Plain(name="a")))
    db.repository.write(Plain.key.patch(name="a").set(n=9))
    own = update(plain, plain.model_copy(update={"title": "x"}))
    assert db.repository.write(transaction(own).returning(own)).n == 0
    assert db.repository.fetch(Plain.key.get(name="a")) == Plain(name="a", title="x", n=9)


def test_what_a_transaction_answered_can_be_updated(db: Backend) -> None:
    """And what others wrote stays once more."""
    made = db.repository.write(create(Named(name="a", mail="a")))
    db.repository.write(Named.key.patch(name="a").set(n=9))
    answered = db.repository.write(update(made, made.model_copy(update={"mail": "b"})))
    db.repository.write(update(answered, answered.model_copy(update={"mail": "c"})))
    assert db.repository.fetch(Named.key.get(name="a")) == Named(name="a", mail="c", n=9)


def test_a_version_holds_the_answer_of_a_transaction_to_what_is_stored(db: Backend) -> None:
    before = db.repository.write(create(Versioned(name="a", mail="a")))
    changed = before.model_copy(update={"mail": "b"})
    db.repository.write(Versioned.key.patch(name="a").set(n=9).at_version(1))
    with raises(VersionConflict, written="no"):
        db.repository.write(update(before, changed))
    read = db.repository.fetch(Versioned.key.get(name="a"))
    assert read is not None
    answered = db.repository.write(update(read, read.model_copy(update={"mail": "b"})))
    assert answered == db.repository.fetch(Versioned.key.get(name="a"))
