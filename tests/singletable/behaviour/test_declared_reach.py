"""An upgrade reaches what it declares: more is an error when it runs, and nothing is converted
twice."""

from __future__ import annotations

import copy
import pickle
import uuid
from collections.abc import Callable
from functools import cache, partial
from typing import Any

import pytest

from singletable import Entity, Table, create, update, upsert
from singletable.errors import (
    ConditionFailed,
    InvalidEntity,
    InvalidOperation,
    InvalidStoredItem,
)
from tests.conftest import OpenBackend
from tests.singletable.raises import raises


class Steps:
    """Helpers that only an attribute of the class or of the object leads to."""

    FIELD = "price"

    @classmethod
    def run(cls, item: dict[str, Any]) -> dict[str, Any]:
        if "v1" in item:
            cls.convert(item)
        return item

    @classmethod
    def convert(cls, item: dict[str, Any]) -> None:
        del item["v1"]
        item[cls.FIELD] = {"N": str(int(item[cls.FIELD]["N"]) * 100)}

    def __call__(self, item: dict[str, Any]) -> dict[str, Any]:
        return self.run(item)


@cache
def factor() -> int:
    return 100


def by_cached(item: dict[str, Any], field: str) -> dict[str, Any]:
    if item.pop("v1", None):
        item[field] = {"N": str(int(item[field]["N"]) * factor())}
    return item


def by_copy(item: dict[str, Any]) -> dict[str, Any]:
    """Goes through the item as a whole, in one branch alone."""
    if "v1" not in item:
        return item
    price = {"N": str(int(item["price"]["N"]) * 100)}
    return {**{name: value for name, value in item.items() if name != "v1"}, "price": price}


def by_match(item: dict[str, Any]) -> dict[str, Any]:
    match item:
        case {"v1": _, "price": {"N": euros}}:
            changed = copy.deepcopy(item)
            del changed["v1"]
            return changed | {"price": {"N": str(int(euros) * 100)}}
        case _:
            return item


def by_update(item: dict[str, Any]) -> dict[str, Any]:
    if "v1" in item:
        euros = item.get("price", {"N": "0"})["N"]
        item.update(price={"N": str(int(euros) * 100)})
        item.pop("v1")
    return item


CONVERSIONS: dict[str, Callable[[dict[str, Any]], dict[str, Any]]] = {
    "methods of a class": Steps.run,
    "a callable object": Steps(),
    "a cached helper": partial(by_cached, field="price"),
    "a copy in a branch": by_copy,
    "a match statement": by_match,
    "update": by_update,
}


def declare(upgrade: Any, reaches: Any) -> tuple[Table, Any]:
    table = Table("prices")

    class Price(Entity, table=table, upgrade=upgrade, reaches=reaches):
        """Of old in euros, marked v1."""

        price_id: str
        price: int
        note: str = ""
        key = table.primary.key("PRICE#{price_id}", "PRICE")

    return table, Price


OLD: dict[str, Any] = {
    "PK": "PRICE#1",
    "SK": "PRICE",
    "entity": "Price",
    "price_id": "1",
    "price": {"N": "5"},
    "v1": {"BOOL": True},
}


@pytest.mark.parametrize("how", CONVERSIONS)
def test_no_partial_update_changes_what_an_upgrade_reaches(
    open_backend: OpenBackend, how: str
) -> None:
    """Whatever the code looks like, by which it does so."""
    table, price_type = declare(CONVERSIONS[how], ["v1", "price"])
    db = open_backend(table)
    db.put(**OLD)
    before = db.items()
    for make in (
        lambda: price_type.key.patch(price_id="1").set(price=700),
        lambda: price_type.key.patch(price_id="1").add(price=1),
        lambda: upsert(price_type(price_id="1", price=700)),
        lambda: update(price_type(price_id="1", price=5), price_type(price_id="1", price=7)),
    ):
        with pytest.raises(InvalidOperation):
            db.repository.write(make())
    assert db.items() == before
    noted = db.repository.write(price_type.key.patch(price_id="1").set(note="n"))
    assert (noted.price, noted.note) == (500, "n")
    changed = db.repository.write(update(noted, noted.model_copy(update={"price": 700})))
    assert changed == db.repository.fetch(price_type.key.get(price_id="1"))
    assert "v1" not in db.items()[0]


@pytest.mark.parametrize("how", CONVERSIONS)
@pytest.mark.parametrize("declared", [["v1"], []])
def test_what_is_reached_and_not_declared_is_an_error(
    open_backend: OpenBackend, how: str, declared: list[str]
) -> None:
    """Which names it; the item is left as it is stored."""
    table, price_type = declare(CONVERSIONS[how], declared)
    db = open_backend(table)
    db.put(**OLD)
    before = db.items()
    with raises(InvalidStoredItem, entity="Price", problems="name it in reaches=[...]"):
        db.repository.fetch(price_type.key.get(price_id="1"))
    with pytest.raises(InvalidStoredItem):
        list(db.repository.iterate(price_type.key.query(price_id="1")))
    assert db.items() == before


