"""A ledger: entries in every kind of index, memos beside them, and every kind of read."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any

from singletable import (
    KEYS_ONLY,
    TTL,
    Entity,
    Table,
    View,
    collection,
    create,
    include,
    number,
    shards,
)
from singletable.formats import integer, slug
from tests.backends import Backend

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
