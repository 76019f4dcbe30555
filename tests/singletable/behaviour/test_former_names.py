"""Items whose values stand under former names, which only an upgrade knows: nothing is lost."""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated, Any

import pytest
from pydantic import Field

from singletable import (
    VERSION,
    Entity,
    Table,
    Update,
    access_pattern,
    create,
    delete,
    put,
    unique,
    update,
    upsert,
)
from singletable.design.compile import compile_design
from singletable.errors import (
    ConditionFailed,
    InvalidItem,
    InvalidOperation,
    UniqueTaken,
    VersionConflict,
)
from tests.backends import Backend
from tests.conftest import OpenBackend

papers = Table("former-names")
gsi1 = papers.global_index("GSI1", partition_key="GSI1PK", sort_key="GSI1SK")


FORMER_OF_BOOKS = {"count": "copies", "labels": "tags", "name": "title"}
"""Present values win."""


def merge(item: dict[str, Any]) -> dict[str, Any]:
    """Former values win, and one is made of two."""
    if "name" in item:
        item["title"] = item.pop("name")
    if "c1" in item:
        item["copies"] = {"N": str(int(item.pop("c1")["N"]) + int(item.pop("c2")["N"]))}
    return item


def convert(item: dict[str, Any]) -> dict[str, Any]:
    """Goes by a mark that is no field: of old in euros, now in cents."""
    if "v" not in item:
        item["price"] = {"N": str(int(item["price"]["N"]) * 100)}
        item["v"] = {"N": "2"}
    return item


def split(item: dict[str, Any]) -> dict[str, Any]:
    if "full" in item:
        first, _, last = item.pop("full")["S"].partition(" ")
        item.setdefault("first", {"S": first})
        item.setdefault("last", {"S": last})
    return item


class Book(Entity, table=papers, renamed=FORMER_OF_BOOKS):
    """Renamed attributes, each with a default."""

    book_id: str
    copies: int = 0
    tags: list[str] = Field(default_factory=list)
    title: str = ""
    pages: int = 5
    note: str | None = None
    key = papers.primary.key("BOOK#{book_id}", "BOOK")


class Sheet(Entity, table=papers, upgrade=merge, reaches=["name", "title", "c1", "c2", "copies"]):
    """A merged attribute; versioned."""

    sheet_id: str
    title: str
    copies: int = 0
    note: str | None = None
    version: Annotated[int, VERSION] = 1
    key = papers.primary.key("SHEET#{sheet_id}", "SHEET")
    by_title = gsi1.key("SHEETS", "{title}#{sheet_id}")


class Price(Entity, table=papers, upgrade=convert, reaches=["v", "price"]):
    """A converted one."""

    price_id: str
    price: int
    note: str | None = None
    key = papers.primary.key("PRICE#{price_id}", "PRICE")


class Person(Entity, table=papers, upgrade=split, reaches=["full", "first", "last"]):
    """A split one."""

    person_id: str
    first: str
    last: str | None = None
    note: str | None = None
    key = papers.primary.key("PERSON#{person_id}", "PERSON")


@pytest.fixture
def db(open_backend: OpenBackend) -> Backend:
    return open_backend(papers)


OLD: dict[str, Any] = {
    "PK": "BOOK#1",
    "SK": "BOOK",
    "entity": "Book",
    "book_id": "1",
    "count": {"N": "40"},
    "labels": {"L": [{"S": "a"}]},
    "name": "Dune",
}

OLD_SHEET: dict[str, Any] = {
    "PK": "SHEET#1",
    "SK": "SHEET",
    "entity": "Sheet",
    "sheet_id": "1",
    "name": "a",
    "c1": {"N": "40"},
    "c2": {"N": "2"},
    "version": {"N": "1"},
}


def read_book(db: Backend) -> Book:
    book = db.repository.fetch(Book.key.get(book_id="1"))
    assert book is not None
    return book


COUNTING: dict[str, Callable[[], Any]] = {
    "add": lambda: Book.key.patch(book_id="1").add(copies=-1),
    "add once": lambda: Book.key.patch(book_id="1").add(copies=-1).once(),
    "append": lambda: Book.key.patch(book_id="1").append(tags=["z"]),
    "set_if_absent": lambda: Book.key.patch(book_id="1").set_if_absent(title="other"),
    "upsert of a key": lambda: Book.key.upsert(book_id="1").set(note="n"),
    "upsert": lambda: upsert(Book(book_id="1", note="n")),
}


@pytest.mark.parametrize("verb", COUNTING)
def test_a_value_under_a_former_name_is_not_taken_for_absent(db: Backend, verb: str) -> None:
    """What was counted from would be lost: a partial update has not read the item."""
    db.put(**OLD)
    before = db.items()
    with pytest.raises(ConditionFailed) as caught:
        db.repository.write(COUNTING[verb]())
    assert "its former name: read the item" in str(caught.value)
    assert (caught.value.written, db.items()) == ("no", before)


