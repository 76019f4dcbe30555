"""A unique value goes from one owner to another within one transaction."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Annotated, Any

import pytest

from singletable import (
    TTL,
    VERSION,
    Entity,
    Repository,
    Table,
    create,
    delete,
    transaction,
    unique,
    update,
)
from singletable.errors.request import (
    ItemMissing,
    TransactionCancelled,
    TransactionRefused,
    UniqueTaken,
)
from tests.backends import Backend
from tests.conftest import OpenBackend

people = Table("people")
UNTIL = datetime(2030, 1, 1, tzinfo=UTC)


class Person(Entity, table=people):
    """A person with a unique e-mail address."""

    person_id: str
    email: str | None
    expires: Annotated[datetime | None, TTL] = None
    version: Annotated[int, VERSION] = 1

    key = people.primary.key("PERSON#{person_id}", "PERSON")
    unique_email = unique("email")


class Handle(Entity, table=people):
    """A name in an area, without versions."""

    area: str
    handle_id: str
    name: str

    key = people.primary.key("HANDLES#{area}", "{handle_id}")
    unique_name = unique("name", within="area")


@pytest.fixture
def db(open_backend: OpenBackend) -> Backend:
    return open_backend(people)


@pytest.fixture
def store(db: Backend) -> Repository:
    return db.repository


def owners(db: Backend) -> dict[str, str]:
    return {
        item["PK"]["S"].rpartition("#")[2]: " ".join(
            part["S"] for _, part in sorted(item["owner"]["M"].items())
        )
        for item in db.items()
        if "owner" in item
    }


def changed(entity: Any, **values: Any) -> Any:
    return entity.model_copy(update=values)


@pytest.mark.parametrize("new_first", [False, True])
def test_an_item_is_moved_with_its_unique_value(
    db: Backend, store: Repository, new_first: bool
) -> None:
    """Re-keyed, that is: deleted here and created there, at once, in whatever order."""
    old = store.write(create(Person(person_id="old", email="a@x", expires=UNTIL)))
    new = create(changed(old, person_id="new"))
    writes = (new, delete(old, must_exist=True)) if new_first else (delete(old), new)
    store.write(transaction(*writes))
    assert owners(db) == {"a@x": "PERSON#new PERSON"}
    assert store.fetch(Person.key.get(person_id="old")) is None
    read = store.fetch(Person.key.get(person_id="new"))
    assert read is not None
    store.write(delete(read))
    assert db.items() == []


@pytest.mark.parametrize("second", ["b@x", None])
def test_two_items_swap_their_values(db: Backend, store: Repository, second: str | None) -> None:
    """Or one takes what the other gives up."""
    one = store.write(create(Person(person_id="1", email="a@x")))
    two = store.write(create(Person(person_id="2", email=second)))
    store.write(
        transaction(update(one, changed(one, email=second)), update(two, changed(two, email="a@x")))
    )
    wanted = {"a@x": "PERSON#2 PERSON"} | ({second: "PERSON#1 PERSON"} if second else {})
    assert owners(db) == wanted


def test_values_go_round_in_a_ring(db: Backend, store: Repository) -> None:
    made = [
        store.write(create(Handle(area="de", handle_id=str(at), name=name)))
        for at, name in enumerate("abc")
    ]
    store.write(
        transaction(
            *(
                update(each, changed(each, name=name))
                for each, name in zip(made, "bca", strict=True)
            )
        )
    )
    assert owners(db) == {"b": "HANDLES#de 0", "c": "HANDLES#de 1", "a": "HANDLES#de 2"}


def test_a_value_is_not_taken_from_a_third(db: Backend, store: Repository) -> None:
    """The old owner as it was read has lost it: nothing is written."""
    old = store.write(create(Person(person_id="old", email="a@x")))
    store.write(update(old, changed(old, email="b@x")))
    store.write(create(Person(person_id="third", email="a@x")))
    before = db.items()
    with pytest.raises(TransactionCancelled) as caught:
        store.write(transaction(delete(old), create(changed(old, person_id="new"))))
    assert isinstance(caught.value.failures[1], UniqueTaken)
    assert caught.value.failures[1].field == "email"
    assert db.items() == before


def test_a_value_whose_unique_item_was_lost_can_be_moved(db: Backend, store: Repository) -> None:
    old = store.write(create(Person(person_id="old", email="a@x")))
    db.client.delete_item(
        TableName=db.name,
        Key={"PK": {"S": "UNIQUE#Person#email#a@x"}, "SK": {"S": "UNIQUE"}},
    )
    store.write(transaction(delete(old), create(changed(old, person_id="new"))))
    assert owners(db) == {"a@x": "PERSON#new PERSON"}


def test_an_old_owner_that_is_gone_stops_the_move(db: Backend, store: Repository) -> None:
    old = store.write(create(Person(person_id="old", email="a@x")))
    store.write(delete(old))
    with pytest.raises(TransactionCancelled) as caught:
        store.write(
            transaction(delete(old, must_exist=True), create(changed(old, person_id="new")))
        )
    assert isinstance(caught.value.failures[0], ItemMissing)
    assert db.items() == []


def test_two_claims_of_one_value_are_refused_still(store: Repository) -> None:
    old = store.write(create(Person(person_id="old", email="a@x")))
    claims = [create(changed(old, person_id=name)) for name in ("b", "c")]
    with pytest.raises(TransactionRefused):
        store.write(transaction(delete(old), *claims))


def test_an_attached_write_may_take_the_value(db: Backend, store: Repository) -> None:
    old = store.write(create(Person(person_id="old", email="a@x")))
    store.write(delete(old).with_writes(create(changed(old, person_id="new"))))
    assert owners(db) == {"a@x": "PERSON#new PERSON"}
