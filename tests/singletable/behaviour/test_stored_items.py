"""F3 and F4: foreign and older items, and values at the edge, by every road in and out."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal
from typing import Annotated, Any

import pytest

from singletable import Entity, Table, create, update
from singletable.codec import AttributeValue
from singletable.errors.request import InvalidStoredItem, UnstorableValue
from singletable.formats import integer
from tests.backends import Backend
from tests.conftest import OpenBackend
from tests.singletable.raises import raises
from tests.singletable.shop import Line, Product, changed, line, product

pytestmark = pytest.mark.quick_on_local

LAMP = Product.key.get(product_id="lamp")


def spoil(db: Backend, **attributes: Any) -> None:
    """Stores a lamp with other attributes; None leaves one out."""
    db.repository.write(create(product(shelf="s")))
    item = {**(db.raw(PK="PRODUCT#lamp", SK="PRODUCT") or {}), **attributes}
    kept = {name: value for name, value in item.items() if value is not None}
    db.client.put_item(TableName=db.name, Item=kept)


def test_f3_an_item_that_does_not_fit_names_its_key_and_fields(db: Backend) -> None:
    """By get and by query, every field that is wrong, and no half-built object."""
    spoil(db, status={"S": "broken"}, size={"S": "large"}, stock={"N": "1.5"})
    for question in (LAMP, Product.by_shelf.query(shelf="s")):
        with raises(InvalidStoredItem, entity="Product", key="PRODUCT#lamp / PRODUCT") as refused:
            db.repository.fetch(question)  # type: ignore[arg-type]
        assert all(f"{name}: " in refused.value.problems for name in ("status", "size", "stock"))


def test_f3_a_missing_required_attribute_is_named(db: Backend) -> None:
    """And one that the model refuses, although its type is right."""
    spoil(db, name=None)
    with raises(
        InvalidStoredItem, entity="Product", key="PRODUCT#lamp / PRODUCT", problems="name: "
    ):
        db.repository.fetch(LAMP)
    db.client.put_item(
        TableName=db.name,
        Item={**(db.raw(PK="PRODUCT#lamp", SK="PRODUCT") or {}), "name": {"S": ""}},
    )
    with raises(
        InvalidStoredItem, entity="Product", key="PRODUCT#lamp / PRODUCT", problems="name: "
    ):
        db.repository.fetch(LAMP)


def test_f3_another_entitys_item_is_not_loaded_as_this_one(db: Backend) -> None:
    """Whatever stands under the key must say that it is one of these."""
    spoil(db, entity={"S": "Chair"})
    with raises(
        InvalidStoredItem, entity="Product", key="PRODUCT#lamp / PRODUCT", problems="'Chair'"
    ):
        db.repository.fetch(LAMP)


def test_f3_unknown_attributes_are_left_alone(db: Backend) -> None:
    """A newer program's attribute is neither an error nor lost by an update."""
    spoil(db, colour={"S": "red"})
    found = db.repository.fetch(LAMP)
    assert found is not None
    db.repository.write(update(found, changed(found, size=3)))
    stored = db.raw(PK="PRODUCT#lamp", SK="PRODUCT")
    assert stored is not None
    assert stored["colour"] == {"S": "red"}


NONE: Any = None


def _upgrade(item: dict[str, AttributeValue]) -> dict[str, AttributeValue]:
    if "label" in item:
        item["title"] = item.pop("label")
    if item["title"]["S"] == "explode":
        raise KeyError("no such thing")
    if item["title"]["S"] == "vanish":
        return NONE
    return item


library = Table("library")


class Book(Entity, table=library, upgrade=_upgrade, reaches=["label", "title"]):
    """One book, whose title was once its label."""

    book_id: Annotated[int, integer(0, 999)]
    title: str
    key = library.primary.key("BOOK#{book_id}", "BOOK")


def test_f3_a_declared_upgrade_runs_first(open_backend: OpenBackend) -> None:
    """An older shape loads as the present one; an upgrade that fails is the item's error."""
    db = open_backend(library)
    old = {"PK": {"S": "BOOK#007"}, "SK": {"S": "BOOK"}, "entity": {"S": "Book"}}
    old |= {"book_id": {"N": "7"}, "label": {"S": "Emma"}}
    db.client.put_item(TableName=db.name, Item=old)
    assert db.repository.fetch(Book.key.get(book_id=7)) == Book(book_id=7, title="Emma")
    for title, problem in (("explode", "raises KeyError"), ("vanish", "returns None")):
        db.client.put_item(TableName=db.name, Item={**old, "label": {"S": title}})
        with raises(
            InvalidStoredItem, entity="Book", key="BOOK#007 / BOOK", problems=f"upgrade {problem}"
        ):
            db.repository.fetch(Book.key.get(book_id=7))


MIDNIGHT = datetime(2026, 1, 1, tzinfo=timezone(timedelta(hours=5)))
EXACT: dict[str, dict[str, Any]] = {
    "38 digits": {"weight": Decimal("1." + "23456789" * 4 + "12345")},
    "tiny and huge": {"weight": Decimal("1E-130"), "rate": 1e125},
    "float": {"rate": 0.1 + 0.2},
    "minus zero": {"rate": -0.0},
    "large int": {"size": 10**37},
    "text": {"note": "\x00 é 𝄞 #"},
    "sets": {"tags": {"b", "a", "é", "#"}},
    "maps": {"meta": {"a.b": {"c-d": [1, Decimal("1.5"), "x", None, True, {}]}}},
    "lists": {"log": ["", "b", "a"]},
}


@pytest.mark.parametrize("kind", EXACT)
def test_f4_values_come_back_exactly(db: Backend, kind: str) -> None:
    """Written by create and by update, read by get and by query."""
    made = db.repository.write(create(product(shelf="s", **EXACT[kind])))
    assert db.repository.fetch(LAMP) == made
    for name, value in EXACT[kind].items():
        assert getattr(made, name) == value
    plain = db.repository.write(create(product("plain", shelf="t")))
    after = db.repository.write(update(plain, changed(plain, **EXACT[kind])))
    assert list(db.repository.fetch(Product.by_shelf.query(shelf="t"))) == [after]


def test_f4_an_instant_in_another_zone_is_the_same_instant(db: Backend) -> None:
    """In attribute and key."""
    made = db.repository.write(create(line(bought_at=MIDNIGHT)))
    found = db.repository.fetch(Line.by_time.query(order_id="o1", bought_at=MIDNIGHT, line_no=1))
    assert list(found) == [made]
    assert found.items[0].bought_at == MIDNIGHT.astimezone(UTC)


@pytest.mark.parametrize(
    "value", [0.1, b"x", (1,), {"a": {1}}, date(2026, 1, 1), float("nan"), object()]
)
def test_f4_what_would_not_come_back_is_refused_by_name(moto_db: Backend, value: Any) -> None:
    """Before anything is sent."""
    with raises(UnstorableValue) as refused:
        moto_db.repository.write(create(product(meta={"k": value})))
    assert refused.value.where.startswith('tests.singletable.shop.Product.meta["k"]')
    assert moto_db.sent == []
