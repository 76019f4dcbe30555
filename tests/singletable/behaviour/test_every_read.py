"""R1 and R4 to R9, R12 and F3 for every kind of read, on every kind of index."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Annotated, Any

import pytest

from singletable import (
    KEYS_ONLY,
    TTL,
    Entity,
    Query,
    Table,
    View,
    access_pattern,
    attr,
    collection,
    create,
    include,
    number,
    shards,
)
from singletable.errors import (
    DeclarationError,
    InvalidCursor,
    InvalidOperation,
    InvalidStoredItem,
    RequestLimitReached,
)
from singletable.formats import integer, slug
from tests.backends import START, Backend
from tests.conftest import MEMORY_FIRST, OpenBackend
from tests.singletable.raises import raises

pytestmark = MEMORY_FIRST

ledger = Table("ledger")
whole = ledger.global_index("WHOLE", partition_key="WPK", sort_key="WSK")
keys_alone = ledger.global_index("KEYS", partition_key="KPK", sort_key="KSK", projection=KEYS_ONLY)
some = ledger.global_index(
    "SOME", partition_key="SPK", sort_key="SSK", projection=include("entity", "amount", "ends")
)
several = ledger.global_index(
    "SEVERAL", partition_key=("MPK", "kind"), sort_key=("MSK", number("MN"))
)
numbers = ledger.global_index("NUMBERS", partition_key="NPK", sort_key=number("weight"))
near = ledger.local_index("NEAR", sort_key="LSK")

Number = Annotated[int, integer(0, 9999)]


class Entry(Entity, table=ledger):
    """A line of a book."""

    book: Annotated[str, slug()]
    number: Number
    amount: Annotated[int, integer(0, 99)] = 0
    weight: Annotated[int, integer(0, 99)] = 0
    kind: Annotated[str, slug()] = "k"
    ends: Annotated[datetime | None, TTL] = None

    key = ledger.primary.key("BOOK#{book}", "ENTRY#{number}")
    by_amount = whole.key("BOOK#{book}", "{amount}#{number}")
    listed = keys_alone.key("BOOK#{book}#{shard}", "{number}", shards=shards(3, by="number"))
    in_part = some.key("BOOK#{book}", "{number}")
    by_kind = several.key(("BOOK#{book}", "{kind}"), ("{number}", "{weight}"))
    by_value = numbers.key("BOOK#{book}", "{weight}")
    nearby = near.key("BOOK#{book}", "{amount}#{number}")


class Memo(Entity, table=ledger):
    """A remark in the same partitions as entries, before and behind them."""

    book: Annotated[str, slug()]
    number: Number
    ends: Annotated[datetime | None, TTL] = None

    key = ledger.primary.key("BOOK#{book}", "MEMO#{number}")
    by_amount = whole.key("BOOKS#{book}", "{number}")
    in_part = some.key("BOOKS#{book}", "{number}")


class Figure(View[Entry]):
    """What an entry amounts to."""

    book: str
    number: int
    amount: int


WHY = "to read everything"
READS: dict[str, Any] = {
    "primary": Entry.key.query(book="b"),
    "backwards": Entry.key.query(book="b").descending(),
    "a global index": Entry.by_amount.query(book="b"),
    "a local index": Entry.nearby.query(book="b"),
    "several attributes": Entry.by_kind.query(book="b", kind="k"),
    "a number key": Entry.by_value.query(book="b"),
    "a range": Entry.key.query(book="b").at_least(number=0),
    "shards, hydrated": Entry.listed.query(book="b").hydrated(),
    "a part, hydrated": Entry.in_part.query(book="b").hydrated(),
    "a view": Entry.by_amount.query(book="b").only(Figure),
    "a view of a part": Entry.in_part.query(book="b").only(Figure),
    "a collection": collection(Entry.key, Memo.key).query(book="b"),
    "a scan": Entry.key.scan(because=WHY),
    "a scan in segments": Entry.key.scan(because=WHY).segments(3),
    "a scan of an index": Entry.by_amount.scan(because=WHY),
    "a scan of a view": Entry.in_part.scan(because=WHY).only(Figure),
    "a scan of several": collection(Entry.key, Memo.key).scan(because=WHY),
}
every_read = pytest.mark.parametrize("read", READS)
MEMOS = ("a collection", "a scan of several")
UNORDERED = tuple(name for name in READS if name.startswith("a scan"))
GLOBAL = ("a global index", "several attributes", "a number key", "a view", "a view of a part")
GLOBAL += ("a scan of an index", "a scan of a view")
ALIKE = ({"a global index", "a view"}, {"a part, hydrated", "a view of a part"})
"""What reads the same items in the same order, though not the same of them."""

COUNT = 12


def entries(count: int = COUNT, **values: Any) -> list[Entry]:
    return [
        Entry(book="b", number=at, **{"amount": at % 5, "weight": at % 7, **values})
        for at in range(count)
    ]


def fill(db: Backend, made: list[Entry]) -> None:
    """Entries, and memos of their book and of one whose name begins alike."""
    for entry in made:
        db.repository.write(create(entry))
    for at in range(3):
        db.repository.write(create(Memo(book="b", number=at)))
        db.repository.write(create(Memo(book="b1", number=at)))


def place(item: Any) -> tuple[str, str, int]:
    return type(item).__name__, item.book, item.number


def expected(read: str, made: list[Entry]) -> set[tuple[str, str, int]]:
    kind = "Figure" if "view" in read else "Entry"
    found = {(kind, entry.book, entry.number) for entry in made}
    books = {"a collection": ("b",), "a scan of several": ("b", "b1")}.get(read, ())
    return found | {("Memo", book, at) for book in books for at in range(3)}


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
        *(pages(db, query, size) for size in (1, 5, 12, 13)),
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
    db, made = open_backend(ledger), entries(20, amount=1)
    fill(db, [*made[:11], made[11].model_copy(update={"ends": START}), *made[12:]])
    query = READS[read].page_size(1).max_requests(3)
    rare, found, after, empty = query.where(attr("ends").exists()), list[Any](), None, 0
    while True:
        page = db.repository.fetch(rare.page(2, after))
        found += page.items
        empty += not page.items and not page.is_last
        after = page.cursor
        if after is None:
            break
    assert [item.number for item in found] == [11]
    assert empty > 0
    found = list(db.repository.iterate(READS[read].page_size(2).where(attr("ends").exists())))
    assert [item.number for item in found] == [11]
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
