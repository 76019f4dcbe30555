"""Names inside stored values that only newer programs know: which stay, and with what."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Annotated, Any, Literal, TypeVar
from uuid import UUID

import pytest
from pydantic import AfterValidator, BaseModel, StringConstraints

from singletable import Entity, Table, create, update, upsert
from singletable.codec import AttributeValue
from tests.backends import Backend
from tests.conftest import OpenBackend

T = TypeVar("T", bound=Entity)
orders = Table("orders")
ID = UUID("54135be1-84d3-45c8-87b0-40b8124b92b3")
Lower = Annotated[str, StringConstraints(to_lower=True)]


class Line(BaseModel):
    """What is ordered."""

    sku: str
    n: int = 1
    parts: list[Line] = []


def by_sku(lines: list[Line]) -> list[Line]:
    """In order."""
    return sorted(lines, key=lambda line: line.sku)


class Card(BaseModel):
    """Paid by card."""

    kind: Literal["card", "debit"] = "card"
    number: str


class Bank(BaseModel):
    """Paid by transfer."""

    kind: Literal["bank"] = "bank"
    iban: str
    note: str | None = None


class Order(Entity, table=orders):
    """An order, with values of every kind that has others inside."""

    order_id: str
    title: str = ""
    by_moment: dict[datetime, int] = {}  # noqa: RUF012
    by_day: dict[date, int] = {}  # noqa: RUF012
    by_span: dict[timedelta, int] = {}  # noqa: RUF012
    by_int: dict[int, int] = {}  # noqa: RUF012
    by_decimal: dict[Decimal, int] = {}  # noqa: RUF012
    by_float: dict[float, int] = {}  # noqa: RUF012
    by_uuid: dict[UUID, int] = {}  # noqa: RUF012
    by_lower: dict[Lower, int] = {}  # noqa: RUF012
    deep: list[dict[int, int]] | None = None
    maps: dict[int, Line] = {}  # noqa: RUF012
    folded: dict[Lower, Line] = {}  # noqa: RUF012
    way: Card | Bank | str | None = None
    ways: list[Card | Bank] = []  # noqa: RUF012
    ways_by_name: dict[str, Card | Bank] = {}  # noqa: RUF012
    lines: list[Line] = []  # noqa: RUF012
    queue: deque[Line] = deque()  # noqa: RUF012
    row: tuple[Line, ...] = ()
    ranked: Annotated[list[Line], AfterValidator(by_sku)] = []  # noqa: RUF012
    pair: tuple[Line, Card | Bank] | None = None

    key = orders.primary.key("ORDER#{order_id}", "ORDER")


Write = Callable[[Backend, Order, dict[str, Any]], Order]


def by_update(db: Backend, read: Order, changes: dict[str, Any]) -> Order:
    return db.repository.write(update(read, read.model_copy(update=changes)))


def by_upsert(db: Backend, read: Order, changes: dict[str, Any]) -> Order:
    return db.repository.write(upsert(read.model_copy(update=changes)))


@pytest.fixture
def db(open_backend: OpenBackend) -> Backend:
    return open_backend(orders)


@pytest.fixture(params=[by_update, by_upsert])
def write(request: pytest.FixtureRequest) -> Write:
    found: Write = request.param
    return found


def text(value: str) -> AttributeValue:
    return {"S": value}


def map_of(**values: AttributeValue) -> AttributeValue:
    return {"M": values}


def line(sku: str, note: str | None = None) -> AttributeValue:
    more = {} if note is None else {"note": text(note)}
    return map_of(sku=text(sku), n={"N": "1"}, **more)


def read_with(db: Backend, **attributes: AttributeValue) -> Order:
    """Stores an order of another program, and reads it."""
    key = {"PK": text("ORDER#1"), "SK": text("ORDER"), "entity": text("Order")}
    item = {**key, "order_id": text("1"), **attributes}
    db.client.put_item(TableName=db.name, Item=item)
    return fetch(db)


def fetch(db: Backend) -> Order:
    found = db.repository.fetch(Order.key.get(order_id="1"))
    assert found is not None
    return found


def stored(db: Backend, name: str) -> Any:
    item = db.raw(PK="ORDER#1", SK="ORDER")
    assert item is not None
    [payload] = item[name].values()
    return payload


def notes(elements: list[Any]) -> list[str | None]:
    """The note that each stored element has."""
    return [each["M"].get("note", {"S": None})["S"] for each in elements]


OTHERWISE: dict[str, tuple[str, Any]] = {
    "by_moment": ("2026-01-01T00:00:00Z", datetime(2026, 2, 1, tzinfo=UTC)),
    "by_int": ("01", 2),
    "by_decimal": ("1.0", Decimal(2)),
    "by_float": ("1.00", 2.5),
    "by_span": ("1.0", timedelta(2)),
    "by_uuid": (str(ID).upper(), UUID(int=1)),
    "by_lower": ("Kim", "lee"),
}


@pytest.mark.parametrize("field", OTHERWISE)
def test_an_entry_that_was_spelt_otherwise_is_replaced(
    db: Backend, write: Write, field: str
) -> None:
    """And not stored beside its other spelling, which could not be read."""
    spelling, other = OTHERWISE[field]
    read = read_with(db, **{field: {"M": {spelling: {"N": "1"}}}})
    wanted = {**getattr(read, field), other: 2}
    assert getattr(write(db, read, {field: wanted}), field) == wanted
    assert getattr(fetch(db), field) == wanted
    assert len(stored(db, field)) == 2


@pytest.mark.parametrize("field", OTHERWISE)
def test_an_entry_that_was_spelt_otherwise_is_removed(
    db: Backend, write: Write, field: str
) -> None:
    read = read_with(db, **{field: {"M": {OTHERWISE[field][0]: {"N": "1"}}}})
    write(db, read, {field: {}})
    assert getattr(fetch(db), field) == {}
    assert stored(db, field) == {}


def test_an_entry_deep_inside_is_replaced(db: Backend, write: Write) -> None:
    read = read_with(db, deep={"L": [{"M": {"01": {"N": "1"}}}, {"M": {"1.0": {"N": "2"}}}]})
    write(db, read, {"deep": [{1: 5}, {}]})
    assert fetch(db).deep == [{1: 5}, {}]


@pytest.mark.parametrize(
    ("field", "spelling", "key"), [("maps", "01", 1), ("folded", "Kim", "kim")]
)
def test_a_model_in_a_dict_keeps_its_names_under_the_new_spelling(
    db: Backend, write: Write, field: str, spelling: str, key: object
) -> None:
    read = read_with(db, **{field: {"M": {spelling: line("a", "A")}}})
    write(db, read, {field: {key: Line(sku="b")}})
    assert stored(db, field) == {str(key): {"M": {**line("b", "A")["M"], "parts": {"L": []}}}}


def test_another_variant_keeps_no_names_of_the_former(db: Backend, write: Write) -> None:
    """They may be names that it reads as its own."""
    card = map_of(kind=text("card"), number=text("4"), iban={"N": "7"}, note={"N": "7"})
    bank = Bank(iban="DE1")
    expected = map_of(kind=text("bank"), iban=text("DE1"))["M"]
    read = read_with(db, way=card, ways={"L": [card]}, ways_by_name={"M": {"a": card}})
    changes: dict[str, Any] = {"way": bank, "ways": [bank], "ways_by_name": {"a": bank}}
    assert write(db, read, changes).way == bank
    assert fetch(db).way == bank
    assert stored(db, "way") == expected
    assert stored(db, "ways") == [{"M": expected}]
    assert stored(db, "ways_by_name") == {"a": {"M": expected}}


@pytest.mark.parametrize("kind", ["card", "debit"])
def test_a_variant_that_stays_keeps_its_names(db: Backend, write: Write, kind: Any) -> None:
    """Also where the class stays and its kind changes."""
    card = map_of(kind=text("card"), number=text("4"), note=text("A"))
    read = read_with(db, way=card, ways={"L": [card]}, pair={"L": [line("a", "B"), card]})
    new = Card(kind=kind, number="5")
    write(db, read, {"way": new, "ways": [new], "pair": (Line(sku="b"), new)})
    assert stored(db, "way")["note"] == text("A")
    assert notes(stored(db, "ways")) == ["A"]
    assert notes(stored(db, "pair")) == ["B", "A"]


def test_a_model_in_place_of_text_or_nothing_gets_no_names(db: Backend, write: Write) -> None:
    for before in (text("cash"), None):
        read = read_with(db, **({"way": before} if before else {}))
        write(db, read, {"way": Card(number="4")})
        assert stored(db, "way") == {"kind": text("card"), "number": text("4")}


LISTS: dict[str, tuple[str, str, list[str | None]]] = {
    "as it was": ("aa", "aa", ["A", "B"]),
    "one appended to equal ones": ("aa", "aab", ["A", "B", None]),
    "one before equal ones": ("aa", "baa", [None, "A", "B"]),
    "the last replaced": ("aac", "aab", ["A", "B", "C"]),
    "one gone and one appended": ("ab", "bc", ["B", None]),
    "one gone and one before": ("ab", "ca", [None, "A"]),
    "turned round": ("abc", "cba", ["C", "B", "A"]),
    "one gone of three": ("abc", "ac", ["A", "C"]),
    "the first gone before an equal": ("aba", "ba", ["B", "C"]),
    "the first changed": ("aa", "ca", ["A", "B"]),
    "the first changed of equal ones": ("aaa", "caa", ["A", "B", "C"]),
    "two changed beside an equal": ("aab", "cad", ["A", "B", "C"]),
    "another one doubled": ("ab", "aa", ["A", "B"]),
    "another one doubled, and longer": ("ab", "aba", ["A", "B", None]),
    "all new, and longer": ("a", "bc", [None, None]),
}


@pytest.mark.parametrize("field", ["lines", "queue", "row"])
@pytest.mark.parametrize("case", LISTS)
def test_names_stay_with_their_elements(db: Backend, write: Write, field: str, case: str) -> None:
    """With the equal one, once, or with the one in its place where the list is as long."""
    old, new, expected = LISTS[case]
    elements = [line(sku, note) for sku, note in zip(old, "ABC", strict=False)]
    read = read_with(db, **{field: {"L": elements}})
    kind: Callable[..., object] = {"lines": list, "queue": deque, "row": tuple}[field]
    write(db, read, {field: kind(Line(sku=sku) for sku in new), "title": "x"})
    assert "".join(each.sku for each in getattr(fetch(db), field)) == new
    assert notes(stored(db, field)) == expected


def test_an_element_is_equal_as_the_model_sees_it(db: Backend, write: Write) -> None:
    """Whether a default is stored, and however a number is spelt."""
    bare, spelt = map_of(sku=text("a"), note=text("A")), map_of(sku=text("b"), n={"N": "1.0"})
    read = read_with(db, lines={"L": [bare, {"M": {**spelt["M"], "note": text("B")}}]})
    write(db, read, {"lines": [Line(sku="c"), *reversed(read.lines)]})
    assert notes(stored(db, "lines")) == [None, "B", "A"]


def test_names_stay_inside_elements_of_elements(db: Backend, write: Write) -> None:
    inner = {"L": [line("x", "X"), line("y", "Y")]}
    read = read_with(db, lines={"L": [{"M": {**line("a", "A")["M"], "parts": inner}}]})
    changed = Line(sku="a", n=2, parts=[Line(sku="y"), Line(sku="z")])
    write(db, read, {"lines": [changed]})
    [element] = stored(db, "lines")
    assert notes([element]) == ["A"]
    assert notes(element["M"]["parts"]["L"]) == ["Y", None]


def test_what_was_built_by_hand_keeps_nothing(db: Backend) -> None:
    """Nobody knows what is stored where it goes."""
    db.repository.write(create(Order(order_id="1", lines=[Line(sku="a")])))
    read_with(db, lines={"L": [line("a", "A")]})
    before = Order(order_id="1", lines=[Line(sku="a")])
    db.repository.write(update(before, Order(order_id="1", lines=[Line(sku="b")])))
    assert notes(stored(db, "lines")) == [None]


def test_names_stay_with_elements_that_a_validator_sorts(db: Backend, write: Write) -> None:
    """Stored in another order by another program."""
    elements = [line("c", "C"), line("a", "A"), line("b", "B")]
    read = read_with(
        db, ranked={"L": [{"M": {**each["M"], "parts": {"L": []}}} for each in elements]}
    )
    assert "".join(each.sku for each in read.ranked) == "abc"
    write(db, read, {"ranked": [Line(sku="a"), Line(sku="b", n=2), Line(sku="c")]})
    assert notes(stored(db, "ranked")) == ["A", "B", "C"]
    read_with(db, ranked={"L": [{"M": {**each["M"], "parts": {"L": []}}} for each in elements]})
    write(db, fetch(db), {"ranked": [Line(sku="0"), Line(sku="b"), Line(sku="c"), Line(sku="d")]})
    assert notes(stored(db, "ranked")) == [None, "B", "C", None]
