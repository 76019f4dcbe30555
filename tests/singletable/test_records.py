"""Records: equal, hashed and shown as frozen dataclasses are."""

from __future__ import annotations

import copy
import pickle
from dataclasses import dataclass, field, fields, is_dataclass, replace
from typing import Any

import pytest

from singletable.records import record


@record
class Point:
    x: int
    y: object = 0
    note: str = field(default="", compare=False)
    hidden: int = field(default=0, repr=False)


@record
class Point3(Point):
    z: int = 0


@record
class One:
    value: object


@record
class Nothing:
    pass


@record
class Own:
    value: int

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Own)

    def __hash__(self) -> int:
        return 7

    def __repr__(self) -> str:
        return "own"


@dataclass(frozen=True)
class Frozen:
    x: int
    y: object = 0
    note: str = field(default="", compare=False)
    hidden: int = field(default=0, repr=False)


PAIRS: list[tuple[tuple[Any, ...], dict[str, Any]]] = [
    ((1,), {}),
    ((1, 2), {}),
    ((1,), {"note": "other"}),
    ((1,), {"hidden": 3}),
    ((True,), {}),
    ((1, float("nan")), {}),
    ((1, "text"), {"note": "n", "hidden": 1}),
]


@pytest.mark.parametrize("one", PAIRS, ids=str)
@pytest.mark.parametrize("other", PAIRS, ids=str)
def test_they_are_equal_and_hashed_as_dataclasses_are(
    one: tuple[tuple[Any, ...], dict[str, Any]], other: tuple[tuple[Any, ...], dict[str, Any]]
) -> None:
    """But for fields that are not compared."""
    mine = [Point(*args, **named) for args, named in (one, other)]
    theirs = [Frozen(*args, **named) for args, named in (one, other)]
    assert (mine[0] == mine[1]) is (theirs[0] == theirs[1])
    assert (hash(mine[0]) == hash(mine[1])) is (hash(theirs[0]) == hash(theirs[1]))
    assert repr(mine[0]) == repr(theirs[0]).replace("Frozen", "Point")


def test_those_of_another_class_are_others() -> None:
    """Also of one that is derived, and of none."""
    others: list[object] = [Point(1), Point3(1), Frozen(1), One(1), (1,), Nothing()]
    assert [others.index(each) for each in others] == [*range(6)]
    assert Nothing() == Nothing()
    assert len({One(1), One(1), One(2), Nothing(), Nothing()}) == 3


def test_what_a_class_says_itself_is_kept() -> None:
    """Comparison, hash and text."""
    assert Own(1) == Own(2)
    assert (hash(Own(1)), repr(Own(1))) == (7, "own")


def test_what_cannot_be_hashed_is_not() -> None:
    """As of dataclasses."""
    with pytest.raises(TypeError, match="unhashable"):
        hash(One([]))


def test_a_value_is_equal_to_itself_though_it_says_otherwise() -> None:
    """As in a tuple."""
    nan = float("nan")
    assert One(nan) == One(nan)


def test_they_are_dataclasses_in_all_else() -> None:
    """Fields, copies, pickles, patterns of `match`."""
    point = Point3(1, 2, z=3)
    assert is_dataclass(point)
    assert [each.name for each in fields(point)] == ["x", "y", "note", "hidden", "z"]
    assert replace(point, x=5) == Point3(5, 2, z=3)
    assert copy.deepcopy(point) == point == pickle.loads(pickle.dumps(point))  # noqa: S301
    match point:
        case Point3(x, y):
            assert (x, y) == (1, 2)
