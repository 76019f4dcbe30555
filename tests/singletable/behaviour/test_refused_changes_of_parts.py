"""Changes of parts that no condition can keep right are refused where they are declared."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Any, Literal, NamedTuple

import pytest
from pydantic import AfterValidator, BaseModel, Field, field_validator, model_validator

from singletable import VERSION, Entity, Patch, Table, access_pattern, attr
from singletable.design.compile_operations import compile_operation
from singletable.errors.declaration import ContradictoryPattern
from singletable.errors.request import InvalidItem, InvalidOperation
from singletable.formats import slug
from singletable.inspect import Context
from singletable.patterns import declarations_of
from tests.singletable.raises import raises

plans = Table("plans")


def keep(value: Any) -> Any:
    """Looks at the whole, or might."""
    return value


class Plain(BaseModel):
    size: int = 1
    names: set[str] = set()
    kept: Annotated[set[str], Field(min_length=1)] = {"a"}
    even: Annotated[int, Field(multiple_of=2)] = 2
    checked: Annotated[int, AfterValidator(keep)] = 1


class Whole(Plain):
    @model_validator(mode="after")
    def check(self) -> Whole:
        return self


class Looking(BaseModel):
    low: int = 0
    high: int = 1

    @field_validator("high")
    @classmethod
    def check(cls, value: int, info: Any) -> int:
        return value


@dataclass
class Started:
    row: int = 1

    def __post_init__(self) -> None:
        self.row = abs(self.row)


class _Ends(NamedTuple):
    low: int
    high: int


class Ends(_Ends):
    """Checks what it is built of."""

    __slots__ = ()

    def __new__(cls, low: int, high: int) -> Ends:
        if low > high:
            raise ValueError("low is above high")
        return super().__new__(cls, low, high)


class One(BaseModel):
    kind: Literal["one"] = "one"
    size: int = 1
    mark: str = Field("", alias="m1")


class Two(BaseModel):
    kind: Literal["two"] = "two"
    size: str = ""
    mark: str = Field("", alias="m2")


class Plan(Entity, table=plans):
    """A plan whose parts are checked together, or alone."""

    plan_id: Annotated[str, slug()]
    plain: Plain = Plain()
    whole: Whole = Whole()
    looking: Looking = Looking()
    started: Started = Field(default_factory=Started)
    marked: Annotated[Plain, AfterValidator(keep)] = Plain()
    listed: Annotated[list[int], AfterValidator(keep)] = []  # noqa: RUF012
    validated: dict[str, int] = {}  # noqa: RUF012
    counts: dict[str, int] = {}  # noqa: RUF012
    pair: tuple[int, str] = (1, "a")
    ends: Ends = Ends(1, 5)
    sets: list[set[str]] = []  # noqa: RUF012
    either: One | Two = One()
    a: int = 0
    b: int = 0
    up: Annotated[int, Field(ge=1)] = 1
    name: str = ""
    other: Annotated[str, slug()] = "x"
    version: Annotated[int, VERSION] = 1

    key = plans.primary.key("PLAN#{plan_id}", "PLAN")

    @field_validator("validated")
    @classmethod
    def check(cls, value: dict[str, int]) -> dict[str, int]:
        return value


def patch() -> Patch[Plan]:
    return Plan.key.patch(plan_id="x").ignoring_version()


P = attr("plain")
REFUSED: dict[str, Any] = {
    "a model with a validator": lambda p: p.set_at(attr("whole")["size"], 1),
    "a model whose field looks at others": lambda p: p.set_at(attr("looking")["low"], 1),
    "a dataclass with a __post_init__": lambda p: p.set_at(attr("started")["row"], 1),
    "a named tuple with a constructor": lambda p: p.set_at(attr("ends")["low"], 9),
    "a validator around a model": lambda p: p.set_at(attr("marked")["size"], 1),
    "a validator around a list": lambda p: p.set_at(attr("listed")[0], 1),
    "a field validator": lambda p: p.set_at(attr("validated")["x"], 1),
    "a validator of what is added to": lambda p: p.add_at(P["checked"], 1),
    "no multiple": lambda p: p.add_at(P["even"], 1),
    "a set that may not be empty": lambda p: p.remove_at(P["kept"], {"a"}),
    "text is added to": lambda p: p.add_at(P["names"][0], 1),
    "a number is appended to": lambda p: p.append_at(P["size"], [1]),
    "nothing is removed": lambda p: p.remove_at(P["names"], set()),
    "a set in a list, which may be empty then": lambda p: p.remove_at(attr("sets")[0], {"a"}),
    "an element of a tuple": lambda p: p.unset_at(attr("pair")[0]),
    "what tells variants apart": lambda p: p.set_at(attr("either")["kind"], "two"),
    "variants that store under other names": lambda p: p.set_at(attr("either")["mark"], "x"),
    "no path": lambda p: p.set_at("plain", 1),
    "a field itself": lambda p: p.set_at(attr("a"), 1),
    "the primary key": lambda p: p.set_at(attr("plan_id")["x"], 1),
    "the version": lambda p: p.set(version=attr("a")),
    "an unknown part": lambda p: p.set_at(P["nonsense"], 1),
    "the whole and a part": lambda p: p.set(plain=Plain()).set_at(P["size"], 1),
    "a part and the whole": lambda p: p.set_at(P["size"], 1).set(plain=Plain()),
    "one part twice": lambda p: p.set_at(P["size"], 1).add_at(P["size"], 1),
    "another type": lambda p: p.set(a=attr("name")),
    "other bounds": lambda p: p.set(a=attr("up")),
    "another format": lambda p: p.set(name=attr("other")),
    "itself": lambda p: p.set(a=attr("a")),
    "what is inside itself": lambda p: p.set(plain=attr("plain")["size"]),
    "a path for what is absent": lambda p: p.set_if_absent(a=attr("b")),
}


@pytest.mark.parametrize("name", REFUSED)
def test_a_change_that_could_spoil_the_item_is_refused(name: str) -> None:
    """When it is built, so that no pattern with it imports."""
    with pytest.raises(InvalidOperation):
        REFUSED[name](patch())

    def change(size: int) -> Patch[Plan]:
        """Changes a plan."""
        return REFUSED[name](patch()).set(b=size)  # type: ignore[no-any-return]

    with pytest.raises(ContradictoryPattern):
        access_pattern(change)


INVALID: dict[str, Any] = {
    "a value of another type": lambda p: p.set_at(P["size"], "x"),
    "a part that has a value always": lambda p: p.unset_at(P["size"]),
    "an empty set in a list": lambda p: p.set_at(attr("sets")[0], set()),
}


@pytest.mark.parametrize("name", INVALID)
def test_a_value_that_does_not_fit_there_is_refused(name: str) -> None:
    with pytest.raises(InvalidItem):
        INVALID[name](patch())


def test_an_upsert_takes_no_value_of_another_field() -> None:
    """A new item has none."""
    notes = Table("notes")

    class Note(Entity, table=notes):
        """A note."""

        note_id: str
        a: int = 0
        b: int = 0
        key = notes.primary.key("NOTE#{note_id}", "NOTE")

    with raises(InvalidOperation, where="upsert of Note"):
        Note.key.upsert(note_id="x").set(a=attr("b")).requests(Context())


def test_a_key_of_a_dict_may_be_an_argument() -> None:
    """A pattern counts by day, whichever day it is; the plan shows the argument."""

    @access_pattern
    def count(plan_id: str, day: str, by: int) -> Patch[Plan]:
        """Counts by day."""
        counted = Plan.key.patch(plan_id=plan_id).add_at(attr("counts")[day], by)
        return counted.ignoring_version()

    (request,) = count("x", "mon", 2).requests(Context())
    assert request.parameters["ExpressionAttributeNames"]["#mon"] == "mon"
    pattern = declarations_of(plans).patterns["test_refused_changes_of_parts.count"]
    (action,) = compile_operation(pattern.operation).writes
    assert action.update is not None
    assert "counts.{day} = if_not_exists(counts.{day}, 0) + {by}" in action.update.text


def test_an_argument_is_no_position_and_no_name_of_a_field() -> None:
    def change(plan_id: str, at: str) -> Patch[Plan]:
        """Changes a plan."""
        return Plan.key.patch(plan_id=plan_id).ignoring_version().set_at(attr("plain")[at], 1)

    with pytest.raises(ContradictoryPattern):
        access_pattern(change)
