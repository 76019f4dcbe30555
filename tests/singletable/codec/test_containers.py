"""Lists, tuples, maps, sets: round trips, absence, order, depth."""

from __future__ import annotations

from decimal import Decimal
from enum import Enum, IntEnum, StrEnum
from typing import Any, Literal, NewType
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from singletable.codec import MISSING, compile_coder
from singletable.errors.declaration import UnsupportedAnnotation
from singletable.errors.request import UnstorableValue
from tests.singletable.raises import raises

TEXT = st.text(st.characters(codec="utf-8"), max_size=8)
NAMES = st.text(st.characters(codec="utf-8"), min_size=1, max_size=8)
INTS = st.integers(-(10**38) + 1, 10**38 - 1)
Tag = NewType("Tag", str)


class Color(StrEnum):
    RED = "red"
    BLUE = "blue"


class Plain(Enum):
    RED = "red"


TWICE = {Plain.RED: 1, "red": 2}


class Level(IntEnum):
    LOW = 1
    HIGH = 2


SETS: list[tuple[Any, Any]] = [
    (set[str], st.sets(TEXT)),
    (set[Tag], st.sets(TEXT)),
    (frozenset[int], st.frozensets(INTS)),
    (set[Decimal], st.sets(st.decimals("-1e9", "1e9", places=3))),
    (set[bytes], st.sets(st.binary(max_size=8))),
    (set[UUID], st.sets(st.uuids())),
    (set[Color], st.sets(st.sampled_from(Color))),
    (set[Level], st.sets(st.sampled_from(Level))),
]
OTHERS: list[tuple[Any, Any]] = [
    (list[int], st.lists(INTS)),
    (list[str | None], st.lists(st.none() | TEXT)),
    (tuple[int, ...], st.lists(INTS).map(tuple)),
    (tuple[int, str], st.tuples(INTS, TEXT)),
    (tuple[()], st.just(())),
    (dict[str, int], st.dictionaries(NAMES, INTS)),
    (dict[Tag, list[bool]], st.dictionaries(NAMES, st.lists(st.booleans()))),
    (dict[Color, float], st.dictionaries(st.sampled_from(Color), st.just(0.5))),
    (dict[Literal["a", "b"], int], st.dictionaries(st.sampled_from("ab"), INTS)),
    (list[set[int]], st.lists(st.sets(INTS, min_size=1))),
]


@pytest.mark.parametrize(("annotation", "strategy"), SETS + OTHERS, ids=str)
@given(data=st.data())
def test_containers_round_trip(annotation: Any, strategy: Any, data: st.DataObject) -> None:
    """A container comes back equal and of its type; an empty set by its absence."""
    coder = compile_coder(annotation, "T.x")
    value = data.draw(strategy)
    wire = coder.encode(value)
    back = coder.absent if wire is None else coder.decode(wire)
    assert back == value
    assert type(back) is type(value)
    assert wire == coder.encode(value)


@given(st.sets(INTS, min_size=1), st.randoms())
def test_set_order_does_not_depend_on_insertion(value: set[int], random: Any) -> None:
    """Equal sets give the same request, numbers in numeric order."""
    shuffled = list(value)
    random.shuffle(shuffled)
    wire = compile_coder(set[int], "T.x").encode(set(shuffled))
    assert wire == {"NS": [str(each) for each in sorted(value)]}


def test_an_empty_set_is_absent_as_a_field_and_refused_inside() -> None:
    """DynamoDB has no empty set: a field stores it by absence, a list cannot."""
    assert compile_coder(set[str], "T.x").encode(set()) is None
    assert compile_coder(set[str], "T.x").absent == set()
    with raises(UnstorableValue, where="T.x[0]", value=set(), reason="is empty"):
        compile_coder(list[set[str]], "T.x").encode([set()])


def test_none_is_absent_as_a_field_and_null_inside() -> None:
    """None is an absent attribute at the top level and NULL in lists and maps."""
    assert compile_coder(str | None, "T.x").encode(None) is None
    assert compile_coder(str | None, "T.x").absent is None
    assert compile_coder(str | None, "T.x").decode({"NULL": True}) is None
    assert compile_coder(str, "T.x").absent is MISSING
    assert compile_coder(list[str | None], "T.x").encode([None]) == {"L": [{"NULL": True}]}


def test_empty_list_and_map_are_stored() -> None:
    """An empty list and an empty map are values, not absences."""
    assert compile_coder(list[int], "T.x").encode([]) == {"L": []}
    assert compile_coder(dict[str, int], "T.x").encode({}) == {"M": {}}


