"""Updates rely on all that an upgrade goes by; conditions and unique items, on what is stored."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Annotated, Any

import pytest

from singletable import (
    UPDATED,
    VERSION,
    Entity,
    Table,
    attr,
    clear,
    collection,
    create,
    delete,
    put,
    transaction,
    unique,
    update,
)
from singletable.errors import (
    ConditionFailed,
    InvalidEntity,
    InvalidStoredItem,
    TransactionCancelled,
    UniqueTaken,
    WriteRefused,
)
from singletable.formats import text
from tests.backends import Backend
from tests.conftest import OpenBackend
from tests.singletable.raises import raises

prices = Table("prices-by-unit")


def to_cents(item: dict[str, Any]) -> dict[str, Any]:
    if "unit" not in item:
        item["price"] = {"N": str(int(item["price"]["N"]) * 100)}
        item["unit"] = {"S": "cent"}
    return item


class Price(Entity, table=prices, upgrade=to_cents, reaches=["price", "unit"]):
    """A price, whose unit is a field."""

    price_id: str
    price: int
    unit: str = "cent"
    note: str = ""
    key = prices.primary.key("PRICE#{price_id}", "PRICE")


class Counted(Entity, table=prices, upgrade=to_cents, reaches=["price", "unit"]):
    """The same, with a version, which an older program may have written, too."""

    price_id: str
    price: int
    unit: str = "cent"
    note: str = ""
    version: Annotated[int, VERSION] = 1
    key = prices.primary.key("COUNTED#{price_id}", "PRICE")


@pytest.mark.parametrize("kind", [Price, Counted])
@pytest.mark.parametrize("change", [{"price": 600}, {"note": "n"}])
def test_an_older_program_in_between_is_a_conflict_by_a_field_too(
    open_backend: OpenBackend, kind: Any, change: dict[str, Any]
) -> None:
    """The price would be converted once more."""
    db = open_backend(prices)
    before = db.repository.write(create(kind(price_id="1", price=500)))
    name, older = kind.__name__, {"price": {"N": "7"}}
    version = {"version": {"N": "1"}} if kind is Counted else {}
    key: dict[str, Any] = {"PK": f"{name.upper()}#1", "SK": "PRICE", "entity": name}
    db.put(**key, price_id="1", **older, **version)
    stored = db.items()
    with pytest.raises(WriteRefused):
        db.repository.write(update(before, before.model_copy(update=change)))
    assert db.items() == stored


logs = Table("logs")


def tag(item: dict[str, Any]) -> dict[str, Any]:
    if "tags" not in item and item.get("log", {"L": []})["L"]:
        item["tags"] = {"SS": ["made"]}
    return item


class Entry(Entity, table=logs, upgrade=tag, reaches=["tags", "log"]):
    """What has a log and no tags is tagged when it is read."""

    entry_id: str
    tags: set[str] = set()  # noqa: RUF012
    log: list[str] = []  # noqa: RUF012
    key = logs.primary.key("ENTRY#{entry_id}", "ENTRY")


def test_two_writers_do_not_make_what_neither_wrote(open_backend: OpenBackend) -> None:
    """One takes the tags away, the other adds to the log."""
    db = open_backend(logs)
    one = db.repository.write(create(Entry(entry_id="1", tags={"x"})))
    other = db.repository.fetch(Entry.key.get(entry_id="1"))
    assert other is not None
    db.repository.write(update(other, other.model_copy(update={"tags": set()})))
    with pytest.raises(WriteRefused):
        db.repository.write(update(one, one.model_copy(update={"log": ["e"]})))


READS: dict[str, Callable[[dict[str, Any]], object]] = {
    "get": lambda item: item.get("flag"),
    "in": lambda item: "flag" in item,
    "pop": lambda item: item.pop("flag", None),
    "after a look at all": lambda item: (len(item), item.get("flag")),
    "after a comparison": lambda item: (item == {}, "flag" in item),
}


@pytest.mark.parametrize("how", READS)
def test_a_look_that_changes_nothing_of_it_is_noticed(open_backend: OpenBackend, how: str) -> None:
    """Where the item is changed in place, and returned."""
    table = Table("flags")

    def double(item: dict[str, Any]) -> dict[str, Any]:
        if not READS[how](item):
            item["price"] = {"N": str(int(item["price"]["N"]) * 100)}
        return item

    class Item(Entity, table=table, upgrade=double, reaches=["price"]):
        """An item whose flag decides."""

        item_id: str
        price: int
        flag: str | None = None
        key = table.primary.key("ITEM#{item_id}", "ITEM")

    db = open_backend(table)
    db.put(PK="ITEM#1", SK="ITEM", entity="Item", item_id="1", price={"N": "7"})
    with raises(InvalidStoredItem, problems="its upgrade reaches flag: name it in reaches=[...]"):
        db.repository.fetch(Item.key.get(item_id="1"))


bills = Table("bills")


class Bill(Entity, table=bills, renamed={"is_paid": "paid"}):
    """A bill that was marked under another name."""

    account: str
    bill_id: str
    paid: bool = False
    note: str | None = None
    key = bills.primary.key("A#{account}", "B#{bill_id}")


UNPAID = attr("paid").equals(False)
ON_THE_UNPAID: dict[str, Callable[[Bill], Any]] = {
    "delete": lambda bill: delete(bill).when(UNPAID),
    "delete by key": lambda _: Bill.key.delete(account="1", bill_id="1").when(UNPAID),
    "patch": lambda _: Bill.key.patch(account="1", bill_id="1").set(note="n").when(UNPAID),
    "put": lambda bill: put(bill).when(UNPAID),
    "update": lambda bill: update(bill, bill.model_copy(update={"note": "n"})).when(UNPAID),
    "not": lambda bill: delete(bill).when(~attr("paid").equals(True)),
}


@pytest.fixture
def paid(open_backend: OpenBackend) -> Backend:
    """With a bill that is paid under the former name."""
    db = open_backend(bills)
    key: dict[str, Any] = {"PK": "A#1", "SK": "B#1", "entity": "Bill", "account": "1"}
    db.put(**key, bill_id="1", is_paid={"BOOL": True})
    return db


@pytest.mark.parametrize("verb", ON_THE_UNPAID)
def test_absence_is_no_default_while_a_former_name_is_there(paid: Backend, verb: str) -> None:
    bill = paid.repository.fetch(Bill.key.get(account="1", bill_id="1"))
    assert bill is not None
    assert bill.paid
    before = paid.items()
    with pytest.raises(ConditionFailed):
        paid.repository.write(ON_THE_UNPAID[verb](bill))
    assert paid.items() == before


def test_a_filter_does_not_take_it_for_the_default_either(paid: Backend) -> None:
    """Nor does a clearing."""
    unpaid = Bill.key.query(account="1").where(UNPAID)
    assert list(paid.repository.fetch(unpaid)) == []
    assert paid.repository.write(clear(unpaid)) == 0
    paid.repository.write(create(Bill(account="1", bill_id="2")))
    paid.put(PK="A#1", SK="B#3", entity="Bill", account="1", bill_id="3")
    assert [each.bill_id for each in paid.repository.fetch(unpaid)] == ["2", "3"]


mails = Table("mails", type_attribute="_type")
CLAIM = mails.primary.key("_unique#Account#mail#{mail}", "_unique#")


class Account(Entity, table=mails):
    """An account as another program stores it, whose addresses are folded since."""

    account_id: str
    mail: Annotated[str, text(lower=True)] | None = None
    other: str | None = None
    key = mails.primary.key("ACCOUNT#{account_id}", "ACCOUNT")
    unique_mail = unique("mail", key=CLAIM, name="_Unique")


@pytest.fixture
def accounts(open_backend: OpenBackend) -> Backend:
    """With two whose addresses differ in case alone, each with its unique item."""
    db = open_backend(mails)
    for account_id, mail in (("7", "Kim@b"), ("8", "kim@b")):
        key: dict[str, Any] = {"PK": f"ACCOUNT#{account_id}", "SK": "ACCOUNT", "_type": "Account"}
        db.put(**key, account_id=account_id, mail=mail)
        db.put(PK=f"_unique#Account#mail#{mail}", SK="_unique#", _type="_Unique")
    return db


def claims(db: Backend) -> set[str]:
    keys = {item["PK"]["S"] for item in db.items()}
    return {key.rpartition("#")[2] for key in keys if key.startswith("_unique#")}


RELEASES: dict[str, Callable[[Account], Any]] = {
    "delete": lambda read: delete(read, must_exist=True),
    "clear": lambda _: clear(Account.key.query(account_id="7")),
    "another value": lambda read: update(read, read.model_copy(update={"mail": "new@b"})),
    "no value": lambda read: update(read, read.model_copy(update={"mail": None})),
}


@pytest.mark.parametrize("verb", RELEASES)
def test_a_claim_without_owner_is_released_as_it_is_stored(accounts: Backend, verb: str) -> None:
    """The spelling that it is read as is another's."""
    read = accounts.repository.fetch(Account.key.get(account_id="7"))
    assert read is not None
    accounts.repository.write(RELEASES[verb](read))
    assert claims(accounts) - {"new@b"} == {"kim@b"}
    with pytest.raises(UniqueTaken):
        accounts.repository.write(create(Account(account_id="9", mail="kim@b")))


