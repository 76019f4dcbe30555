"""U6, U8, U10: one stored form for each value, whichever verb writes it."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest

from singletable import attr, create, put, transaction, update
from singletable.errors.request import (
    InvalidItem,
    InvalidOperation,
    ItemMissing,
    TransactionCancelled,
    UnstorableValue,
)
from tests.backends import START, Backend
from tests.singletable.raises import raises
from tests.singletable.shop import Coupon, Line, Product, changed, customer, line, product

LAMP = {"PK": "PRODUCT#lamp", "SK": "PRODUCT"}
PATCH = Product.key.patch(product_id="lamp")


def attribute(db: Backend, name: str) -> Any:
    stored = db.raw(**LAMP)
    assert stored is not None
    return stored.get(name)


@pytest.mark.parametrize("verb", ["create", "put", "update", "patch"])
def test_u6_a_ttl_is_whole_epoch_seconds_by_every_verb(db: Backend, verb: str) -> None:
    """The result carries the same whole second."""
    moment = START + timedelta(days=1)
    plain = line()
    if verb in ("update", "patch"):
        plain = db.repository.write(create(plain))
    with_ttl = changed(plain, expires_at=moment)
    write = {
        "create": create(with_ttl),
        "put": put(with_ttl),
        "update": update(plain, with_ttl),
        "patch": Line.key.patch(order_id="o1", line_no=1).set(expires_at=moment).at_version(1),
    }[verb]
    result = db.repository.write(write)
    stored = db.raw(PK="ORDER#o1", SK="LINE#0001")
    assert stored is not None
    assert stored["expires_at"] == {"N": str(int(moment.timestamp()))}
    assert result.expires_at == moment.replace(microsecond=0)
    assert db.repository.fetch(Line.key.get(order_id="o1", line_no=1)) == result


def test_u6_a_unique_item_expires_with_its_owner(db: Backend) -> None:
    """It carries the same TTL."""
    db.repository.write(create(Coupon(coupon_id="c", code="X", expires_at=START)))
    stamps = {item["expires_at"]["N"] for item in db.items()}
    assert stamps == {str(int(START.timestamp()))}


def test_u6_a_ttl_cannot_be_added_to() -> None:
    """The sum of two instants is none."""
    with raises(InvalidOperation, where="change of Line", declared="add(expires_at="):
        Line.key.patch(order_id="o1", line_no=1).add(expires_at=START)


def test_u8_alike_values_stay_four_values(db: Backend) -> None:
    """True, 1, 1.0 and 'true' in one update."""
    before = db.repository.write(create(product()))
    after = changed(before, size=1, rate=1.0, note="true", meta={"flag": True, "one": 1})
    result = db.repository.write(update(before, after))
    assert db.repository.fetch(Product.key.get(product_id="lamp")) == result
    stored = db.raw(**LAMP)
    assert stored is not None
    assert stored["meta"] == {"M": {"flag": {"BOOL": True}, "one": {"N": "1"}}}
    assert stored["note"] == {"S": "true"}


def test_u8_names_that_differ_in_punctuation_do_not_clash(db: Backend) -> None:
    """`a-b` and `a.b` are two attributes, in changes, conditions and filters."""
    db.repository.write(create(product(shelf="s")))
    result = db.repository.write(PATCH.set(dashed="dash", dotted="dot"))
    assert (attribute(db, "a-b"), attribute(db, "a.b")) == ({"S": "dash"}, {"S": "dot"})
    condition = attr("dashed").equals("dash") & attr("dotted").equals("dot")
    assert db.repository.write(PATCH.unset("dashed", "dotted").when(condition)).dashed is None
    assert result.dotted == "dot"
    assert attribute(db, "a-b") is None


def test_u8_reserved_words_are_names_like_others(db: Backend) -> None:
    """status, name, size: in updates, conditions, filters."""
    db.repository.write(create(product(shelf="s", size=1)))
    patch = PATCH.set(name="Lamp 2").add(size=1).when(attr("name").begins_with("Lam"))
    result = db.repository.write(patch.when(attr("size").equals(1)))
    query = Product.by_shelf.query(shelf="s").where(attr("size").is_in(2, 3))
    assert list(db.repository.fetch(query)) == [result]


@pytest.mark.parametrize("verb", ["create", "put", "update", "patch"])
def test_u10_none_and_the_empty_set_are_absent_and_empty_text_is_text(
    db: Backend, verb: str
) -> None:
    """By every verb; and each comes back as it was."""
    full = product(note="n", tags={"a"}, size=3)
    before = full if verb == "create" else db.repository.write(create(full))
    empty = changed(before, note="", tags=set(), size=None)
    write = {
        "create": create(empty),
        "put": put(empty),
        "update": update(before, empty),
        "patch": PATCH.set(note="", tags=set(), size=None),
    }[verb]
    result = db.repository.write(write)
    assert attribute(db, "note") == {"S": ""}
    assert attribute(db, "tags") is None
    assert attribute(db, "size") is None
    assert (result.note, result.tags, result.size) == ("", set(), None)
    assert db.repository.fetch(Product.key.get(product_id="lamp")) == result


def test_u10_a_default_that_is_not_none_does_not_come_back_for_none(db: Backend) -> None:
    """None stored as absent loads as None."""
    before = db.repository.write(create(product(note="x")))
    result = db.repository.write(update(before, changed(before, note=None)))
    found = db.repository.fetch(Product.key.get(product_id="lamp"))
    assert found is not None
    assert found == result
    assert found.note is None


def test_u10_nothing_can_be_compared_with_what_is_not_stored() -> None:
    """A condition on None says is_absent(), in words."""
    query = Product.by_shelf.query(shelf="s").where(attr("note").equals(None))
    with raises(InvalidItem, entity="Product", problems="no attribute"):
        query.requests(_context())


def test_adding_nothing_is_refused() -> None:
    """None and the empty set are nothing to add; text is no number."""
    for bad in (
        lambda: PATCH.add(size=None),
        lambda: PATCH.add(tags=set()),
        lambda: PATCH.add(name="x"),
    ):
        with raises(InvalidOperation, where="change of Product", declared="add("):
            bad()
    with pytest.raises(UnstorableValue):
        PATCH.add(stock="1")


def test_lists_and_sets_and_numbers_grow_where_they_are_absent(db: Backend) -> None:
    """An absent one counts as empty."""
    db.repository.write(create(product()))
    patch = PATCH.append(log=["a"]).add(tags={"x"}, size=2, stock=-3)
    db.repository.write(patch)
    result = db.repository.write(patch)
    assert (result.log, result.tags, result.size, result.stock) == (["a", "a"], {"x"}, 4, -6)


def test_an_update_that_changes_nothing_is_accepted(db: Backend) -> None:
    """Among others it is a check that the item is there."""
    before = db.repository.write(create(Coupon(coupon_id="c", code="X")))
    bought = db.repository.write(create(line()))
    unchanged = update(before, before)
    answer = transaction(unchanged, update(bought, bought)).returning(unchanged)
    assert db.repository.write(answer) == before
    assert db.repository.fetch(Coupon.key.get(coupon_id="c")) == before


def test_an_empty_patch_among_others_needs_the_item(db: Backend) -> None:
    """A patch without a change asks whether the item is there."""
    patch = Coupon.key.patch(coupon_id="c")
    with pytest.raises(TransactionCancelled) as refused:
        db.repository.write(transaction(create(customer()), patch))
    assert isinstance(refused.value.failures[1], ItemMissing)
    db.repository.write(create(Coupon(coupon_id="c")))
    db.repository.write(transaction(create(customer()), patch))
    assert len(db.items()) == 2


def test_a_write_without_a_change_answers_the_item(local_db: Backend) -> None:
    """DynamoDB takes an UpdateItem without an expression; moto fails on it."""
    made = local_db.repository.write(create(Coupon(coupon_id="c", code="X")))
    assert local_db.repository.write(Coupon.key.patch(coupon_id="c")) == made
    assert local_db.repository.write(update(made, made)) == made


def _context() -> Any:
    from singletable.operations import Context

    return Context(None, datetime.fromisoformat("2026-03-01T00:00:00Z"))
