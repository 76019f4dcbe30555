"""U1 to U10: what a change may do to a stored item, on every DynamoDB."""

from __future__ import annotations

from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest

from singletable import Update, attr, create, delete, put, transaction, update
from singletable.errors.request import (
    ConditionFailed,
    IncompleteKey,
    InvalidItem,
    InvalidOperation,
    ItemMissing,
    Label,
    VersionConflict,
)
from tests.backends import START, Backend
from tests.singletable.raises import raises
from tests.singletable.shop import Customer, Line, Product, Status, changed, customer, line, product

pytestmark = pytest.mark.quick_on_local

LATER = START + timedelta(days=1)
SHELF_KEYS = {"GSI1PK", "GSI1SK"}


def stored_product(db: Backend) -> dict[str, Any]:
    item = db.raw(PK="PRODUCT#lamp", SK="PRODUCT")
    assert item is not None
    return item


def on_shelf(db: Backend, shelf: str) -> list[Product]:
    return list(db.repository.fetch(Product.by_shelf.query(shelf=shelf)))


# U1


def test_u1_changing_an_indexed_field_rewrites_its_key(db: Backend) -> None:
    """An update moves the item to where its new values belong in the index."""
    before = db.repository.write(create(product(shelf="a")))
    after = db.repository.write(update(before, changed(before, shelf="b", status=Status.LIVE)))
    assert on_shelf(db, "a") == []
    assert on_shelf(db, "b") == [after]
    assert stored_product(db)["GSI1SK"] == {"S": "live#lamp"}


def test_u1_removing_an_indexed_field_takes_the_item_out_of_the_index(db: Backend) -> None:
    """None for one part removes the whole key."""
    before = db.repository.write(create(product(shelf="a")))
    db.repository.write(update(before, changed(before, shelf=None)))
    assert not SHELF_KEYS & set(stored_product(db))


def test_u1_a_transaction_rewrites_keys_as_well(db: Backend) -> None:
    """Within a transaction an update is the same update."""
    before = db.repository.write(create(product(shelf="a")))
    other = db.repository.write(create(product("chair")))
    db.repository.write(
        transaction(
            update(before, changed(before, shelf="b")), update(other, changed(other, shelf="b"))
        )
    )
    assert [item.product_id for item in on_shelf(db, "b")] == ["chair", "lamp"]


def test_u1_a_patch_that_knows_too_little_is_refused_by_name(db: Backend) -> None:
    """The parts that are not known are named; nothing is written."""
    db.repository.write(create(product(shelf="a")))
    held = stored_product(db)
    with pytest.raises(IncompleteKey) as refused:
        db.repository.write(Product.key.patch(product_id="lamp").set(shelf="b"))
    assert refused.value.missing == "status"
    assert stored_product(db) == held


def test_u1_a_patch_completes_a_key_with_given_values(db: Backend) -> None:
    """`given` supplies the other parts."""
    db.repository.write(create(product(shelf="a")))
    patch = Product.key.patch(product_id="lamp").set(shelf="b").given(status=Status.DRAFT)
    result = db.repository.write(patch)
    assert on_shelf(db, "b") == [result]


def test_u1_given_values_that_are_no_longer_so_refuse_the_patch(db: Backend) -> None:
    """What a key is completed from is checked by the write itself."""
    db.repository.write(create(product(shelf="a", status=Status.LIVE)))
    held = stored_product(db)
    patch = Product.key.patch(product_id="lamp").set(shelf="b").given(status=Status.DRAFT)
    with pytest.raises(VersionConflict):
        db.repository.write(patch)
    assert stored_product(db) == held


def test_u1_a_patch_removes_a_key_without_knowing_its_other_parts(db: Backend) -> None:
    """Leaving an index needs no other value."""
    db.repository.write(create(product(shelf="a")))
    result = db.repository.write(Product.key.patch(product_id="lamp").unset("shelf"))
    assert result.shelf is None
    assert not SHELF_KEYS & set(stored_product(db))


def test_u1_an_index_field_cannot_be_computed_by_dynamodb(db: Backend) -> None:
    """`add` to a part of a generic key would leave the key as it was."""
    db.repository.write(create(product()))
    with raises(InvalidOperation, where="change of Product", declared="rank is computed"):
        db.repository.write(Product.key.patch(product_id="lamp").add(rank=1))


def test_u1_a_natural_index_key_may_be_added_to(db: Backend) -> None:
    """Where the field itself is the key attribute there is no copy to go stale."""
    db.repository.write(create(product(brand="acme", price=5)))
    result = db.repository.write(Product.key.patch(product_id="lamp").add(price=2))
    assert list(db.repository.fetch(Product.by_brand.query(brand="acme", price=7))) == [result]