@pytest.mark.parametrize("verb", COUNTING)
def test_an_item_without_former_names_is_counted_from_defaults(db: Backend, verb: str) -> None:
    """Whether it is there, or is made by an upsert."""
    if not verb.startswith("upsert"):
        db.put(PK="BOOK#1", SK="BOOK", entity="Book", book_id="1")
    db.repository.write(COUNTING[verb]())
    assert read_book(db).pages == 5
    db.repository.write(COUNTING[verb]())


def test_fields_that_were_never_renamed_are_counted_from_defaults(db: Backend) -> None:
    """An upgrade that renames says which attribute it makes."""
    db.put(**OLD)
    assert db.repository.write(Book.key.patch(book_id="1").add(pages=1)).pages == 6
    assert (read_book(db).copies, read_book(db).title) == (40, "Dune")


def test_an_upsert_of_what_was_read_takes_the_former_names_along(db: Backend) -> None:
    """It knows what they were."""
    db.put(**OLD)
    db.repository.write(upsert(read_book(db).model_copy(update={"note": "n"})))
    assert read_book(db) == Book(book_id="1", copies=40, tags=["a"], title="Dune", note="n")
    assert {"count", "labels", "name"}.isdisjoint(db.items()[0])


def test_a_former_version_is_not_counted_from_one(open_backend: OpenBackend) -> None:
    """A stale writer would pass afterwards."""
    table = Table("former-version")

    class Doc(Entity, table=table, renamed={"rev": "version"}):
        """Its version was once called rev."""

        doc_id: str
        note: str | None = None
        version: Annotated[int, VERSION] = 1
        key = table.primary.key("DOC#{doc_id}", "DOC")

    db = open_backend(table)
    db.put(PK="DOC#1", SK="DOC", entity="Doc", doc_id="1", rev={"N": "7"})
    with pytest.raises(ConditionFailed):
        db.repository.write(Doc.key.patch(doc_id="1").set(note="x").ignoring_version())
    doc = db.repository.fetch(Doc.key.get(doc_id="1"))
    assert doc is not None
    assert db.repository.write(update(doc, doc.model_copy(update={"note": "x"}))).version == 8


@pytest.mark.parametrize("change", [{"title": "a"}, {"copies": 42}, {"copies": 42, "title": "a"}])
def test_a_copy_of_what_was_read_loses_nothing(db: Backend, change: dict[str, Any]) -> None:
    """As the first of two states: what the upgrade made is not stored under the new name yet."""
    db.put(**OLD_SHEET)
    read = db.repository.fetch(Sheet.key.get(sheet_id="1"))
    assert read is not None
    before = read.model_copy(update=change)
    written = db.repository.write(update(before, before.model_copy(update={"note": "x"})))
    wanted = Sheet(sheet_id="1", title=change.get("title", "a"), copies=42, note="x", version=2)
    assert written == wanted
    assert list(db.repository.fetch(Sheet.by_title.query())) == [wanted]
    assert {"name", "c1", "c2"}.isdisjoint(db.items()[0])


def test_two_updates_in_a_row_need_no_read_between(db: Backend) -> None:
    """The second one starts from a copy, and finds the item as the first one left it."""
    db.put(PK="PERSON#1", SK="PERSON", entity="Person", person_id="1", full="Ada L")
    read = db.repository.fetch(Person.key.get(person_id="1"))
    assert read is not None
    changed = read.model_copy(update={"first": "Eva"})
    db.repository.write(update(read, changed))
    db.repository.write(update(changed, changed.model_copy(update={"note": "n"})))
    assert db.repository.fetch(Person.key.get(person_id="1")) == Person(
        person_id="1", first="Eva", last="L", note="n"
    )


@pytest.mark.parametrize("change", [{"title": "b"}, {"copies": 7}])
def test_a_copy_that_says_something_else_is_a_conflict(db: Backend, change: dict[str, Any]) -> None:
    """It was not read so, and what was read would be lost."""
    db.put(**OLD_SHEET)
    read, before = db.repository.fetch(Sheet.key.get(sheet_id="1")), db.items()
    assert read is not None
    state = read.model_copy(update=change)
    with pytest.raises(VersionConflict):
        db.repository.write(update(state, state.model_copy(update={"note": "x"})))
    assert db.items() == before


