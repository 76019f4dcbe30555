"""Records: equal, hashed and shown as frozen dataclasses are."""

from __future__ import annotations

import copy
import pickle
from dataclasses import FrozenInstanceError, dataclass, field, fields, is_dataclass, replace
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


@record(kw_only=True)
class Named:
    name: str
    parts: list[int] = field(default_factory=list[int])
    seen: set[int] = field(default_factory=set[int], init=False)
    total: int = field(default=0, init=False)

    def __post_init__(self) -> None:
        self.seen.update(self.parts)


@record(sealed=True)
class Base:
    x: int


def test_constructors_take_what_those_of_dataclasses_take() -> None:
    """Also the first that is called, which makes the others."""
    made = [Named(name="a", parts=[1]), Named(name="b"), Named(name="c")]
    assert [each.seen for each in made] == [{1}, set(), set()]
    assert made[1].parts is not made[2].parts
    assert made[0].total == 0
    with pytest.raises(TypeError, match=r"Named\.__init__\(\) missing 1 required"):
        Named()  # type: ignore[call-arg]
    with pytest.raises(TypeError, match="positional"):
        Named("a")  # type: ignore[misc]
    with pytest.raises(TypeError, match="unexpected keyword argument 'total'"):
        Named(name="a", total=1)  # type: ignore[call-arg]


def test_sealed_ones_refuse_assignments_and_have_frozen_descendants() -> None:
    """Whose constructors are made by dataclasses."""

    @dataclass(frozen=True)
    class Derived(Base):
        y: int = 2

    derived = Derived(1)
    assert (derived.x, derived.y) == (1, 2)
    for instance in (Base(1), derived):
        with pytest.raises(FrozenInstanceError):
            instance.x = 3  # type: ignore[misc]
        assert instance.x == 1


def test_without_comparison_each_is_equal_to_itself_alone() -> None:
    """And hashed as other objects are, whatever it holds."""

    @record(eq=False)
    class Apart:
        value: list[int]

    one, other = Apart([1]), Apart([1])
    assert one != other
    assert {one, other} == {other, one}
    assert len({one, other, one}) == 2