def test_u1_two_editors_of_an_unversioned_item_leave_a_whole_key(db: Backend) -> None:
    """One took the item out of the index, the other moves it: the key is whole or refused."""
    before = db.repository.write(create(product(shelf="a", status=Status.DRAFT)))
    db.repository.write(update(before, changed(before, shelf=None)))
    result = db.repository.write(update(before, changed(before, shelf="b")))
    assert set(stored_product(db)) >= SHELF_KEYS
    assert on_shelf(db, "b") == [result]


def test_u1_two_editors_never_leave_the_key_of_the_other(db: Backend) -> None:
    """An update that leaves the index removes the key, also where another put it there since."""
    before = db.repository.write(create(product(shelf=None, rank=1)))
    db.repository.write(update(before, changed(before, shelf="a")))
    with pytest.raises(VersionConflict):
        db.repository.write(update(before, changed(before, status=Status.LIVE)))
    assert on_shelf(db, "a") != []


@pytest.mark.parametrize("moment", [LATER, None])
def test_u1_a_local_index_key_is_rewritten_without_the_tables_own(
    db: Backend, moment: datetime | None
) -> None:
    """It shares the partition key, which no update may name."""
    before = db.repository.write(create(line(bought_at=START)))
    after = db.repository.write(update(before, changed(before, bought_at=moment)))
    found = db.repository.fetch(Line.by_time.query(order_id="o1"))
    assert list(found) == ([after] if moment else [])
    patch = Line.key.patch(order_id="o1", line_no=1).at_version(2)
    again = db.repository.write(patch.set(bought_at=moment))
    assert again == changed(after, version=3)


# U2


@pytest.mark.parametrize("verb", ["put", "update", "patch"])
def test_u2_every_verb_that_empties_a_part_removes_both_key_attributes(
    db: Backend, verb: str
) -> None:
    """A put without the part equals an update to None equals a patch that removes it."""
    before = db.repository.write(create(product(shelf="a")))
    after = changed(before, shelf=None)
    write = {
        "put": put(after),
        "update": update(before, after),
        "patch": Product.key.patch(product_id="lamp").set(shelf=None),
    }[verb]
    result = db.repository.write(write)
    assert not SHELF_KEYS & set(stored_product(db))
    assert "shelf" not in stored_product(db)
    assert result == db.repository.fetch(Product.key.get(product_id="lamp"))


# U3


def test_u3_the_primary_key_cannot_be_updated(db: Backend) -> None:
    """Another identity is another item."""
    before = db.repository.write(create(product()))
    with raises(InvalidOperation, where="update of Product", allowed="outside the primary key"):
        db.repository.write(update(before, changed(before, product_id="other")))
    with raises(InvalidOperation, where="change of Product", declared="a change of product_id"):
        Product.key.patch(product_id="lamp").set(product_id="other")


# U4


def test_u4_update_patch_and_remove_need_an_existing_item(db: Backend) -> None:
    """None of them leaves a ghost."""
    ghost = product("ghost")
    for write in (
        update(ghost, changed(ghost, name="x")),
        update(ghost, ghost),
        Product.key.patch(product_id="ghost").add(stock=1),
        delete(ghost, must_exist=True),
        Product.key.delete(must_exist=True, product_id="ghost"),
    ):
        with pytest.raises(ItemMissing):
            db.repository.write(write)
    assert db.items() == []


def test_u4_delete_of_what_is_gone_does_nothing(db: Backend) -> None:
    """`delete` is done either way."""
    db.repository.write(delete(product("ghost")))
    db.repository.write(Product.key.delete(product_id="ghost"))
    assert db.items() == []


# U5


def test_u5_values_are_validated_before_anything_is_sent(db: Backend) -> None:
    """Bounds, types, unknown fields: the store is not asked."""
    before = db.repository.write(create(product()))
    sent = len(db.sent)
    patch = Product.key.patch(product_id="lamp")
    for bad in (
        lambda: update(before, changed(before, price=-1)),
        lambda: update(before, changed(before, name="")),
        lambda: create(changed(before, status="nonsense")),
        lambda: put(changed(before, size="large")),
        lambda: patch.set(price=-1),
        lambda: patch.append(log=[1]),
    ):
        with pytest.raises(InvalidItem):
            db.repository.write(bad())
    with raises(InvalidOperation, where="Product", declared="no field 'colour'"):
        patch.set(colour="red")
    assert len(db.sent) == sent


def test_u5_a_field_is_changed_once_and_in_one_way(db: Backend) -> None:
    """Two changes of one field in one request are refused."""
    patch = Product.key.patch(product_id="lamp")
    for bad in (
        lambda: patch.set(note="a").set(note="b"),
        lambda: patch.set(stock=1).add(stock=1),
        lambda: patch.unset("note", "note"),
    ):
        with raises(InvalidOperation, where="change of Product", declared="two changes of"):
            bad()