@pytest.mark.parametrize("change", [{"last": None}, {"note": "n"}])
def test_an_older_program_in_between_is_a_conflict(db: Backend, change: dict[str, Any]) -> None:
    """The change would be without effect, and called a success."""
    before = db.repository.write(create(Person(person_id="1", first="Ada", last="L")))
    db.put(PK="PERSON#1", SK="PERSON", entity="Person", person_id="1", full="Ada L")
    with pytest.raises(VersionConflict):
        db.repository.write(update(before, before.model_copy(update=change)))
    assert db.items()[0]["full"] == {"S": "Ada L"}


def by_copy(item: dict[str, Any]) -> dict[str, Any]:
    item = dict(item)
    if "oscar" in item:
        item["own"] = item.pop("oscar")
    return item


def by_iteration(item: dict[str, Any]) -> dict[str, Any]:
    return {FORMER.get(name, name): value for name, value in item.items()}


FORMER = {"oscar": "own"}


@pytest.mark.parametrize("upgrade", [by_copy, by_iteration])
@pytest.mark.parametrize("change", [{"own": "new"}, {"own": None}, {"note": "n"}])
def test_an_upgrade_that_copies_its_item_is_guarded_by_what_it_reaches(
    open_backend: OpenBackend, upgrade: Any, change: dict[str, Any]
) -> None:
    """What it asks the copy for is not seen; the names that it declares are."""
    table = Table("copied-items")

    class Doc(Entity, table=table, upgrade=upgrade, reaches=["oscar", "own"]):
        """Its own was called oscar."""

        doc_id: str
        own: str | None = None
        note: str | None = None
        key = table.primary.key("DOC#{doc_id}", "DOC")

    db = open_backend(table)
    doc = db.repository.write(create(Doc(doc_id="1", own="first")))
    db.put(PK="DOC#1", SK="DOC", entity="Doc", doc_id="1", oscar="theirs")
    with pytest.raises(VersionConflict):
        db.repository.write(update(doc, doc.model_copy(update=change)))
    read = db.repository.fetch(Doc.key.get(doc_id="1"))
    assert read == Doc(doc_id="1", own="theirs")
    assert read is not None
    wanted = read.model_copy(update=change)
    assert db.repository.write(update(read, wanted)) == wanted
    assert "oscar" not in db.items()[0]


def test_a_set_takes_the_former_name_away(db: Backend) -> None:
    """Else what was set would be read only where present values win."""
    db.put(**OLD)
    written = db.repository.write(Book.key.patch(book_id="1").set(title="Emma").unset("note"))
    assert (written.title, written.copies) == ("Emma", 40)
    assert "name" not in db.items()[0]


PARTIAL: list[Callable[[], Any]] = [
    lambda: Price.key.patch(price_id="1").set(price=7),
    lambda: Price.key.patch(price_id="1").add(price=7),
    lambda: Price.key.upsert(price_id="1").set(price=7),
    lambda: upsert(Price(price_id="1", price=7)),
    lambda: update(Price(price_id="1", price=5), Price(price_id="1", price=7)),
]


@pytest.mark.parametrize("make", PARTIAL)
def test_what_the_upgrade_converts_is_changed_by_what_has_read_it(
    db: Backend, make: Callable[[], Any]
) -> None:
    """A partial update would be converted once more."""
    db.put(PK="PRICE#1", SK="PRICE", entity="Price", price_id="1", price={"N": "5"})
    with pytest.raises(InvalidOperation):
        db.repository.write(make())
    assert db.repository.write(Price.key.patch(price_id="1").set(note="n")).price == 500


def test_every_verb_keeps_the_mark_that_an_upgrade_goes_by(db: Backend) -> None:
    """Without it what was read would be converted again at each read."""
    db.put(PK="PRICE#1", SK="PRICE", entity="Price", price_id="1", price={"N": "5"})
    for verb in (put, put, lambda each: update(each, each), put):
        price = db.repository.fetch(Price.key.get(price_id="1"))
        assert price is not None
        assert price.price == 500
        db.repository.write(verb(price))


@pytest.mark.parametrize("verb", [create, put])
def test_what_the_upgrade_would_read_otherwise_is_not_written(db: Backend, verb: Any) -> None:
    """A mark that is no field is missing from what is made by hand."""
    with pytest.raises(InvalidItem) as caught:
        db.repository.write(verb(Price(price_id="2", price=7)))
    assert caught.value.problems == ("price: the upgrade makes another value of it when it is read")
    assert db.items() == []