def test_a_claim_without_owner_is_not_shared(accounts: Backend) -> None:
    """An update that would claim the spelling that it is read as finds it taken."""
    read = accounts.repository.fetch(Account.key.get(account_id="7"))
    assert read is not None
    with pytest.raises((UniqueTaken, TransactionCancelled)):
        accounts.repository.write(update(read, read.model_copy(update={"other": "k"})))
    move = transaction(delete(read, must_exist=True), create(Account(account_id="9", mail="kim@b")))
    with pytest.raises(TransactionCancelled):
        accounts.repository.write(move)
    assert claims(accounts) == {"Kim@b", "kim@b"}


@pytest.mark.parametrize(
    "older", [{"renamed": {"address": "mail"}}, {"upgrade": to_cents, "reaches": ["mail"]}]
)
def test_unique_items_without_owner_need_values_as_they_are_stored(older: dict[str, Any]) -> None:
    """Nothing would tell whether a value under another name has one."""
    table = Table("renamed-mails")
    with raises(InvalidEntity, declared="mail may be made of other attributes"):

        class Renamed(Entity, table=table, **older):
            """An account."""

            account_id: str
            mail: str | None = None
            key = table.primary.key("ACCOUNT#{account_id}", "ACCOUNT")
            unique_mail = unique(
                "mail", key=table.primary.key("_unique#mail#{mail}", "_unique#"), name="_Unique"
            )


