"""R1 and R4 to R9, R12 and F3 for every kind of read, on every kind of index."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from singletable import Query, access_pattern, attr, collection, snapshot
from singletable.errors import (
    DeclarationError,
    InvalidCursor,
    InvalidOperation,
    InvalidStoredItem,
    RequestLimitReached,
)
from tests.backends import START, Backend
from tests.conftest import MEMORY_FIRST, OpenBackend
from tests.singletable.ledger import (
    ALIKE,
    COUNT,
    GLOBAL,
    READS,
    UNORDERED,
    Entry,
    Figure,
    Memo,
    entries,
    expected,
    fill,
    ledger,
    place,
)
from tests.singletable.raises import raises

pytestmark = MEMORY_FIRST

every_read = pytest.mark.parametrize("read", READS)


def pages(db: Backend, query: Any, size: int) -> list[Any]:
    """Everything, page by page; each page is full, or the last."""
    found, after = list[Any](), None
    while True:
        page = db.repository.fetch(query.page(size, after))
        assert len(page.items) == size or page.is_last
        found += page.items
        after = page.cursor
        if after is None:
            return found


@every_read
def test_pages_hold_each_promised_item_once_and_no_other(
    open_backend: OpenBackend, read: str
) -> None:
    """Of every size; what is fetched at once and what is iterated over is the same."""
    db, query, made = open_backend(ledger), READS[read], entries()
    fill(db, made)
    at_once = list(db.repository.fetch(query))
    assert len(at_once) == len(expected(read, made))
    assert {place(item) for item in at_once} == expected(read, made)
    for found in (
        *(pages(db, query, size) for size in (1, 5, 12)),
        list(db.repository.iterate(query)),
        list(db.repository.iterate(query.page_size(3))),
    ):
        if read in UNORDERED:
            assert sorted(map(place, found)) == sorted(map(place, at_once))
        else:
            assert found == at_once
    assert db.repository.fetch(query.count()) == len(at_once)
    assert len(db.repository.fetch(query.take(4))) == 4
    assert len(list(db.repository.iterate(query.take(4)))) == 4
    first = db.repository.fetch(query.first())
    assert first in at_once if read in UNORDERED else first == at_once[0]


@every_read
def test_a_filter_makes_empty_pages_and_no_end(open_backend: OpenBackend, read: str) -> None:
    """A page says whether it is the last; `first` ends, and says that it has not seen all."""
    if read == "shards, hydrated":  # whose index holds no field that a filter could be on
        return
    db, made = open_backend(ledger), entries(COUNT, amount=1)
    fill(db, [*made[:7], made[7].model_copy(update={"ends": START}), *made[8:]])
    query = READS[read].page_size(1).max_requests(3)
    rare, found, after, empty = query.where(attr("ends").exists()), list[Any](), None, 0
    while True:
        page = db.repository.fetch(rare.page(2, after))
        found += page.items
        empty += not page.items and not page.is_last
        after = page.cursor
        if after is None:
            break
    assert [item.number for item in found] == [7]
    assert empty > 0
    found = list(db.repository.iterate(READS[read].page_size(2).where(attr("ends").exists())))
    assert [item.number for item in found] == [7]
    db.sent.clear()
    with pytest.raises(RequestLimitReached):
        db.repository.fetch(query.where(attr("ends").equals(START + timedelta(days=1))).first())
    assert len(db.sent) == 3


@every_read
def test_limits_are_three(open_backend: OpenBackend, read: str) -> None:
    """Items of each request, items in all, requests at most."""
    db, query = open_backend(ledger), READS[read]
    fill(db, entries())
    in_all = len(db.repository.fetch(query))
    db.sent.clear()
    assert len(db.repository.fetch(query.page_size(2))) == in_all
    limits = [sent.request.parameters.get("Limit") for sent in db.sent]
    assert set(limits) - {None} == {2}
    db.sent.clear()
    page = db.repository.fetch(query.page_size(2).max_requests(3))
    asked = [sent for sent in db.sent if sent.request.operation in ("Query", "Scan")]
    assert len(asked) <= 3
    assert not page.is_last
    rest = db.repository.fetch(query.page(99, page.cursor))
    assert len(page) + len(rest) == in_all


@every_read
def test_what_expired_is_left_out_where_that_is_asked(open_backend: OpenBackend, read: str) -> None:
    """From the very second on."""
    db, made = open_backend(ledger), entries()
    ends = [START + timedelta(seconds=at - 5) for at in range(COUNT)]
    fill(db, [each.model_copy(update={"ends": end}) for each, end in zip(made, ends, strict=True)])
    query = READS[read].excluding_expired()
    assert {place(each) for each in db.repository.fetch(query)} == expected(read, made[6:])
    assert {place(each) for each in db.repository.iterate(query)} == expected(read, made[6:])
    if "hydrated" not in read:
        assert db.repository.fetch(query.count()) == len(expected(read, made[6:]))
    db.clock.tick(seconds=100)
    assert {place(each) for each in db.repository.fetch(query)} == expected(read, [])


@every_read
def test_an_item_that_does_not_fit_is_an_error_with_key_and_field(
    open_backend: OpenBackend, read: str
) -> None:
    """By every read that reads the field."""
    db = open_backend(ledger)
    fill(db, entries(3))
    item = db.raw(PK="BOOK#b", SK="ENTRY#0001") or {}
    for wrong, problem in (
        ({"amount": {"S": "many"}}, "amount: "),
        ({"book": {"S": "other"}}, "'BOOK#other'"),
        ({"entity": {"S": "Other"}}, "'Other'"),
    ):
        db.client.put_item(TableName=db.name, Item={**item, **wrong})
        if "book" in wrong and read in ("a view of a part", "a scan of a view"):
            continue  # the index does not hold it
        if "entity" in wrong and read.startswith("a scan") and read != "a scan of several":
            # it is another's item, which is not read
            assert len(db.repository.fetch(READS[read])) == len(expected(read, entries(2)))
            continue
        with raises(InvalidStoredItem, key="BOOK#b / ENTRY#0001", problems=problem):
            db.repository.fetch(READS[read])
        page = db.repository.fetch(READS[read].tolerating_unreadable())
        assert len(page) == len(expected(read, entries(2)))
        assert [each.key for each in page.unreadable] == ["BOOK#b / ENTRY#0001"]


@every_read
def test_a_consistent_read_is_one_or_refused(open_backend: OpenBackend, read: str) -> None:
    """Of a global index it is refused, whatever is read there; others are sent as such."""
    if read in GLOBAL:
        with raises(InvalidOperation, declared="a consistent read"):
            READS[read].consistent()
        return
    db = open_backend(ledger)
    fill(db, entries(2))
    db.sent.clear()
    for query in (READS[read].consistent(), READS[read].page_size(1).consistent()):
        assert len(db.repository.fetch(query)) >= 2
    for sent in db.sent:
        asked = sent.request.parameters
        if "hydrated" in read:  # what is read of the table
            asked = asked["RequestItems"][db.name] if "RequestItems" in asked else {}
        assert asked.get("ConsistentRead", not asked)


@every_read
def test_a_cursor_is_good_for_its_own_read_alone(open_backend: OpenBackend, read: str) -> None:
    """Another read, another partition, an edited one and garbage are one error, and unsent."""
    db = open_backend(ledger)
    fill(db, entries(4))
    cursor = db.repository.fetch(READS[read].page(1)).cursor
    assert cursor is not None
    assert db.repository.fetch(READS[read].page(2, cursor)).items
    db.sent.clear()
    others = [READS[other] for other in READS if {read, other} not in ALIKE and read != other]
    others += [READS[read].where(attr("ends").exists())] if read != "shards, hydrated" else []
    for other in others:
        with pytest.raises(InvalidCursor):
            db.repository.fetch(other.page(2, cursor))
    bad: list[Any] = ["", "x", cursor[:-1], cursor + "A", cursor.swapcase(), "é", "\x00", "null"]
    bad += [5, True, b"bytes", ["x"], {"a": 1}, cursor.encode(), object()]
    for edited in bad:
        with pytest.raises(InvalidCursor):
            db.repository.fetch(READS[read].page(2, edited))
    assert db.sent == []


GAPS: dict[str, Any] = {
    "a part is left out": lambda n: Entry.by_amount.query(book="b", number=n),
    "the partition is left out": lambda n: Entry.by_amount.query(amount=n),
    "an attribute of the partition is left out": lambda n: Entry.by_kind.query(book="b"),
    "an attribute is left out": lambda n: Entry.by_kind.query(book="b", kind="k", weight=n),
    "a range on a later part": lambda n: Entry.by_amount.query(book="b").at_least(number=n),
    "a range on a later attribute": lambda n: Entry.by_kind.query(book="b", kind="k").after(
        weight=n
    ),
    "an equality behind a range": lambda n: (
        Entry.by_amount.query(book="b").at_least(amount=n).at_most(number=n)
    ),
    "a gap in a collection": lambda n: collection(Entry.key, Memo.key).query(number=n),
}


@pytest.mark.parametrize("gap", GAPS)
def test_a_question_with_a_gap_is_refused(open_backend: OpenBackend, gap: str) -> None:
    """A pattern of it does not import; asked without one, nothing is sent."""

    def ask(number: int) -> Query[Entry]:
        """Leaves something out."""
        asked: Query[Entry] = GAPS[gap](number)
        return asked

    with pytest.raises(DeclarationError):
        access_pattern(ask)
    db = open_backend(ledger)
    with pytest.raises(InvalidOperation):
        db.repository.fetch(ask(1))
    assert db.sent == []


GET, EACH = Entry.key.get(book="b", number=1), Entry.key.get_each(book="b", number=[0, 1, 2])
BY_KEY: dict[str, Any] = {
    "a get": lambda mark: mark(GET),
    "a batch get": lambda mark: mark(EACH),
    "a snapshot": lambda mark: snapshot(mark(GET), Entry.key.get(book="b", number=2)),
    "a get of a view": lambda mark: mark(GET.only(Figure)),
    "a batch get of a view": lambda mark: mark(EACH.only(Figure)),
    "a snapshot of a view": lambda mark: snapshot(mark(GET.only(Figure))),
    "the first item": lambda mark: mark(Entry.key.query(book="b").at_least(number=1)).first(),
    "the first of a view": lambda mark: mark(
        Entry.in_part.query(book="b").at_least(number=1).only(Figure)
    ).first(),
}


@pytest.mark.parametrize("read", BY_KEY)
def test_an_item_by_its_key_keeps_the_same_promises(open_backend: OpenBackend, read: str) -> None:
    """It is left out from the second on in which it expires, and is an error where it does not
    fit."""
    db, made = open_backend(ledger), entries(3)
    fill(db, [made[0], made[1].model_copy(update={"ends": START + timedelta(seconds=1)}), made[2]])
    plain, unexpired = (BY_KEY[read](mark) for mark in (lambda asked: asked, _excluding_expired))
    before = db.repository.fetch(plain)
    assert "number=1" in repr(before)
    assert db.repository.fetch(unexpired) == before
    db.clock.tick(seconds=1)
    assert db.repository.fetch(plain) == before
    assert "number=1" not in repr(db.repository.fetch(unexpired))
    item = db.raw(PK="BOOK#b", SK="ENTRY#0001") or {}
    for wrong, problem in (({"amount": {"S": "x"}}, "amount: "), ({"entity": {"S": "X"}}, "'X'")):
        db.client.put_item(TableName=db.name, Item={**item, **wrong})
        with raises(InvalidStoredItem, key="BOOK#b / ENTRY#0001", problems=problem):
            db.repository.fetch(plain)


def _excluding_expired(asked: Any) -> Any:
    return asked.excluding_expired()