def test_sixty_renamed_attributes_can_be_updated_and_deleted(open_backend: OpenBackend) -> None:
    """The condition stays within DynamoDB's limits."""
    table = Table("many-names")
    names = {f"former{at}": f"f{at}" for at in range(60)}

    fields: Any = dict.fromkeys(names.values(), str)
    body = {
        "__annotations__": {"doc_id": str, **fields},
        "__module__": __name__,
        "__doc__": "Many fields.",
        "key": table.primary.key("DOC#{doc_id}", "DOC"),
        "unique_f0": unique("f0", name="f0"),
    }
    doc_type: Any = type(Entity)("Doc", (Entity,), body, table=table, renamed=names)
    db = open_backend(table)
    former: Any = dict.fromkeys(names, "x")
    db.put(PK="DOC#1", SK="DOC", entity="Doc", doc_id="1", **former)
    doc = db.repository.fetch(doc_type.key.get(doc_id="1"))
    written = db.repository.write(update(doc, doc.model_copy(update={"f1": "y"})))
    assert (written.f0, written.f1) == ("x", "y")
    db.repository.write(delete(written, must_exist=True))
    assert db.items() == []


@pytest.mark.parametrize("dropped", [0, 1, 3])
def test_unique_values_of_two_respelled_parts_are_released(
    open_backend: OpenBackend, dropped: int
) -> None:
    """Scope and value, among attributes that the upgrade only drops."""
    table, others = Table("shop-mails"), [f"other{at}" for at in range(dropped)]
    reached = ["store", "shop", "address", "email", *others]

    def respell(item: dict[str, Any]) -> dict[str, Any]:
        if "store" in item:
            item.setdefault("shop", {"S": item.pop("store")["S"].removeprefix("S-")})
        if "address" in item:
            item.setdefault("email", {"S": item.pop("address")["S"].removeprefix("mailto:")})
        for name in others:
            item.pop(name, None)
        return item

    class Doc(Entity, table=table, upgrade=respell, reaches=reached):
        """An address, unique within a shop."""

        doc_id: str
        shop: str
        email: str
        note: str | None = None
        key = table.primary.key("DOC#{doc_id}", "DOC")
        unique_email = unique("email", within="shop")

    db = open_backend(table)
    more: Any = {name: f"v{name}" for name in others}
    db.put(
        PK="DOC#1", SK="DOC", entity="Doc", doc_id="1", store="S-1", address="mailto:kim", **more
    )
    db.put(
        PK="UNIQUE#Doc#email#S-1#mailto:kim",
        SK="UNIQUE",
        entity="Doc.email",
        owner={"M": {"PK": {"S": "DOC#1"}, "SK": {"S": "DOC"}}},
    )
    doc = db.repository.fetch(Doc.key.get(doc_id="1"))
    assert doc is not None
    db.repository.write(delete(db.repository.write(update(doc, doc))))
    assert db.items() == []


def lower_title(item: dict[str, Any]) -> dict[str, Any]:
    item.setdefault("slug", {"S": item["title"]["S"].lower()})
    return item


@pytest.mark.parametrize("by", ["upgrade", "factory"])
def test_a_unique_value_that_was_made_while_reading_is_claimed(
    open_backend: OpenBackend, by: str
) -> None:
    """By the first update that stores it."""
    table = Table("made-slugs")
    options: Any = {"upgrade": lower_title, "reaches": ["slug", "title"]} if by == "upgrade" else {}

    class Doc(Entity, table=table, **options):
        """Of old it had no slug."""

        doc_id: str
        title: str
        slug: str = Field(default_factory=lambda data: data["title"].lower())
        note: str | None = None
        key = table.primary.key("DOC#{doc_id}", "DOC")
        unique_slug = unique("slug")

    db = open_backend(table)
    for doc_id, title in (("1", "A"), ("2", "a")):
        db.put(PK=f"DOC#{doc_id}", SK="DOC", entity="Doc", doc_id=doc_id, title=title)
    one, two = (db.repository.fetch(Doc.key.get(doc_id=each)) for each in "12")
    assert one is not None
    assert two is not None
    db.repository.write(update(one, one.model_copy(update={"note": "n"})))
    for refused in (
        update(two, two.model_copy(update={"note": "n"})),
        create(Doc(doc_id="3", title="x", slug="a")),
    ):
        with pytest.raises(UniqueTaken):
            db.repository.write(refused)
    db.repository.write(update(two, two.model_copy(update={"slug": "b"})))
    assert len(db.items()) == 4


made_names = Table("made-names")


class Made(Entity, table=made_names):
    """Its name has a default that is no constant."""

    made_id: str
    name: str = Field(default_factory=lambda: "x", examples=["x"])
    note: str | None = None
    key = made_names.primary.key("MADE#{made_id}", "MADE")
    unique_name = unique("name")


@access_pattern
def annotate(before: Made, after: Made) -> Update[Made]:
    """Changes the note."""
    return update(before, after)


def test_a_claim_of_what_a_factory_makes_is_allowed_by_iam() -> None:
    """An update that names no unique field may write its unique item."""
    design = compile_design([made_names])
    needs = {(need.action, need.key) for need in design.patterns[0].needs}
    assert ("PutItem", ("UNIQUE#Made#name#", "")) in needs
