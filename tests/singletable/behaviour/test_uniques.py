"""B5: a unique field and its unique item stay in step, whatever is done to the owner."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from singletable import attr, create, delete, put, transaction, update
from singletable.errors.request import (
    ConditionFailed,
    InvalidOperation,
    ItemExists,
    ItemMissing,
    Label,
    TransactionCancelled,
    UniqueTaken,
    VersionConflict,
)
from tests.backends import START, Backend
from tests.singletable.raises import raises
from tests.singletable.shop import Coupon, Customer, changed, customer

pytestmark = pytest.mark.quick_on_local

EMAIL = "UNIQUE#Customer#email#north#"


def unique_items(db: Backend) -> dict[str, str]:
    """Partition key of every unique item, and of its owner."""
    return {
        item["PK"]["S"]: item["owner"]["M"]["PK"]["S"] for item in db.items() if "owner" in item
    }


def made(db: Backend, name: str = "ada", **values: Any) -> Customer:
    return db.repository.write(create(customer(name, **values)))


def test_b5_create_claims_and_a_second_claim_is_refused(db: Backend) -> None:
    """The refusal names the field; nothing of the second item is stored."""
    made(db, email="a@x")
    with raises(UniqueTaken, entity="Customer", key="CUSTOMER#bob / CUSTOMER", field="email"):
        made(db, "bob", email="a@x", phone="1")
    assert unique_items(db) == {EMAIL + "a@x": "CUSTOMER#ada"}
    assert db.repository.fetch(Customer.key.get(customer_id="bob")) is None


def test_b5_a_second_creation_of_the_item_is_item_exists(db: Backend) -> None:
    """Not a taken field, although that is so as well."""
    made(db, email="a@x")
    with pytest.raises(ItemExists):
        made(db, email="a@x")
    with pytest.raises(ItemExists):
        made(db, email="other@x")
    assert unique_items(db) == {EMAIL + "a@x": "CUSTOMER#ada"}


def test_b5_a_rename_moves_the_unique_item_there_and_back(db: Backend) -> None:
    """A → B → A; each old value is free again at once."""
    first = made(db, email="a@x")
    second = db.repository.write(update(first, changed(first, email="b@x")))
    assert unique_items(db) == {EMAIL + "b@x": "CUSTOMER#ada"}
    third = db.repository.write(update(second, changed(second, email="a@x")))
    assert unique_items(db) == {EMAIL + "a@x": "CUSTOMER#ada"}
    assert made(db, "bob", email="b@x").email == "b@x"
    assert db.repository.fetch(Customer.key.get(customer_id="ada")) == third


def test_b5_an_optional_value_goes_and_comes_back(db: Backend) -> None:
    """None has no unique item; two items may both have none."""
    first = made(db, email="a@x")
    made(db, "bob")
    second = db.repository.write(update(first, changed(first, email=None)))
    assert unique_items(db) == {}
    third = db.repository.write(update(second, changed(second, email="a@x")))
    assert unique_items(db) == {EMAIL + "a@x": "CUSTOMER#ada"}
    db.repository.write(delete(third))
    assert unique_items(db) == {}


def test_b5_a_value_is_unique_within_its_scope_alone(db: Backend) -> None:
    """Another scope may hold the same; a move there is refused, or moves the unique item."""
    ada = made(db, email="a@x")
    made(db, "bob", email="a@x", tenant="south")
    with pytest.raises(UniqueTaken):
        db.repository.write(update(ada, changed(ada, tenant="south")))
    db.repository.write(update(ada, changed(ada, tenant="west")))
    assert set(unique_items(db)) == {
        "UNIQUE#Customer#email#west#a@x",
        "UNIQUE#Customer#email#south#a@x",
    }


def test_b5_the_ttl_of_owner_and_unique_items_is_one(db: Backend) -> None:
    """Set, moved and removed together, by updates that change nothing else or a value as well."""
    now = made(db, email="a@x", phone="1")
    for change in (
        {"expires_at": START + timedelta(days=1)},
        {"expires_at": START + timedelta(days=2), "email": "b@x"},
        {"phone": None},
        {"expires_at": None},
    ):
        now = db.repository.write(update(now, changed(now, **change)))
        assert len({str(item.get("expires_at")) for item in db.items()}) == 1


def test_b5_deletion_releases_every_value(db: Backend) -> None:
    """`delete` and `remove` alike."""
    db.repository.write(delete(made(db, email="a@x", phone="1")))
    assert db.items() == []
    db.repository.write(delete(made(db, email="a@x", phone="1"), must_exist=True))
    assert db.items() == []


def test_b5_a_deletion_by_key_is_refused(db: Backend) -> None:
    """It would leave the unique items, since it does not know the values."""
    made(db, email="a@x")
    for write in (
        Customer.key.delete(customer_id="ada"),
        Customer.key.delete(must_exist=True, customer_id="ada").ignoring_version(),
        Coupon.key.delete(coupon_id="c"),
    ):
        with raises(InvalidOperation, declared="by key alone"):
            db.repository.write(write)


def test_b5_a_patch_or_put_of_a_unique_field_is_refused(db: Backend) -> None:
    """The old value is not known, so neither is the unique item to release."""
    ada = made(db, email="a@x")
    with raises(
        InvalidOperation, where="patch of Customer", declared="email, which moves a unique item"
    ):
        db.repository.write(
            Customer.key.patch(customer_id="ada").set(email="b@x").ignoring_version()
        )
    with raises(InvalidOperation, where="patch of Customer", declared="TTL of its unique items"):
        patch = Customer.key.patch(customer_id="ada").ignoring_version()
        db.repository.write(patch.set(expires_at=START))
    with raises(InvalidOperation, where="Customer", declared="put of an entity"):
        put(ada)
    other = db.repository.write(
        Customer.key.patch(customer_id="ada").add(visits=1).ignoring_version()
    )
    assert (other.visits, other.version) == (1, 2)


def test_b5_deleting_again_what_is_gone_does_nothing(db: Backend) -> None:
    """Also when another has taken the value since; their unique item stays."""
    ada = made(db, email="a@x")
    db.repository.write(delete(ada))
    db.repository.write(delete(ada))
    bob = made(db, "bob", email="a@x")
    db.repository.write(delete(ada))
    with pytest.raises(ItemMissing):
        db.repository.write(delete(ada, must_exist=True))
    assert unique_items(db) == {EMAIL + "a@x": "CUSTOMER#bob"}
    assert db.repository.fetch(Customer.key.get(customer_id="bob")) == bob


def test_b5_a_stale_deletion_within_a_transaction_does_what_it_does_alone(db: Backend) -> None:
    """Nothing; and where the item must exist, it is the item that is said to be gone."""
    ada = made(db, email="a@x")
    db.repository.write(delete(ada))
    made(db, "bob", email="a@x")
    with pytest.raises(TransactionCancelled) as refused:
        db.repository.write(transaction(delete(ada, must_exist=True), create(customer("eve"))))
    assert isinstance(refused.value.failures[0], ItemMissing)
    assert len(db.items()) == 2
    db.repository.write(transaction(delete(ada), create(customer("eve"))))
    assert unique_items(db) == {EMAIL + "a@x": "CUSTOMER#bob"}
    assert len(db.items()) == 3


def test_b5_a_stale_writer_of_an_unversioned_owner_changes_no_unique_item(db: Backend) -> None:
    """The value that it read is checked, and it is a conflict that is reported."""
    first = db.repository.write(create(Coupon(coupon_id="c", code="A")))
    db.repository.write(update(first, changed(first, code="B")))
    for write in (
        update(first, changed(first, code="C")),
        update(first, changed(first, expires_at=START)),
        delete(first),
    ):
        with pytest.raises(VersionConflict):
            db.repository.write(write)
    assert unique_items(db) == {"UNIQUE#Coupon#code#B": "COUPON#c"}


def test_b5_a_stale_scope_leaves_no_unique_item_behind(db: Backend) -> None:
    """One editor gives the value, the other, who saw none, moves the item to another scope."""
    first = made(db)
    second = db.repository.write(update(first, changed(first, email="a@x")))
    with pytest.raises(VersionConflict):
        db.repository.write(update(first, changed(first, tenant="south")))
    assert db.repository.fetch(Customer.key.get(customer_id="ada")) == second


def test_b5_a_stale_ttl_is_given_to_no_unique_item(db: Backend) -> None:
    """One editor prolongs, the other renames: the unique item never has the old TTL."""
    first = db.repository.write(create(Coupon(coupon_id="c", code="A", expires_at=START)))
    later = START + timedelta(days=1)
    db.repository.write(update(first, changed(first, expires_at=later)))
    with pytest.raises(VersionConflict):
        db.repository.write(update(first, changed(first, code="B")))
    assert {item["expires_at"]["N"] for item in db.items()} == {str(int(later.timestamp()))}


def test_b5_other_fields_of_an_unversioned_owner_change_freely(db: Backend) -> None:
    """Only what the unique items are made of is guarded."""
    first = db.repository.write(create(Coupon(coupon_id="c", code="A")))
    db.repository.write(update(first, changed(first, percent=10)))
    db.repository.write(update(first, changed(first, code="B")))
    stored = db.repository.fetch(Coupon.key.get(coupon_id="c"))
    assert stored == Coupon(coupon_id="c", code="B", percent=10)


def test_b5_a_users_condition_on_a_unique_owner_keeps_its_words(db: Backend) -> None:
    """Although the write is a transaction."""
    ada = made(db, email="a@x")
    write = update(ada, changed(ada, email="b@x")).when(
        attr("visits").at_least(1), label=Label("unknown", "never seen here")
    )
    with raises(ConditionFailed, label=Label("unknown", "never seen here")):
        db.repository.write(write)
    assert unique_items(db) == {EMAIL + "a@x": "CUSTOMER#ada"}


def test_b5_a_missing_owner_is_reported_as_missing(db: Backend) -> None:
    """Update and remove of a customer that never was."""
    ghost = customer("ghost", email="g@x")
    for write in (update(ghost, changed(ghost, email="h@x")), delete(ghost, must_exist=True)):
        with pytest.raises(ItemMissing):
            db.repository.write(write)
    assert db.items() == []


def test_b5_an_earlier_life_of_an_item_has_no_say_over_its_unique_items(db: Backend) -> None:
    """Deleted and made again it has the same version, but other values."""
    first = made(db)
    db.repository.write(delete(first))
    second = made(db, email="a@x", phone="1")
    assert first.version == second.version
    for write in (
        delete(first),
        delete(first, must_exist=True),
        update(first, changed(first, email="b@x")),
        update(first, changed(first, tenant="south")),
    ):
        with pytest.raises(VersionConflict):
            db.repository.write(write)
    assert len(unique_items(db)) == 2