def test_only_the_names_that_it_looks_at_must_be_declared(open_backend: OpenBackend) -> None:
    """An item that it copies, unchanged, is reached in what it asks for alone."""
    table, price_type = declare(lambda item: {**item}, [])
    db = open_backend(table)
    db.put(**OLD)
    read = db.repository.fetch(price_type.key.get(price_id="1"))
    assert read == price_type(price_id="1", price=5)
    assert db.repository.write(price_type.key.patch(price_id="1").set(price=7)).price == 7


def split(item: dict[str, Any]) -> dict[str, Any]:
    if "full" in item:
        last, _, first = item.pop("full")["S"].partition(", ")
        item["last"] = {"S": last}
        if first:
            item["first"] = {"S": first}
    return item


def by_value(item: dict[str, Any]) -> dict[str, Any]:
    if "full" in item:
        value = item.pop("full")
        item["first" if "@" in value["S"] else "last"] = value
    return item


def some_forms(item: dict[str, Any]) -> dict[str, Any]:
    if "full" in item and "S" in item["full"]:
        item["last"] = item.pop("full")
    return item


@pytest.mark.parametrize("upgrade", [split, by_value, some_forms])
def test_no_patch_takes_away_what_belongs_to_another_field(
    open_backend: OpenBackend, upgrade: Any
) -> None:
    """An attribute of which a function makes one or two fields is no rename."""
    table = Table("people")

    class Person(Entity, table=table, upgrade=upgrade, reaches=["full", "first", "last"]):
        """Of old with one name."""

        person_id: str
        last: str = ""
        first: str | None = None
        note: str | None = None
        key = table.primary.key("PERSON#{person_id}", "PERSON")

    db = open_backend(table)
    for full in ({"S": "Lovelace, Ada"}, {"S": "ada@example.com"}, {"M": {"newer": {"S": "x"}}}):
        if "M" in full and upgrade is not some_forms:
            continue
        db.put(PK="PERSON#1", SK="PERSON", entity="Person", person_id="1", full=full)
        before = db.items()
        for field in ("last", "first"):
            with pytest.raises(InvalidOperation):
                Person.key.patch(person_id="1").set(**{field: "Byron"})
            with pytest.raises(InvalidOperation):
                Person.key.patch(person_id="1").unset(field)
        db.repository.write(Person.key.patch(person_id="1").set(note="n"))
        assert db.items() == [{**before[0], "note": {"S": "n"}}]


def test_an_upsert_of_what_was_read_puts_no_default_over_a_former_name(
    open_backend: OpenBackend,
) -> None:
    """That an older program wrote meanwhile."""
    table = Table("renamed-titles")

    class Doc(Entity, table=table, renamed={"name": "title"}):
        """Its title was its name."""

        doc_id: str
        title: str = "untitled"
        count: int = 0
        key = table.primary.key("DOC#{doc_id}", "DOC")

    db = open_backend(table)
    db.put(PK="DOC#1", SK="DOC", entity="Doc", doc_id="1")
    read = db.repository.fetch(Doc.key.get(doc_id="1"))
    assert read is not None
    db.put(PK="DOC#1", SK="DOC", entity="Doc", doc_id="1", name="Precious")
    before = db.items()
    with pytest.raises(ConditionFailed):
        db.repository.write(upsert(read.model_copy(update={"count": 5})))
    assert db.items() == before
    again = db.repository.fetch(Doc.key.get(doc_id="1"))
    assert again is not None
    db.repository.write(upsert(again.model_copy(update={"count": 5})))
    found = db.repository.fetch(Doc.key.get(doc_id="1"))
    assert found == Doc(doc_id="1", title="Precious", count=5)
    assert "name" not in db.items()[0]


def test_the_present_name_holds_where_both_are_there(open_backend: OpenBackend) -> None:
    """And the former one goes with the next whole update, or with the field that is set."""
    table = Table("both-names")

    class Doc(Entity, table=table, renamed={"name": "title", "label": "title"}):
        """Its title was its name, and before that its label."""

        doc_id: str
        title: str = ""
        note: str = ""
        key = table.primary.key("DOC#{doc_id}", "DOC")

    db = open_backend(table)
    key: dict[str, Any] = {"PK": "DOC#1", "SK": "DOC", "entity": "Doc", "doc_id": "1"}
    db.put(**key, name="n", label="l", title="t")
    read = db.repository.fetch(Doc.key.get(doc_id="1"))
    assert read == Doc(doc_id="1", title="t")
    db.repository.write(Doc.key.patch(doc_id="1").set(note="x"))
    assert {"name", "label"} <= db.items()[0].keys()
    db.repository.write(Doc.key.patch(doc_id="1").set(title="u"))
    assert {"name", "label"}.isdisjoint(db.items()[0])
    db.put(**key, name="n", label="l")
    read = db.repository.fetch(Doc.key.get(doc_id="1"))
    assert read is not None
    assert db.repository.write(update(read, read.model_copy(update={"note": "y"}))).title == "n"
    assert {"name", "label"}.isdisjoint(db.items()[0])


