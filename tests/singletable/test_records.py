"""Records: equal, hashed and shown as frozen dataclasses are."""

from __future__ import annotations

import base64
import copy
import importlib
import pickle
import pkgutil
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from dataclasses import FrozenInstanceError, dataclass, field, fields, is_dataclass, replace
from threading import Barrier
from typing import Any

import pytest

import singletable
from singletable.errors import Label
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
        Named("a")  # type: ignore[call-arg]
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


@record
class Later:
    """Its field cannot have this default, which dataclasses refuse."""

    value: list[int] = []  # noqa: RUF012


def test_a_class_is_made_a_dataclass_when_it_is_first_used() -> None:
    """By its fields, as by a call."""
    for use in (fields, lambda kind: kind()):
        with pytest.raises(ValueError, match="mutable default"):
            use(Later)


def test_patterns_know_the_fields_of_a_class_that_was_never_called() -> None:
    """And so do classes that are derived from it."""

    @record
    class Unused:
        left: int
        right: int = field(default=0, kw_only=True)

    @record
    class Derived(Unused):
        further: int = 1

    assert Unused.__match_args__ == ("left",)
    assert [each.name for each in fields(Derived)] == ["left", "right", "further"]
    assert Derived(1, 2).left == 1


def test_every_record_of_the_package_can_be_made() -> None:
    """Though many are never called."""
    for module in pkgutil.walk_packages(singletable.__path__, "singletable."):
        if module.name.endswith("__main__"):
            continue
        for kind in vars(importlib.import_module(module.name)).values():
            if isinstance(kind, type) and "__dataclass_fields__" in vars(kind):
                assert isinstance(fields(kind), tuple)


@pytest.mark.parametrize("_", range(100))
def test_threads_that_are_the_first_make_one_class(_: int) -> None:
    """Each of them sees it whole."""

    @record
    class Shared:
        value: int
        more: list[int] = field(default_factory=list[int])

    def use(value: int) -> tuple[object, ...]:
        barrier.wait()
        match Shared(value):
            case Shared(found, more):
                return found, more, len(fields(Shared))

    barrier = Barrier(4)
    with ThreadPoolExecutor(4) as pool:
        assert list(pool.map(use, range(4))) == [(each, [], 2) for each in range(4)]


def test_a_sealed_one_that_was_pickled_is_sealed() -> None:
    """In a process that has called no constructor, and asked for no field."""
    made = base64.b64encode(pickle.dumps(Label("taken", "the slug is taken"))).decode()
    program = f"""
import base64, pickle
label = pickle.loads(base64.b64decode({made!r}))
for change in (lambda: setattr(label, "name", "x"), lambda: delattr(label, "name")):
    try:
        change()
    except AttributeError:
        continue
    raise SystemExit("changed")
assert label.name == "taken"
"""
    subprocess.run([sys.executable, "-c", program], check=True)
