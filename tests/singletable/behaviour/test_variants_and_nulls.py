"""Conditions say what Python says of what is read: in unions, and where None is stored as NULL."""

from __future__ import annotations

import operator
from collections.abc import Callable, Mapping
from itertools import product
from typing import Annotated, Any, Literal

import pytest
from pydantic import BaseModel, Field, JsonValue

from singletable import Entity, Query, Table, access_pattern, attr, create
from singletable.errors.request import ConditionFailed, InvalidItem, InvalidOperation
from singletable.expressions import Binder, Condition, Path
from tests.backends import Backend
from tests.conftest import OpenBackend, without_moto
from tests.singletable.raises import raises

payments = Table("payments")


class Chip(BaseModel):
    """A part of a card."""

    make: Literal["chip"] = "chip"
    pin: int = 7


class Stripe(BaseModel):
    """Another part of a card."""

    make: Literal["stripe"] = "stripe"
    track: int | None = None
    pin: str = "none"


class Card(BaseModel):
    """A card, whose limit is none by default."""

    kind: Literal["card"] = "card"
    number: str = "x0"
    limit: int | None = None
    part: Chip | Stripe = Chip()
    note: str = Field("card", serialization_alias="remark")


class Bank(BaseModel):
    """An account, whose limit is 5 by default."""

    kind: Literal["bank", "post"] = "bank"
    iban: str = "DE"
    limit: int = 5
    note: str = "bank"


class Cash(BaseModel):
    """Money, which has no limit and none of the other fields."""

    kind: Literal["cash"] = "cash"


Way = Card | Bank | Cash


class Payment(Entity, table=payments):
    """A payment, and what unions and None there may be in one."""

    payment_id: str
    way: Annotated[Way, Field(discriminator="kind")] = Bank(limit=9)
    spare: Way | None = None
    loose: str | Card | Bank = Card(limit=5)
    ways: list[Way | None] = Field(default_factory=list)
    by_name: dict[str, Card | None] = Field(default_factory=dict)
    counts: dict[str, int | None] = Field(default_factory=dict)
    row: list[int | None] = Field(default_factory=list)
    pair: tuple[int | None, str | None] = (1, "a")
    data: JsonValue = None
    words: str | None = None
    number: int | None = None

    key = payments.primary.key("PAYMENTS", "{payment_id}")


class One(BaseModel):
    """One of two that are alike but for their kind."""

    kind: Literal[1]
    count: int
    name: str


class Two(BaseModel):
    """The other."""

    name: str
    count: int
    kind: Literal[2]


class Shape(Entity, table=payments):
    """A thing whose variants are alike."""

    shape_id: str
    number: int
    same: One | Two
    key = payments.primary.key("SHAPES", "{shape_id}")


@access_pattern
def of_kind(kind: Literal["card", "post"]) -> Query[Payment]:
    """The payments of a kind."""
    return Payment.key.query().where(attr("way")["kind"].equals(kind))


@access_pattern
def at_limit(limit: int) -> Query[Payment]:
    """The payments of a limit."""
    return Payment.key.query().where(attr("way")["limit"].equals(limit))


ALL: dict[str, dict[str, Any]] = {
    "nothing": {},
    "card": {"way": Card(number="42", part=Stripe(track=3)), "spare": Card(), "loose": "DE"},
    "bank": {"way": Bank(iban="FR"), "spare": Bank(limit=0), "loose": Bank()},
    "post": {"way": Bank(kind="post"), "ways": [Card(limit=5), None], "loose": Card(limit=1)},
    "cash": {"way": Cash(), "spare": Cash(), "ways": [None, Bank()]},
    "none": {
        "by_name": {"a": None, "b": Card(limit=5)},
        "counts": {"a": None, "b": 1},
        "row": [None, 2],
        "pair": (None, None),
        "data": {"a": None, "b": [None, 1]},
    },
    "some": {
        "by_name": {"a": Card()},
        "counts": {"a": 1},
        "row": [1],
        "pair": (2, "b"),
        "data": {"a": 1, "b": {}},
        "words": "DE",
        "number": 5,
    },
}
PATHS: list[tuple[str | int, ...]] = [
    ("way", "kind"),
    ("way", "number"),
    ("way", "iban"),
    ("way", "limit"),
    ("way", "note"),
    ("way", "part", "make"),
    ("way", "part", "pin"),
    ("way", "part", "track"),
    ("spare", "kind"),
    ("spare", "limit"),
    ("spare", "note"),
    ("spare", "part", "pin"),
    ("loose", "limit"),
    ("loose", "kind"),
    ("loose", "iban"),
    ("ways", 0, "limit"),
    ("ways", 1, "note"),
    ("ways", 0),
    ("by_name", "a", "limit"),
    ("by_name", "b", "number"),
    ("by_name", "a"),
    ("counts", "a"),
    ("counts", "z"),
    ("row", 0),
    ("row", 1),
    ("pair", 0),
    ("pair", 1),
    ("data", "a"),
    ("data", "b", 0),
    ("data", "b", 1),
    ("words",),
    ("number",),
]
OPERANDS: list[Any] = [5, 1, 7, 9, 0, "DE", "card", "bank", "post", "chip", "none", "x0", "a"]
Compare = Callable[[Any, Any], bool]
OPERATORS: Mapping[str, Compare] = {
    "equals": operator.eq,
    "differs_from": operator.ne,
    "less_than": operator.lt,
    "at_least": operator.ge,
    "is_in": operator.eq,
    "begins_with": lambda value, part: isinstance(value, str) and value.startswith(part),
    "contains": lambda value, part: isinstance(value, str) and part in value,
}


