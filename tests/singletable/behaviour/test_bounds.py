"""No partial update makes an item that its model cannot read: bounds are kept by condition."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal
from enum import IntEnum
from typing import Annotated, Any, NewType

import pytest
from annotated_types import Interval
from pydantic import AfterValidator, Field, PositiveInt, StringConstraints, conint, field_validator

from singletable import (
    Entity,
    Label,
    Patch,
    Repository,
    Table,
    access_pattern,
    attr,
    create,
    transaction,
)
from singletable.design.compile_operations import compile_operation
from singletable.errors.declaration import ContradictoryPattern
from singletable.errors.request import (
    ConditionFailed,
    InvalidItem,
    InvalidOperation,
    TransactionCancelled,
)
from singletable.expressions import Condition
from singletable.formats import integer
from singletable.patterns import declarations_of
from tests.backends import Backend
from tests.conftest import OpenBackend
from tests.singletable.raises import raises

stocks = Table("stocks")
gsi1 = stocks.global_index("GSI1", partition_key="GSI1PK", sort_key="GSI1SK")

Count = NewType("Count", int)
EMPTY = Label("empty", "nothing is left")


class Grade(IntEnum):
    """Grades."""

    ONE = 1


class Stock(Entity, table=stocks):
    """A stock of something, with bounds as Pydantic lets one write them."""

    sku: str
    left: Annotated[int, Field(ge=0)] = 0
    nested: Annotated[Annotated[Count, Field(gt=0)], Field(lt=10)] = Count(5)
    maybe: Annotated[int, Interval(ge=-2, le=2)] | None = None
    kind: conint(ge=1, le=3) = 2  # type: ignore[valid-type]
    positive: PositiveInt = 1
    price: Annotated[Decimal, Field(ge=0, decimal_places=2)] = Decimal(0)
    dozens: Annotated[int, Field(multiple_of=12)] = 0
    share: Annotated[float, Field(ge=0, le=1)] = 0.5
    wait: Annotated[timedelta, Field(le=timedelta(hours=1))] = timedelta(0)
    digits: Annotated[int, integer(0, 99)] = 0
    free: int = 0
    log: Annotated[list[str], Field(max_length=3)] = []  # noqa: RUF012
    first: list[str] = ["first"]  # noqa: RUF012
    pair: tuple[int, ...] = ()
    words: set[Annotated[str, StringConstraints(max_length=3, to_lower=True)]] = set()  # noqa: RUF012
    names: set[str] = Field({"a"}, min_length=1)
    note: str = ""
    made: int = Field(le=9, default_factory=lambda: 7)
    rows: list[str] = Field(default_factory=lambda: ["a"])
    endless: Annotated[int, Field(ge=-(10**200), le=10**200)] = 0

    key = stocks.primary.key("STOCK#{sku}", "STOCK")


class Odd(Entity, table=stocks):
    """Fields whose limits no condition can say."""

    odd_id: str
    checked: Annotated[int, AfterValidator(abs)] = 0
    even: int = 0
    grade: Grade = Grade.ONE
    digits: Annotated[Decimal, Field(max_digits=3)] = Decimal(0)
    quarter: Annotated[float, Field(multiple_of=0.25)] = 0.0
    few: Annotated[set[str], Field(max_length=2)] = Field(set())
    sorted_list: Annotated[list[int], AfterValidator(sorted)] = Field([])
    fixed: tuple[int, int] = (1, 2)

    key = stocks.primary.key("ODD#{odd_id}", "ODD")

    @field_validator("even")
    @classmethod
    def check_even(cls, value: int) -> int:
        """Refuses odd numbers."""
        if value % 2:
            raise ValueError("odd")
        return value


@pytest.fixture
def db(open_backend: OpenBackend) -> Backend:
    return open_backend(stocks)


@pytest.fixture
def store(db: Backend) -> Repository:
    db.repository.write(create(Stock(sku="a", left=1, names={"x"})))
    return db.repository


def patch() -> Patch[Stock]:
    return Stock.key.patch(sku="a")


def stock(store: Repository) -> Stock:
    found = store.fetch(Stock.key.get(sku="a"))
    assert found is not None
    return found


def test_a_sum_below_its_bound_is_refused_and_nothing_written(store: Repository) -> None:
    assert store.write(patch().add(left=-1)).left == 0
    for _ in range(2):
        with raises(ConditionFailed, reason="left must stay at least 0") as caught:
            store.write(patch().add(left=-1))
        assert caught.value.labels == ()
        assert stock(store).left == 0


BEYOND: list[dict[str, Any]] = [
    {"left": -2},
    {"nested": -5},
    {"nested": 5},
    {"maybe": 3},
    {"maybe": -3},
    {"kind": 2},
    {"kind": -2},
    {"positive": -1},
    {"price": Decimal("-0.01")},
    {"share": 0.75},
    {"share": -0.75},
    {"wait": timedelta(hours=1, microseconds=1)},
    {"digits": -1},
    {"digits": 100},
]


@pytest.mark.parametrize("sums", BEYOND, ids=repr)
def test_each_way_to_write_a_bound_is_kept(store: Repository, sums: dict[str, Any]) -> None:
    before, (field,) = stock(store), sums
    with raises(ConditionFailed, reason=f"{field} must stay"):
        store.write(patch().add(**sums))
    assert stock(store) == before


@pytest.mark.parametrize(
    ("sums", "result"),
    [
        ({"left": -1}, 0),
        ({"nested": 4}, 9),
        ({"maybe": -2}, -2),
        ({"kind": 1}, 3),
        ({"price": Decimal("0.05")}, Decimal("0.05")),
        ({"share": 0.5}, 1.0),
        ({"wait": timedelta(hours=1)}, timedelta(hours=1)),
        ({"digits": 99}, 99),
        ({"dozens": 24}, 24),
        ({"free": -7}, -7),
    ],
    ids=repr,
)
def test_the_bound_itself_is_within(store: Repository, sums: dict[str, Any], result: Any) -> None:
    (field,) = sums
    assert getattr(store.write(patch().add(**sums)), field) == result


@pytest.mark.parametrize("sums", BEYOND, ids=repr)
def test_an_absent_attribute_counts_as_its_default(
    db: Backend, store: Repository, sums: dict[str, Any]
) -> None:
    """Sums start there, so the bound is looked at from there."""
    (field,) = sums
    db.client.put_item(
        TableName=db.name,
        Item={
            name: {"S": text}
            for name, text in {
                "PK": "STOCK#a",
                "SK": "STOCK",
                "entity": "Stock",
                "sku": "a",
            }.items()
        }
        | {"names": {"SS": ["x"]}},
    )
    before = stock(store)
    with raises(ConditionFailed, reason=f"{field} must stay"):
        store.write(patch().add(**sums))
    assert stock(store) == before


def test_transactions_keep_bounds(store: Repository) -> None:
    write = patch().add(left=-2)
    with pytest.raises(TransactionCancelled) as caught:
        store.write(transaction(create(Stock(sku="b", names={"x"})), write))
    assert isinstance(caught.value.failures[1], ConditionFailed)
    assert "left must stay at least 0" in str(caught.value.failures[1])
    assert stock(store).left == 1


@pytest.mark.parametrize("sku", ["a", "new"])
def test_upserts_keep_bounds(store: Repository, sku: str) -> None:
    """Of items that are there, and of those that they would make."""
    upsert = Stock.key.upsert(sku=sku).set_if_absent(names={"x"})
    with raises(ConditionFailed, reason="left must stay at least 0"):
        store.write(upsert.add(left=-2))
    assert (store.fetch(Stock.key.get(sku=sku)) is None) == (sku == "new")
    assert store.write(upsert.add(left=2)).left == (3 if sku == "a" else 2)


def test_a_label_of_a_condition_on_the_same_field_is_told(store: Repository) -> None:
    """The caller's words come first where both say the same."""
    taken = patch().add(left=-2).when(attr("left").at_least(2), label=EMPTY)
    with pytest.raises(ConditionFailed) as caught:
        store.write(taken)
    assert (caught.value.label, str(caught.value)) == (EMPTY, "nothing is left")


