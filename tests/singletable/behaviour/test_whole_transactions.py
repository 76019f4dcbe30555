"""B3 to B5: limits, refusals and unique items of transactions, whichever writes they have."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from itertools import combinations
from typing import Any

import pytest

from singletable import Label, attr, create, delete, put, transaction, update, upsert
from singletable.errors import (
    AttachedWriteRefused,
    ConditionFailed,
    ItemExists,
    ItemMissing,
    TransactionCancelled,
    TransactionRefused,
    UniqueTaken,
    VersionConflict,
)
from tests.backends import START, Backend
from tests.conftest import MEMORY_FIRST
from tests.singletable.raises import raises
from tests.singletable.shop import Coupon, Line, Product, changed, customer, line, product

pytestmark = MEMORY_FIRST

LAMP = product()
ON_LAMP: dict[str, Any] = {
    "create": create(LAMP),
    "put": put(LAMP),
    "update": update(LAMP, changed(LAMP, note="x")),
    "upsert": upsert(product(rank=1, shelf=None, brand=None)),
    "patch": Product.key.patch(product_id="lamp").add(stock=1),
    "delete": delete(LAMP),
    "delete by key": Product.key.delete(product_id="lamp"),
    "check": Product.key.check(product_id="lamp"),
}
OTHER = line()


def many(number: int) -> list[Any]:
    return [create(line(at)) for at in range(number)]


WAYS: dict[str, Callable[[list[Any]], Any]] = {
    "transaction": lambda writes: transaction(*writes),
    "added": lambda writes: transaction(writes[0]).add(*writes[1:]),
    "attached": lambda writes: writes[0].with_writes(*writes[1:]),
    "attached to a transaction": lambda writes: transaction(*writes[:-1]).with_writes(writes[-1]),
}


def refused_unsent(db: Backend, write: Callable[[], Any], problem: str) -> None:
    with raises(TransactionRefused, problem=problem):
        db.repository.write(write())
    assert (db.sent, db.items()) == ([], [])


@pytest.mark.parametrize("way", WAYS)
def test_b3_limits_hold_in_every_way(db: Backend, way: str) -> None:
    """101 actions, unique items among them, and more than 4 MB; a hundred are carried out."""
    together = WAYS[way]
    refused_unsent(db, lambda: together(many(101)), "101 actions")
    owners = [create(customer(f"c{n}", email=f"{n}@x", phone=str(n))) for n in range(34)]
    refused_unsent(db, lambda: together(owners), "102 actions")
    heavy = [create(product(f"p{n}", note="x" * 390_000)) for n in range(11)]
    refused_unsent(db, lambda: together(heavy), "bytes")
    db.repository.write(together(many(100)))
    assert len(db.items()) == 100


@pytest.mark.parametrize("way", WAYS)
def test_b3_two_actions_on_one_item_are_refused_in_every_pair(db: Backend, way: str) -> None:
    """Of any two verbs, in either order."""
    for pair in combinations(ON_LAMP.values(), 2):
        for writes in (list(pair), list(reversed(pair))):
            refused_unsent(db, lambda writes=writes: WAYS[way](writes), "PRODUCT#lamp")  # type: ignore[misc]
    owners = [create(customer(name, email="a@x")) for name in ("ada", "bob")]
    refused_unsent(db, lambda: WAYS[way](owners), "a@x")


UNMET = attr("stock").at_least(5)
FEW = Label("few", "there are too few")
REFUSED: dict[str, tuple[Any, type[Exception], str]] = {
    "create": (create(LAMP), ItemExists, "PRODUCT#lamp"),
    "put": (put(LAMP).when(UNMET, label=FEW), ConditionFailed, "there are too few"),
    "update": (ON_LAMP["update"].when(UNMET, label=FEW), ConditionFailed, "there are too few"),
    "stale update": (update(line(7), line(7, amount=5)), VersionConflict, "ORDER#o1"),
    "stale deletion": (delete(line(7)), VersionConflict, "ORDER#o1"),
    "upsert": (ON_LAMP["upsert"].when(UNMET, label=FEW), ConditionFailed, "there are too few"),
    "patch": (ON_LAMP["patch"].when(UNMET, label=FEW), ConditionFailed, "there are too few"),
    "delete": (delete(LAMP).when(UNMET, label=FEW), ConditionFailed, "there are too few"),
    "check": (ON_LAMP["check"].when(UNMET, label=FEW), ConditionFailed, "there are too few"),
    "missing patch": (Product.key.patch(product_id="no").set(note="x"), ItemMissing, "PRODUCT#no"),
    "missing deletion": (delete(product("no"), must_exist=True), ItemMissing, "PRODUCT#no"),
    "missing check": (Product.key.check(product_id="no"), ItemMissing, "PRODUCT#no"),
    "unique": (create(customer("bob", email="a@x")), UniqueTaken, "email is taken"),
}


@pytest.mark.parametrize("verb", REFUSED)
def test_b4_a_refusal_says_which_why_and_what_is_stored(db: Backend, verb: str) -> None:
    """In a transaction, and of what is attached; in the caller's words."""
    write, kind, words = REFUSED[verb]
    db.repository.write(create(changed(LAMP, shelf="a")))
    db.repository.write(create(customer(email="a@x")))
    bought = db.repository.write(create(line(7)))
    db.repository.write(update(bought, changed(bought, amount=2)))
    before = db.items()
    for together, where, error in (
        (transaction(create(OTHER), write), 1, TransactionCancelled),
        (transaction(write, create(OTHER)), 0, TransactionCancelled),
        (create(OTHER).with_writes(write), 0, AttachedWriteRefused),
    ):
        with pytest.raises(error) as caught:
            db.repository.write(together)
        ((at, why),) = caught.value.failures.items()
        assert (at, type(why), caught.value.written) == (where, kind, "no")
        assert words in str(caught.value)
        assert f"action {where + 1}" in str(caught.value)
        if kind in (ConditionFailed, VersionConflict, ItemExists):
            assert (why.stored or {})["PK"]["S"] in {words, "PRODUCT#lamp"}
    assert db.items() == before