def path_of(steps: tuple[str | int, ...]) -> Path:
    path = attr(str(steps[0]))
    for step in steps[1:]:
        path = path[step]
    return path


def read(entity: Any, steps: tuple[str | int, ...]) -> Any:
    """What Python reads there; None where there is no such thing."""
    value = entity
    for step in steps:
        try:
            value = getattr(value, str(step)) if isinstance(value, BaseModel) else value[step]
        except (AttributeError, KeyError, IndexError, TypeError):
            return None
    return value


def holds(name: str, value: Any, operand: Any) -> bool:
    if value is None or type(value) is not type(operand):
        return name == "differs_from"
    return OPERATORS[name](value, operand)


@pytest.fixture
def db(open_backend: OpenBackend) -> Backend:
    """With a payment of each kind; two of them from before most fields."""
    backend = open_backend(payments)
    for name, values in ALL.items():
        backend.repository.write(create(Payment(payment_id=name, **values)))
    old = {"PK": "PAYMENTS", "entity": "Payment"}
    way = {"M": {"kind": {"S": "bank"}}}
    card: dict[str, Any] = {"M": {"kind": {"S": "card"}, "iban": {"S": "DE"}}}
    null = {"NULL": True}
    backend.put(**old, SK="old", payment_id="old", way=way, loose=card, spare=null, words=null)
    backend.put(**old, SK="older", payment_id="older", way=card, loose={"S": "x"}, number=null)
    return backend


def conditions() -> dict[str, list[tuple[Condition, tuple[str | int, ...], str, Any]]]:
    """Those that can be asked, by path."""
    found: dict[str, list[tuple[Condition, tuple[str | int, ...], str, Any]]] = {}
    for steps, name, operand in product(PATHS, OPERATORS, OPERANDS):
        condition = getattr(path_of(steps), name)(operand)
        try:
            condition.resolve(Payment.key.schema.scope)
        except (InvalidItem, InvalidOperation):
            continue
        found.setdefault(str(steps), []).append((condition, steps, name, operand))
    return found


CONDITIONS = conditions()


def check_comparisons(db: Backend, path: str) -> None:
    query = Payment.key.query()
    entities = db.repository.fetch(query).items
    for condition, steps, name, operand in CONDITIONS[path]:
        expected = {e.payment_id for e in entities if holds(name, read(e, steps), operand)}
        found = {each.payment_id for each in db.repository.fetch(query.where(condition))}
        assert found == expected, (steps, name, operand)


@pytest.mark.parametrize("path", [path for path in CONDITIONS if "data" not in path])
def test_comparisons_say_what_python_says(db: Backend, path: str) -> None:
    """Of each variant of a union, of what is read as a default, and of None."""
    check_comparisons(db, path)


@without_moto
@pytest.mark.parametrize("path", [path for path in CONDITIONS if "data" in path])
def test_comparisons_of_any_type_say_what_python_says(db: Backend, path: str) -> None:
    """moto cannot order a text against a number."""
    check_comparisons(db, path)