@pytest.mark.parametrize(
    "held", [attr("note").equals(""), attr("free").equals(0), attr("left").at_most(1)], ids=repr
)
def test_a_label_of_a_condition_that_held_is_not_told_alone(
    store: Repository, held: Condition
) -> None:
    """It may be the bound: then no single label is right."""
    open_ = Label("open", "it is closed")
    with pytest.raises(ConditionFailed) as caught:
        store.write(patch().add(left=-2).when(held, label=open_))
    assert caught.value.label is None
    assert caught.value.labels[0] == open_
    assert "left must stay at least 0" in str(caught.value)


def test_the_label_of_a_write_covers_its_bounds(store: Repository) -> None:
    with pytest.raises(ConditionFailed) as caught:
        store.write(patch().add(left=-2).label(EMPTY))
    assert (caught.value.label, str(caught.value)) == (EMPTY, "nothing is left")


def test_a_list_grows_up_to_its_length(store: Repository) -> None:
    store.write(patch().append(log=["a", "b"]))
    with raises(ConditionFailed, reason="log must stay at most 3 long"):
        store.write(patch().append(log=["c", "d"]))
    assert store.write(patch().append(log=["c"])).log == ["a", "b", "c"]


def test_an_append_starts_from_the_default(db: Backend, store: Repository) -> None:
    """What is read as absent is what grows."""
    db.client.update_item(
        TableName=db.name,
        Key={"PK": {"S": "STOCK#a"}, "SK": {"S": "STOCK"}},
        UpdateExpression="REMOVE #f",
        ExpressionAttributeNames={"#f": "first"},
    )
    assert store.write(patch().append(first=["x"], pair=(1,))).first == ["first", "x"]