def unique_values(db: Backend) -> set[str]:
    return {item["PK"]["S"] for item in db.items() if "owner" in item}


def test_b5_every_change_of_a_unique_value_is_one_transaction(db: Backend) -> None:
    """Create, rename, none and back, scope, expiry, both at once, deletion."""
    prefix, ada = "UNIQUE#Customer#", customer(email="a@x", phone="1")
    now: Any = ada
    steps: list[tuple[dict[str, Any], set[str]]] = [
        ({"email": "b@x"}, {"email#north#b@x", "phone#1"}),
        ({"email": None}, {"phone#1"}),
        ({"email": "a@x"}, {"email#north#a@x", "phone#1"}),
        ({"tenant": "south"}, {"email#south#a@x", "phone#1"}),
        ({"expires_at": START + timedelta(days=1)}, {"email#south#a@x", "phone#1"}),
        ({"expires_at": START + timedelta(days=2), "phone": "2"}, {"email#south#a@x", "phone#2"}),
        ({"expires_at": None, "tenant": "west", "email": "c@x"}, {"email#west#c@x", "phone#2"}),
        ({"phone": None, "email": None}, set()),
    ]
    now = db.repository.write(create(ada))
    for changes, expected in steps:
        db.sent.clear()
        now = db.repository.write(update(now, changed(now, **changes)))
        assert [sent.request.operation for sent in db.sent] == ["TransactWriteItems"]
        assert unique_values(db) == {prefix + each for each in expected}
        assert len({str(item.get("expires_at")) for item in db.items()}) == 1
    now = db.repository.write(update(now, changed(now, email="a@x", phone="1")))
    db.sent.clear()
    db.repository.write(delete(now))
    assert [sent.request.operation for sent in db.sent] == ["TransactWriteItems"]
    assert db.items() == []


def test_b5_a_change_that_is_refused_leaves_both_as_they_were(db: Backend) -> None:
    """Owner and unique items, by whatever it is refused."""
    coupon = db.repository.write(create(Coupon(coupon_id="c", code="A")))
    db.repository.write(create(Coupon(coupon_id="d", code="B")))
    before = db.items()
    never = attr("percent").at_least(50)
    for write in (
        update(coupon, changed(coupon, code="B")),
        update(coupon, changed(coupon, code="C")).when(never),
        update(changed(coupon, code="X"), changed(coupon, code="C")),
        delete(coupon).when(never),
        create(Coupon(coupon_id="e", code="A")),
        create(Coupon(coupon_id="c", code="D")),
        transaction(
            update(coupon, changed(coupon, code="C")), Line.key.check(order_id="o", line_no=1)
        ),
    ):
        with pytest.raises(
            (UniqueTaken, ConditionFailed, VersionConflict, ItemExists, TransactionCancelled)
        ):
            db.repository.write(write)
        assert db.items() == before