def test_u5_a_field_that_must_have_a_value_cannot_be_removed(db: Backend) -> None:
    """Removed, it would load as its default, which no index key knows of."""
    for name in ("name", "status", "rank", "stock"):
        with raises(InvalidItem, entity="Product", problems=name):
            Product.key.patch(product_id="lamp").unset(name)


# U7


def test_u7_every_write_of_a_versioned_entity_checks_and_increments(db: Backend) -> None:
    """create 1, update 2, put 3, patch 4, patch of any version 5."""
    one = db.repository.write(create(line(version=9)))
    two = db.repository.write(update(one, changed(one, amount=2)))
    three = db.repository.write(put(changed(two, amount=3)))
    patch = Line.key.patch(order_id="o1", line_no=1)
    four = db.repository.write(patch.set(amount=4).at_version(3))
    five = db.repository.write(patch.add(amount=1).ignoring_version())
    assert [each.version for each in (one, two, three, four, five)] == [1, 2, 3, 4, 5]
    assert db.repository.fetch(Line.key.get(order_id="o1", line_no=1)) == five


def test_u7_a_stale_object_cannot_win_on_its_second_try(db: Backend) -> None:
    """Every write from an old state is refused, as often as it is tried."""
    stale = db.repository.write(create(line()))
    now = db.repository.write(update(stale, changed(stale, amount=2)))
    for write in (
        update(stale, changed(stale, amount=3)),
        put(changed(stale, amount=3)),
        delete(stale, must_exist=True),
        delete(stale),
        Line.key.patch(order_id="o1", line_no=1).set(amount=3).at_version(1),
        transaction(update(stale, changed(stale, amount=3))),
    ):
        for _ in range(2):
            with pytest.raises(Exception) as refused:
                db.repository.write(write)
            failures = getattr(refused.value, "failures", {0: refused.value})
            assert isinstance(failures[0], VersionConflict)
    assert db.repository.fetch(Line.key.get(order_id="o1", line_no=1)) == now


def test_u7_a_transaction_increments_as_well(db: Backend) -> None:
    """The answered state is the stored one."""
    one, two = (db.repository.write(create(line(n))) for n in (1, 2))
    first: Update[Line] = update(one, changed(one, amount=5))
    answer = db.repository.write(
        transaction(first, update(two, changed(two, amount=6))).returning(first)
    )
    assert answer.version == 2
    assert db.repository.fetch(Line.key.get(order_id="o1", line_no=1)) == answer


def test_u7_a_users_own_failed_condition_is_no_version_conflict(db: Backend) -> None:
    """It is worded as the caller says."""
    before = db.repository.write(create(line(amount=1)))
    write = update(before, changed(before, amount=0)).when(
        attr("amount").at_least(2), label=Label("too-few", "too few are left")
    )
    with raises(ConditionFailed, label=Label("too-few", "too few are left")):
        db.repository.write(write)


def test_u7_a_failed_condition_on_given_numbers_is_no_version_conflict(db: Backend) -> None:
    """DynamoDB's own spelling of a number is no change of it."""
    db.repository.write(create(product(rate=1e22, weight=Decimal("1E+40"))))
    patch = Product.key.patch(product_id="lamp").given(rate=1e22, weight=Decimal("1E+40"))
    with pytest.raises(ConditionFailed) as refused:
        db.repository.write(patch.set(note="x").when(attr("stock").at_least(1)))
    assert type(refused.value) is ConditionFailed


def test_u7_a_versioned_change_without_its_version_is_refused(db: Backend) -> None:
    """A patch says which version, or that any will do; a deletion by key cannot."""
    db.repository.write(create(line()))
    with raises(InvalidOperation, where="patch of Line", allowed="at_version"):
        db.repository.write(Line.key.patch(order_id="o1", line_no=1).set(amount=2))
    with raises(InvalidOperation, where="delete of Line", declared="by key alone"):
        db.repository.write(Line.key.delete(order_id="o1", line_no=1))
    db.repository.write(Line.key.delete(order_id="o1", line_no=1).ignoring_version())
    assert db.items() == []


# U9


def test_u9_objects_stay_as_they_were_and_requests_repeat(db: Backend) -> None:
    """Building and sending leaves the operands alone; the same operation gives the same request."""
    before = customer(email="a@x")
    after = changed(before, email="b@x", name="Ada L")
    copies = before.model_copy(deep=True), after.model_copy(deep=True)
    db.repository.write(create(before))
    write = update(before, after)
    db.repository.write(write)
    assert (before, after) == copies
    first, second = (request for request in (db.sent[-1].request, db.sent[-1].request))
    assert first == second
    assert isinstance(write, Update)
    assert write.before == copies[0]
    assert db.repository.fetch(Customer.key.get(customer_id="ada")) is not None