def test_changes_start_from_what_a_default_factory_makes(db: Backend, store: Repository) -> None:
    """As reading does."""
    db.client.update_item(
        TableName=db.name,
        Key={"PK": {"S": "STOCK#a"}, "SK": {"S": "STOCK"}},
        UpdateExpression="REMOVE made, #r",
        ExpressionAttributeNames={"#r": "rows"},
    )
    assert stock(store).made == 7
    with raises(ConditionFailed, reason="made must stay at most 9"):
        store.write(patch().add(made=3))
    written = store.write(patch().add(made=2).append(rows=["b"]))
    assert (written.made, written.rows) == (9, ["a", "b"])


def test_a_bound_beyond_all_numbers_is_no_bound(store: Repository) -> None:
    assert store.write(patch().add(endless=-5)).endless == -5


def test_elements_that_are_added_are_validated(store: Repository) -> None:
    assert store.write(patch().add(words={"ABC"})).words == {"abc"}
    with raises(InvalidItem, problems="words"):
        store.write(patch().add(words={"abcd"}))


def test_what_an_absent_field_would_break_cannot_be_unset(store: Repository) -> None:
    with raises(InvalidItem, problems="names"):
        store.write(patch().unset("names"))
    assert store.write(patch().add(maybe=1).unset("words")).maybe == 1


@pytest.mark.parametrize(
    ("sums", "allowed"),
    [({"dozens": 5}, "multiples of 12"), ({"price": Decimal("0.005")}, "2 decimal places")],
    ids=repr,
)
def test_steps_keep_multiples_and_decimal_places(sums: dict[str, Any], allowed: str) -> None:
    with raises(InvalidOperation, allowed=allowed):
        patch().add(**sums)


UNSAYABLE: list[Callable[[], object]] = [
    lambda: Odd.key.patch(odd_id="1").add(checked=1),
    lambda: Odd.key.patch(odd_id="1").add(even=2),
    lambda: Odd.key.patch(odd_id="1").add(grade=Grade.ONE),
    lambda: Odd.key.patch(odd_id="1").add(digits=Decimal(1)),
    lambda: Odd.key.patch(odd_id="1").add(quarter=0.25),
    lambda: Odd.key.patch(odd_id="1").add(few={"a"}),
    lambda: Odd.key.patch(odd_id="1").append(sorted_list=[1]),
    lambda: Odd.key.patch(odd_id="1").append(fixed=(1, 2)),
    lambda: Odd.key.upsert(odd_id="1").add(checked=1),
]


@pytest.mark.parametrize("write", UNSAYABLE)
def test_computing_a_field_whose_limits_cannot_be_said_is_refused(
    write: Callable[[], object],
) -> None:
    with raises(InvalidOperation, declared="may not fit the field"):
        write()


def test_a_pattern_that_computes_such_a_field_does_not_import() -> None:
    def count(odd_id: str, by: int) -> Patch[Odd]:
        """Counts."""
        return Odd.key.patch(odd_id=odd_id).add(checked=by)

    with raises(ContradictoryPattern, declared="has a validator"):
        access_pattern(count)


def test_a_traced_change_shows_its_bounds() -> None:
    """In the condition, in the pattern's own words, and among what it may be refused for."""

    def count(sku: str, by: int, more: list[str]) -> Patch[Stock]:
        """Counts."""
        return Stock.key.patch(sku=sku).add(left=by, kind=by).append(log=more)

    access_pattern(count)
    (pattern,) = declarations_of(stocks).patterns.values()
    (action,) = compile_operation(pattern.operation).writes
    assert action.condition is not None
    assert action.condition.text == (
        'entity = "Stock" AND (attribute_not_exists(left) OR left >= -{by})'
        " AND (attribute_not_exists(kind) OR kind >= 1 - {by})"
        " AND (attribute_not_exists(kind) OR kind <= 3 - {by})"
        " AND (attribute_not_exists(log) OR size(log) <= 3 - size of {more})"
    )
    assert [refusal.message for refusal in action.refusals if refusal.message] == [
        "left must stay at least 0",
        "kind must stay at least 1",
        "kind must stay at most 3",
        "log must stay at most 3 long",
    ]