@pytest.mark.parametrize("steps", PATHS, ids=str)
def test_absence_says_what_python_says(db: Backend, steps: tuple[str | int, ...]) -> None:
    """A refusal says that there is something always."""
    query, path = Payment.key.query(), path_of(steps)
    entities = db.repository.fetch(query).items
    expected = {each.payment_id for each in entities if read(each, steps) is None}
    for condition in (path.is_absent(), ~path.exists()):
        try:
            page = db.repository.fetch(query.where(condition))
        except InvalidOperation:
            assert not expected
        else:
            assert {each.payment_id for each in page} == expected


PAIRS: list[tuple[tuple[str | int, ...], tuple[str | int, ...]]] = [
    (("counts", "a"), ("counts", "z")),
    (("counts", "a"), ("row", 0)),
    (("counts", "a"), ("pair", 0)),
    (("row", 0), ("pair", 0)),
    (("row", 0), ("row", 1)),
    (("pair", 1), ("words",)),
    (("number",), ("row", 0)),
    (("by_name", "a", "limit"), ("number",)),
    (("number",), ("by_name", "b", "limit")),
]


@without_moto
@pytest.mark.parametrize("pair", PAIRS, ids=str)
def test_two_places_compare_as_in_python(
    db: Backend, pair: tuple[tuple[str | int, ...], tuple[str | int, ...]]
) -> None:
    """None is equal to None, stored or not; moto takes two absent places for equal always."""
    query = Payment.key.query()
    entities = db.repository.fetch(query).items
    for name in ("equals", "differs_from", "less_than", "at_least"):
        condition = getattr(path_of(pair[0]), name)(path_of(pair[1]))
        expected = set[str]()
        for each in entities:
            one, other = (read(each, steps) for steps in pair)
            both = one is not None and other is not None
            if OPERATORS[name](one, other) if both or name in ("equals", "differs_from") else False:
                expected.add(each.payment_id)
        page = db.repository.fetch(query.where(condition))
        assert {each.payment_id for each in page} == expected, name


def test_a_guard_on_another_variant_holds(db: Backend) -> None:
    """The default of a bank's field was counted of a card, and the guard was passed."""
    patch = Payment.key.patch(payment_id="card").set(words="x")
    with raises(ConditionFailed):
        db.repository.write(patch.when(attr("way")["iban"].equals("DE")))
    assert db.repository.write(patch.when(attr("way")["number"].equals("42"))).words == "x"


REFUSED: list[tuple[Any, type[Exception]]] = [
    (attr("way")["kind"].equals("coin"), InvalidItem),
    (attr("way")["kind"].is_in("card", "coin"), InvalidItem),
    (attr("way")["nonsense"].equals(1), InvalidOperation),
    (attr("way")["part"].equals(Chip()), InvalidOperation),
    (attr("way")["limit"].equals(attr("number")), InvalidOperation),
    (attr("number").less_than(attr("spare")["limit"]), InvalidOperation),
    (attr("ways")[0]["part"]["nonsense"].exists(), InvalidOperation),
]


@pytest.mark.parametrize("at", range(len(REFUSED)))
def test_what_no_variant_has_is_refused(at: int) -> None:
    condition, error = REFUSED[at]
    with pytest.raises(error):
        condition.resolve(Payment.key.schema.scope)


def test_fields_that_all_variants_have_alike_compare_with_others() -> None:
    """No variant is asked for."""
    condition = attr("same")["count"].less_than(attr("number"))
    assert condition.render(Binder(), Shape.key.schema.scope) == "#same.#count < #number"
    other = attr("same")["name"].equals("a")
    assert other.render(Binder(), Shape.key.schema.scope) == "#same.#name = :name"


def test_patterns_take_arguments_of_every_variant(db: Backend) -> None:
    """The field that tells them apart takes what any of them has."""
    found = db.repository.fetch(of_kind("card"))
    assert {each.payment_id for each in found} == {"card", "older"}
    assert {each.payment_id for each in db.repository.fetch(at_limit(5))} == {"bank", "old", "post"}


def test_a_text_is_no_number_of_another_variant(db: Backend) -> None:
    """Where one variant has texts and another numbers, each is asked for its own."""
    query, pin = Payment.key.query(), attr("way")["part"]["pin"]
    cases = [
        (pin.equals(7), {"older"}),
        (pin.equals("7"), set[str]()),
        (pin.is_in("7", 7), {"older"}),
        (pin.is_in("7", "none"), {"card"}),
        (pin.at_least("5"), {"card"}),
        (pin.between("5", "8"), set[str]()),
        (pin.between(5, 8), {"older"}),
    ]
    for condition, expected in cases:
        assert {each.payment_id for each in db.repository.fetch(query.where(condition))} == expected