@pytest.mark.parametrize(
    ("options", "declared"),
    [
        ({"upgrade": by_copy}, "an upgrade without reaches="),
        ({"reaches": ["a"]}, "reaches= without an upgrade"),
        ({"upgrade": by_copy, "reaches": "price"}, "reaches='price'"),
        ({"renamed": {"price": "note"}}, "price is renamed, and is an attribute of today"),
        ({"renamed": {"GSI1PK": "note"}}, "GSI1PK is renamed, and is an attribute of today"),
        ({"renamed": {"former": "nobody"}}, "former is renamed to nobody"),
        ({"renamed": {"former": "PK"}}, "former is renamed to PK"),
        ({"renamed": ["former"]}, "renamed=['former']"),
    ],
)
def test_what_contradicts_itself_does_not_import(options: dict[str, Any], declared: str) -> None:
    table = Table("wrong")
    index = table.global_index("GSI1", partition_key="GSI1PK", sort_key="GSI1SK")
    with raises(InvalidEntity, declared=declared):

        class Price(Entity, table=table, **options):
            """A price."""

            price_id: str
            price: int
            note: str = ""
            key = table.primary.key("PRICE#{price_id}", "PRICE")
            by_note = index.key("NOTE#{note}", "{price_id}")


def test_a_stored_item_stays_what_it_is(open_backend: OpenBackend) -> None:
    """What the function changes in place is a copy."""
    table, price_type = declare(Steps.run, ["v1", "price"])
    db = open_backend(table)
    db.put(**OLD)
    read = db.repository.fetch(price_type.key.get(price_id="1"))
    with pytest.raises(InvalidOperation):
        db.repository.write(price_type.key.upsert(price_id="1").set(price=1))
    assert read is not None
    db.repository.write(create(price_type(price_id="2", price=9)))
    assert db.repository.write(update(read, read)).price == 500
    assert "v1" not in db.items()[0]


COPIES: dict[str, Callable[[dict[str, Any]], dict[str, Any]]] = {
    "dict": dict,
    "display": lambda item: {**item},
    "copy": lambda item: item.copy(),
    "deepcopy": copy.deepcopy,
    "items": lambda item: {name: value for name, value in item.items()},  # noqa: C416
    "names": lambda item: {name: item.get(name) for name in item},
    "shallow copy": copy.copy,
    "pickle": lambda item: pickle.loads(pickle.dumps(item)),  # noqa: S301
}


@pytest.mark.parametrize("how", COPIES)
def test_what_is_reached_in_a_copy_and_not_declared_is_an_error(
    open_backend: OpenBackend, how: str
) -> None:
    """A partial update of it, which has not read the item, would make another price of it."""

    def to_euro(item: dict[str, Any]) -> dict[str, Any]:
        item = COPIES[how](item)
        if "unit" not in item:
            item["price"] = {"N": str(int(item["price"]["N"]) * int(item["rate"]["N"]))}
            item["unit"] = {"S": "EUR"}
        return item

    table = Table("rates")

    class Quote(Entity, table=table, upgrade=to_euro, reaches=["price", "unit"]):
        """What something costs; of old in another currency, with its rate."""

        quote_id: str
        price: int
        rate: int = 1
        key = table.primary.key("QUOTE#{quote_id}", "QUOTE")

    db = open_backend(table)
    key = {"PK": "QUOTE#1", "SK": "QUOTE", "entity": "Quote", "quote_id": "1"}
    db.put(**key, price={"N": "10"}, rate={"N": "3"})
    with raises(InvalidStoredItem, problems="its upgrade reaches rate: name it in reaches=[...]"):
        db.repository.fetch(Quote.key.get(quote_id="1"))


@pytest.mark.parametrize("how", COPIES)
def test_a_copying_upgrade_may_make_another_value_each_time(
    open_backend: OpenBackend, how: str
) -> None:
    """Such as an identifier: that says nothing of what it looks at."""

    def mark(item: dict[str, Any]) -> dict[str, Any]:
        item = COPIES[how](item)
        item.setdefault("mark", {"S": uuid.uuid4().hex})
        return item

    table = Table("marks")

    class Marked(Entity, table=table, upgrade=mark, reaches=["mark"]):
        """Something with a mark; of old it had none."""

        marked_id: str
        note: str = ""
        mark: str
        key = table.primary.key("MARKED#{marked_id}", "MARKED")

    db = open_backend(table)
    db.put(PK="MARKED#1", SK="MARKED", entity="Marked", marked_id="1", note="x")
    read = db.repository.fetch(Marked.key.get(marked_id="1"))
    assert read is not None
    assert (read.note, len(read.mark)) == ("x", 32)