@pytest.mark.parametrize(
    ("annotation", "value", "refused", "reason"),
    [
        (dict[str, list[int]], {"a": [1, 2, "x"]}, ('T.x["a"][2]', "x"), "is no int"),
        (tuple[int, str], (1, 2), ("T.x[1]", 2), "is no str"),
        (tuple[int, str], (1,), ("T.x", (1,)), "has 1 elements, not 2"),
        (list[int], (1,), ("T.x", (1,)), "is no list[int]"),
        (tuple[int, ...], [1], ("T.x", [1]), "is no tuple"),
        (dict[str, int], {1: 1}, ("T.x", 1), "as a key is no str"),
        (dict[str, int], {"": 1}, ("T.x", ""), "as a key is empty"),
        (dict[str, int], {"\ud800": 1}, ("T.x", "\ud800"), "as a key has a lone surrogate"),
        (dict[str, int], {"x" * 65536: 1}, ("T.x", "x" * 65536), "as a key is longer"),
        (dict[Plain, int], TWICE, ("T.x", TWICE), "same text"),
        (set[Plain], {Plain.RED, "red"}, ("T.x", {Plain.RED, "red"}), "stored alike"),
        (set[int], {1.5}, ("T.x", 1.5), "is no int"),
        (set[int], [1], ("T.x", [1]), "is no set[int]"),
        (dict[str, int], [], ("T.x", []), "is no dict"),
    ],
)
def test_refused(annotation: Any, value: Any, refused: tuple[str, Any], reason: str) -> None:
    """A refusal names the refused value and its path inside the container."""
    where, part = refused
    with raises(UnstorableValue, where=where, value=part, reason=reason):
        compile_coder(annotation, "T.x").encode(value)


@pytest.mark.parametrize(
    ("annotation", "wire", "message"),
    [
        (list[int], {"L": [{"N": "1"}, {"S": "x"}]}, r"^T\.x\[1\]: found 'S' 'x', expected int"),
        (list[int], {"L": {}}, r"malformed L"),
        (dict[str, int], {"M": {1: {"N": "1"}}}, r"malformed M"),
        (dict[str, int], {"M": {"a": {"S": "1"}}}, r"T\.x\[\"a\"\]: found 'S' '1'"),
        (dict[Color, int], {"M": {"pink": {"N": "1"}}}, r"T\.x\[\"pink\"\]: found key 'pink'"),
        (tuple[int, str], {"L": []}, r"found 0 elements"),
        (set[int], {"NS": ["x"]}, r"malformed NS"),
        (set[int], {"NS": ["1.5"]}, r"found '1.5'"),
        (set[str], {"L": []}, r"found 'L'"),
    ],
)
def test_malformed(annotation: Any, wire: Any, message: str) -> None:
    """A ValueError names the path of the attribute value inside the container."""
    with pytest.raises(ValueError, match=message):
        compile_coder(annotation, "T.x").decode(wire)


@pytest.mark.parametrize(
    "annotation",
    [
        set,
        set[float | str],
        set[list[int]],
        set[bool],
        dict[bool, str],
        dict[str | None, str],
        list[complex],
        "str",
        list["int"],
        complex,
        Ellipsis,
    ],
    ids=str,
)
def test_unsupported(annotation: Any) -> None:
    """What has no exact stored form is refused when it is declared."""
    with raises(UnsupportedAnnotation) as refused:
        compile_coder(annotation, "T.x")
    assert refused.value.where in {"T.x", "T.x[]"}


def nested(levels: int, leaf: Any) -> Any:
    value = leaf
    for _ in range(levels):
        value = [value]
    return value


def test_nesting_ends_at_the_thirty_second_level() -> None:
    """31 lists around a scalar are stored, 32 refused: the leaf would be at level 33."""
    coder = compile_coder(Any, "T.x")
    wire = coder.encode(nested(31, "leaf"))
    assert wire is not None
    assert coder.decode(wire) == nested(31, "leaf")
    with raises(UnstorableValue, reason="nested deeper"):
        coder.encode(nested(32, "leaf"))
    with pytest.raises(ValueError, match="below the last level"):
        coder.decode({"L": [wire]})


def test_a_list_inside_itself_is_refused() -> None:
    """A cycle is too deep, not a crash, and its message can be read."""
    cycle: list[Any] = []
    cycle.append(cycle)
    with raises(UnstorableValue, reason="nested deeper") as caught:
        compile_coder(Any, "T.x").encode(cycle)
    assert str(caught.value)
    with raises(UnstorableValue, reason="nested deeper") as caught:
        compile_coder(Any, "T.x").encode(nested(100_000, 1))
    assert str(caught.value)
