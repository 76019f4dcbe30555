"""Writers at the same moment, on DynamoDB Local: exactly one wins, and no count is lost.

moto checks a condition and writes in two steps, so that threads can pass between them.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import Any

from singletable import RequestError, attr, create, delete, put, transaction, update
from singletable.errors.request import (
    ItemExists,
    ItemMissing,
    TransactionCancelled,
    UniqueTaken,
    VersionConflict,
)
from tests.backends import Backend
from tests.singletable.shop import Coupon, Customer, Line, Product, changed, customer, line, product

WRITERS = 8


def race(acts: Sequence[Callable[[], Any]]) -> tuple[list[Any], list[RequestError]]:
    """Results and errors of acts that start together."""
    start = Barrier(len(acts))

    def run(act: Callable[[], Any]) -> Any:
        start.wait(10)
        try:
            return act()
        except RequestError as error:
            return error

    with ThreadPoolExecutor(len(acts)) as pool:
        done = list(pool.map(run, acts))
    lost = [each for each in done if isinstance(each, RequestError)]
    return [each for each in done if not isinstance(each, RequestError)], lost


def test_one_of_many_creators_of_an_identity_wins(local_db: Backend) -> None:
    """The others learn that the item exists; the winner's is what is stored."""
    write = local_db.repository.write
    won, lost = race([lambda n=n: write(create(product(note=str(n)))) for n in range(WRITERS)])
    assert len(won) == 1
    assert {type(error) for error in lost} == {ItemExists}
    assert local_db.repository.fetch(Product.key.get(product_id="lamp")) == won[0]


def test_one_of_many_creators_of_a_unique_value_wins(local_db: Backend) -> None:
    """The others' items are not stored at all."""
    write = local_db.repository.write
    won, lost = race(
        [lambda n=n: write(create(customer(f"c{n}", email="a@x"))) for n in range(WRITERS)]
    )
    assert len(won) == 1
    assert {type(error) for error in lost} == {UniqueTaken}
    owners = [item for item in local_db.items() if item["entity"]["S"] == "Customer"]
    assert [item["PK"]["S"] for item in owners] == [f"CUSTOMER#{won[0].customer_id}"]
    assert len(local_db.items()) == 2


def test_one_of_many_editors_of_a_version_wins(local_db: Backend) -> None:
    """By every verb that checks it; the item has the version after."""
    write, before = local_db.repository.write, local_db.repository.write(create(line()))
    patch = Line.key.patch(order_id="o1", line_no=1)
    won, lost = race(
        [
            lambda: write(update(before, changed(before, amount=2))),
            lambda: write(put(changed(before, amount=3))),
            lambda: write(patch.set(amount=4).at_version(1)),
            lambda: write(update(before, changed(before, amount=5))),
        ]
    )
    assert len(won) == 1
    assert {type(error) for error in lost} == {VersionConflict}
    stored = local_db.repository.fetch(Line.key.get(order_id="o1", line_no=1))
    assert stored == won[0]
    assert won[0].version == 2


def test_no_addition_is_lost(local_db: Backend) -> None:
    """Alone and within transactions, whose conflicts are tried again."""
    write = local_db.repository.write
    write(create(product()))
    write(create(customer()))
    plain = Product.key.patch(product_id="lamp").add(stock=1)
    versioned = Customer.key.patch(customer_id="ada").add(visits=1).ignoring_version()
    _, lost = race(
        [lambda: [write(plain) for _ in range(5)]] * WRITERS
        + [lambda: [write(transaction(plain, versioned)) for _ in range(5)]] * 4
    )
    assert lost == []
    counted = local_db.repository.fetch(Product.key.get(product_id="lamp"))
    seen = local_db.repository.fetch(Customer.key.get(customer_id="ada"))
    assert counted is not None
    assert seen is not None
    assert (counted.stock, seen.visits, seen.version) == (WRITERS * 5 + 20, 20, 21)


def test_no_more_is_sold_than_there_is(local_db: Backend) -> None:
    """The condition holds at the moment of the write."""
    write = local_db.repository.write
    write(create(product(stock=3)))
    buy = Product.key.patch(product_id="lamp").add(stock=-1).when(attr("stock").at_least(1))
    won, lost = race([lambda n=n: write(transaction(create(line(n)), buy)) for n in range(WRITERS)])
    assert len(won) == 3
    assert {type(error) for error in lost} == {TransactionCancelled}
    assert len(local_db.repository.fetch(Line.key.query(order_id="o1"))) == 3


def test_renames_and_deletions_leave_no_unique_item_behind(local_db: Backend) -> None:
    """Editors and a deleter of one unversioned owner: unique items are those of what is there."""
    write, before = (
        local_db.repository.write,
        local_db.repository.write(create(Coupon(coupon_id="c", code="A"))),
    )
    won, lost = race(
        [lambda n=n: write(update(before, changed(before, code=f"N{n}"))) for n in range(4)]
        + [lambda: write(delete(before)), lambda: write(update(before, changed(before, code=None)))]
    )
    assert len(won) == 1
    assert {type(error) for error in lost} <= {VersionConflict, ItemMissing}
    found = local_db.repository.fetch(Coupon.key.get(coupon_id="c"))
    owned = [item["PK"]["S"] for item in local_db.items() if "owner" in item]
    assert owned == ([f"UNIQUE#Coupon#code#{found.code}"] if found and found.code else [])


def test_index_keys_stay_whole_under_racing_editors(local_db: Backend) -> None:
    """Unversioned editors of different parts: what is stored is one of the consistent states."""
    write = local_db.repository.write
    for turn in range(5):
        before = write(create(product(f"p{turn}", shelf="a")))
        key = Product.key.patch(product_id=before.product_id)
        race(
            [
                lambda b=before: write(update(b, changed(b, shelf=None))),
                lambda b=before: write(update(b, changed(b, shelf="b"))),
                lambda b=before: write(update(b, changed(b, status="live"))),
                lambda k=key: write(k.set(shelf="c").given(status="draft")),
            ]
        )
        item = local_db.raw(PK=f"PRODUCT#p{turn}", SK="PRODUCT") or {}
        shelf, status = item.get("shelf"), item["status"]["S"]
        expected = None if shelf is None else f"SHELF#{shelf['S']}"
        assert item.get("GSI1PK") == (expected and {"S": expected})
        assert item.get("GSI1SK") == (expected and {"S": f"{status}#p{turn}"})
        assert item["GSI2PK"]["S"].startswith(f"CATALOGUE#{status}#")