docs = Table("costs")


def to_price(item: dict[str, Any]) -> dict[str, Any]:
    if "cost" in item:
        item.setdefault("price", item.pop("cost"))
    return item


class Doc(
    Entity, table=docs, renamed={"ver": "version"}, upgrade=to_price, reaches=["cost", "price"]
):
    """A document whose price was its cost."""

    doc_id: str
    price: int
    note: str = ""
    version: Annotated[int, VERSION] = 1
    key = docs.primary.key("DOC#{doc_id}", "DOC")


@pytest.mark.parametrize("change", [{"price": 7}, {"price": 5}, {"note": "x"}])
@pytest.mark.parametrize("verb", ["put", "delete", "update"])
def test_a_changed_copy_of_what_was_read_is_written_by_every_verb(
    open_backend: OpenBackend, change: dict[str, Any], verb: str
) -> None:
    """Also where the change is of what the upgrade made; a stale one is refused."""
    db = open_backend(docs)
    key: dict[str, Any] = {"PK": "DOC#1", "SK": "DOC", "entity": "Doc", "doc_id": "1"}
    db.put(**key, cost={"N": "5"}, ver={"N": "3"})
    read = db.repository.fetch(Doc.key.get(doc_id="1"))
    assert read is not None
    copy = read.model_copy(update=change)
    make = {"put": put, "delete": delete, "update": lambda each: update(read, each)}[verb]
    db.repository.write(make(copy))
    found = db.repository.fetch(Doc.key.get(doc_id="1"))
    assert found == (None if verb == "delete" else copy.model_copy(update={"version": 4}))
    db.put(**key, cost={"N": "5"}, ver={"N": "4"})
    with pytest.raises(WriteRefused):
        db.repository.write(make(copy))


