"""A condition says of a stored item what Python says of the entity that is read from it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from dataclasses import field as member
from decimal import Decimal
from enum import StrEnum
from operator import and_, eq, ge, gt, le, lt, ne, or_
from typing import Annotated, Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pydantic import BaseModel, ConfigDict, Field

from singletable import Entity, Table, attr
from singletable.entity import schema_of
from singletable.formats import text
from singletable.inspect import Condition
from tests.backends import ON_LOCAL
from tests.conftest import OpenBackend

attic = Table("attic")
SOME = settings(max_examples=300, deadline=None, suppress_health_check=list(HealthCheck))


class Colour(StrEnum):
    RED = "red"
    BLUE = "blue"


class Address(BaseModel):
    model_config = ConfigDict(populate_by_name=True)
    zip_code: str = Field(alias="zipCode")
    floor: Annotated[int, Field(serialization_alias="storey")] = 1
    note: str | None = None


@dataclass
class Lid:
    width: int
    colour: Colour = Colour.RED
    marks: list[str] = member(default_factory=list)


class Box(Entity, table=attic):
    """A box; nearly everything about it came later."""

    box_id: str
    weight: int
    copies: int = 1
    places: int = 2
    hidden: bool = False
    colour: Colour = Colour.RED
    price: Decimal = Decimal("1.5")
    label: Annotated[str, text(lower=True)] = "none"
    owner: str | None = None
    keeper: str | None = "ada"
    tags: set[str] = Field(default_factory=set)
    log: list[str] = Field(default_factory=list)
    fixed: list[int] = Field(default=[1, 2])
    address: Address | None = None
    home: Address = Address(zip_code="0", floor=2)
    lids: list[Lid] = Field(default_factory=list)
    sizes: dict[str, int] = Field(default_factory=dict)

    key = attic.primary.key("BOXES", "{box_id}")


TEXTS = st.sampled_from(["a", "ab", "b", "none", "0", "ada"])
NUMBERS = st.integers(0, 3)
COLOURS = st.sampled_from(Colour)
DECIMALS = st.sampled_from([Decimal(1), Decimal("1.5"), Decimal(2)])
ADDRESSES = st.builds(Address, zip_code=TEXTS, floor=NUMBERS, note=st.none() | TEXTS)
LIDS = st.builds(Lid, width=NUMBERS, colour=COLOURS, marks=st.lists(TEXTS, max_size=2))
BOXES = st.builds(
    Box,
    box_id=st.uuids().map(str),
    weight=NUMBERS,
    copies=NUMBERS,
    places=NUMBERS,
    hidden=st.booleans(),
    colour=COLOURS,
    price=DECIMALS,
    label=TEXTS,
    owner=st.none() | TEXTS,
    keeper=st.none() | TEXTS,
    tags=st.sets(TEXTS, max_size=2),
    log=st.lists(TEXTS, max_size=2),
    fixed=st.lists(NUMBERS, max_size=2),
    address=st.none() | ADDRESSES,
    home=ADDRESSES,
    lids=st.lists(LIDS, max_size=2),
    sizes=st.dictionaries(TEXTS, NUMBERS, max_size=2),
)
LATER = sorted(Box.model_fields.keys() - {"box_id", "weight"})


@st.composite
def stored(draw: Any) -> dict[str, Any]:
    """The item of a box, some of it from before some of its fields, and of those inside."""
    item: dict[str, Any] = dict(schema_of(Box).encode(draw(BOXES)))
    for name in draw(st.sets(st.sampled_from(LATER))):
        item.pop(name, None)
    maps = [item.get(name) for name in ("address", "home")]
    maps += item.get("lids", {}).get("L", [])
    for holder in filter(None, maps):
        for name in draw(st.sets(st.sampled_from(["storey", "note", "colour", "marks"]))):
            holder["M"].pop(name, None)
    return item


PLACES: dict[tuple[Any, ...], Any] = {
    ("weight",): NUMBERS,
    ("copies",): NUMBERS,
    ("price",): DECIMALS,
    ("colour",): COLOURS,
    ("label",): TEXTS,
    ("owner",): TEXTS,
    ("keeper",): TEXTS,
    ("address", "zip_code"): TEXTS,
    ("address", "floor"): NUMBERS,
    ("address", "note"): TEXTS,
    ("home", "floor"): NUMBERS,
    ("home", "note"): TEXTS,
    ("fixed", 0): NUMBERS,
    ("log", 1): TEXTS,
    ("lids", 0, "width"): NUMBERS,
    ("lids", 0, "colour"): COLOURS,
    ("sizes", "a"): NUMBERS,
}
WHOLE: dict[tuple[Any, ...], Any] = {
    **PLACES,
    ("hidden",): st.booleans(),
    ("tags",): st.sets(TEXTS, min_size=1, max_size=2),
    ("log",): st.lists(TEXTS, max_size=2),
    ("fixed",): st.lists(NUMBERS, max_size=2),
}
TEXTUAL = [("label",), ("owner",), ("keeper",), ("address", "zip_code"), ("home", "note")]
SIZED = [("tags",), ("log",), ("fixed",), ("sizes",), ("label",), ("owner",), ("lids", 0, "marks")]
HOLDING = {
    ("tags",): TEXTS,
    ("log",): TEXTS,
    ("fixed",): NUMBERS,
    ("lids", 0, "marks"): TEXTS,
    ("label",): TEXTS,
}
OPTIONAL = [("owner",), ("keeper",), ("tags",), ("address",), ("address", "zip_code"), ("log", 0)]
PAIRS = [
    (("copies",), ("places",)),
    (("weight",), ("copies",)),
    (("owner",), ("keeper",)),
    (("label",), ("owner",)),
    (("home", "floor"), ("address", "floor")),
    (("sizes", "a"), ("lids", 0, "width")),
]
EQUALITIES: dict[str, Callable[[Any, Any], bool]] = {"equals": eq, "differs_from": ne}
ORDERS: dict[str, Callable[[Any, Any], bool]] = {
    "less_than": lt,
    "at_most": le,
    "greater_than": gt,
    "at_least": ge,
}
Answer = Callable[[Box], bool]


def path(steps: tuple[Any, ...]) -> Any:
    found: Any = attr(steps[0])
    for step in steps[1:]:
        found = found[step]
    return found


def read(box: Box, steps: tuple[Any, ...]) -> Any:
    """What stands at a path; None where there is nothing."""
    value: Any = box
    for step in steps:
        if isinstance(value, (list, dict)):
            keys = range(len(value)) if isinstance(value, list) else value
            value = value[step] if step in keys else None
        else:
            value = getattr(value, step, None)
    return value


def ordered(compare: Callable[[Any, Any], bool], one: Any, other: Any) -> bool:
    return one is not None and other is not None and compare(one, other)


@st.composite
def equalities(draw: Any) -> tuple[Condition, Answer]:
    steps, name = (
        draw(st.sampled_from(sorted(WHOLE, key=str))),
        draw(st.sampled_from([*EQUALITIES])),
    )
    value, compare = draw(WHOLE[steps]), EQUALITIES[name]
    return getattr(path(steps), name)(value), lambda box: compare(read(box, steps), value)


@st.composite
def orders(draw: Any) -> tuple[Condition, Answer]:
    steps, name = draw(st.sampled_from(sorted(PLACES, key=str))), draw(st.sampled_from([*ORDERS]))
    value, compare = draw(PLACES[steps]), ORDERS[name]
    answer = lambda box: ordered(compare, read(box, steps), value)  # noqa: E731
    return getattr(path(steps), name)(value), answer


@st.composite
def ranges(draw: Any) -> tuple[Condition, Answer]:
    steps = draw(st.sampled_from(sorted(PLACES, key=str)))
    low, high = sorted([draw(PLACES[steps]), draw(PLACES[steps])])
    return path(steps).between(
        low, high
    ), lambda box: ordered(ge, read(box, steps), low) and ordered(le, read(box, steps), high)


@st.composite
def memberships(draw: Any) -> tuple[Condition, Answer]:
    steps = draw(st.sampled_from(sorted(WHOLE, key=str)))
    values = draw(st.lists(WHOLE[steps], min_size=1, max_size=3))
    return path(steps).is_in(*values), lambda box: read(box, steps) in values


@st.composite
def searches(draw: Any) -> tuple[Condition, Answer]:
    if draw(st.booleans()):
        steps, part = draw(st.sampled_from(TEXTUAL)), draw(TEXTS)
        return path(steps).begins_with(part), lambda box: (read(box, steps) or "").startswith(part)
    steps = draw(st.sampled_from(sorted(HOLDING)))
    part = draw(HOLDING[steps])
    return path(steps).contains(part), lambda box: part in (read(box, steps) or ())


@st.composite
def sizes(draw: Any) -> tuple[Condition, Answer]:
    steps, name = draw(st.sampled_from(SIZED)), draw(st.sampled_from([*ORDERS, *EQUALITIES]))
    count, compare = draw(st.integers(0, 4)), (ORDERS | EQUALITIES)[name]

    def answer(box: Box) -> bool:
        value = read(box, steps)
        if value is None:  # nothing has no size, and so differs from every size
            return name == "differs_from"
        return compare(len(value), count)

    return getattr(path(steps).size(), name)(count), answer


@st.composite
def presences(draw: Any) -> tuple[Condition, Answer]:
    steps = draw(st.sampled_from(OPTIONAL))
    if draw(st.booleans()):
        return path(steps).exists(), lambda box: read(box, steps) not in (None, set())
    return path(steps).is_absent(), lambda box: read(box, steps) in (None, set())


@st.composite
def pairs(draw: Any) -> tuple[Condition, Answer]:
    one, other = draw(st.permutations(draw(st.sampled_from(PAIRS))))
    name = draw(st.sampled_from([*ORDERS, *EQUALITIES]))
    condition = getattr(path(one), name)(path(other))
    if name in EQUALITIES:
        return condition, lambda box: EQUALITIES[name](read(box, one), read(box, other))
    return condition, lambda box: ordered(ORDERS[name], read(box, one), read(box, other))


LEAVES = st.one_of(
    equalities(), orders(), ranges(), memberships(), searches(), sizes(), presences(), pairs()
)


def negated(asked: tuple[Condition, Answer]) -> tuple[Condition, Answer]:
    condition, answer = asked
    return ~condition, lambda box: not answer(box)


def joined(join: Any) -> Any:
    def make(sides: tuple[Any, Any]) -> tuple[Condition, Answer]:
        (one, says_one), (other, says_other) = sides
        return join(one, other), lambda box: bool(join(says_one(box), says_other(box)))

    return make


CONDITIONS = st.recursive(
    LEAVES,
    lambda inner: st.one_of(
        inner.map(negated),
        st.tuples(inner, inner).map(joined(and_)),
        st.tuples(inner, inner).map(joined(or_)),
    ),
    max_leaves=4,
)


@pytest.mark.parametrize(
    "open_backend",
    ["memory", ON_LOCAL],
    indirect=True,  # moto fails at the size of what is absent, and at positions of lists
)
def test_a_condition_says_what_python_says_of_the_entity(open_backend: OpenBackend) -> None:
    """Whatever the item lacks, and however conditions are combined."""
    db = open_backend(attic)
    kept: list[str] = []

    @SOME
    @given(st.lists(stored(), min_size=1, max_size=3), CONDITIONS)
    def hold(items: list[dict[str, Any]], asked: tuple[Condition, Answer]) -> None:
        condition, answer = asked
        while kept:
            db.client.delete_item(
                TableName=db.name, Key={"PK": {"S": "BOXES"}, "SK": {"S": kept.pop()}}
            )
        for item in items:
            db.client.put_item(TableName=db.name, Item=item)
            kept.append(item["SK"]["S"])
        boxes = db.repository.fetch(Box.key.query()).items
        found = db.repository.fetch(Box.key.query().where(condition)).items
        assert found == tuple(box for box in boxes if answer(box))

    hold()