def test_more_renames_than_a_condition_can_ask_for_do_not_import() -> None:
    table = Table("wide")
    fields: Any = {f"f{at}": str for at in range(65)}
    body = {
        "__annotations__": {"doc_id": str, **fields},
        "__module__": __name__,
        "__doc__": "Many fields.",
        "key": table.primary.key("DOC#{doc_id}", "DOC"),
    }
    renamed = {f"former{at}": f"f{at}" for at in range(65)}
    with raises(InvalidEntity, declared="65 attributes are renamed"):
        type(Entity)("Doc", (Entity,), body, table=table, renamed=renamed)


@pytest.mark.parametrize("reached", ["GSI1SK", "changed_at", "entity"])
def test_what_every_write_makes_anew_tells_no_shape(reached: str) -> None:
    """Index keys, the stamp, and the type that every write adds: a patch writes them unasked."""
    table = Table("made-anew", untagged="by key")
    index = table.global_index("GSI1", partition_key="GSI1PK", sort_key="GSI1SK")
    with raises(InvalidEntity, declared=f"the upgrade reaches {reached}, which every write makes"):

        class Doc(Entity, table=table, upgrade=to_cents, reaches=["price", reached]):
            """A document in an index, with a stamp."""

            doc_id: str
            price: int
            changed_at: Annotated[datetime | None, UPDATED] = None
            key = table.primary.key("DOC#{doc_id}", "DOC")
            by_id = index.key("DOCS", "{doc_id}")


places = Table("places")


class Shop(Entity, table=places, renamed={"state": "status"}):
    """A shop, whose status was its state."""

    town: str
    name: str
    status: str = "open"
    key = places.primary.key("TOWN#{town}", "SHOP#{name}")


class Park(Entity, table=places):
    """A park, in a state of the country."""

    town: str
    name: str
    state: str
    status: str = "open"
    key = places.primary.key("TOWN#{town}", "PARK#{name}")


def test_a_members_former_name_says_nothing_of_another_member(open_backend: OpenBackend) -> None:
    """Which has a field of that name, and its own default."""
    db = open_backend(places)
    key: dict[str, Any] = {"PK": "TOWN#a", "town": "a"}
    db.put(**key, SK="PARK#p", entity="Park", name="p", state="TX")
    db.put(**key, SK="SHOP#s", entity="Shop", name="s", state="closed")
    db.put(**key, SK="SHOP#t", entity="Shop", name="t")
    query = collection(Shop.key, Park.key).query(town="a").where(attr("status").equals("open"))
    assert [each.name for each in db.repository.fetch(query)] == ["p", "t"]


notes = Table("kept-notes")


def keep_pinned(item: dict[str, Any]) -> dict[str, Any]:
    if item.pop("pinned", None):
        item["keep"] = {"BOOL": True}
    return item


class Note(Entity, table=notes, upgrade=keep_pinned, reaches=["pinned", "keep"]):
    """A note that is kept, if it was pinned."""

    note_id: str
    keep: bool = False
    key = notes.primary.key("NOTES", "NOTE#{note_id}")


def test_no_default_counts_for_what_an_upgrade_may_make(open_backend: OpenBackend) -> None:
    """In conditions, filters and clearings; what is stored does."""
    db = open_backend(notes)
    db.put(PK="NOTES", SK="NOTE#1", entity="Note", note_id="1", pinned="y")
    db.repository.write(create(Note(note_id="2")))
    pinned = db.repository.fetch(Note.key.get(note_id="1"))
    assert pinned is not None
    assert pinned.keep
    unkept = attr("keep").equals(False)
    with pytest.raises(ConditionFailed):
        db.repository.write(delete(pinned).when(unkept))
    assert [each.note_id for each in db.repository.fetch(Note.key.query().where(unkept))] == ["2"]
    assert db.repository.write(clear(Note.key.query().where(unkept))) == 1
    assert db.raw(PK="NOTES", SK="NOTE#1") is not None
