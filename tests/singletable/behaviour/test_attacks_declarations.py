"""Declarations and conditions that people write, and that once ended in another library's error."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from enum import StrEnum
from typing import Annotated, Any, Literal
from uuid import UUID, uuid4

import pytest
from pydantic import UUID4, BaseModel, ConfigDict, Field, Strict

from singletable import Entity, Table, attr, create
from singletable.annotations import accepts_symbol
from singletable.errors.request import InvalidItem, InvalidOperation
from singletable.inspect import Condition
from singletable.languages.expressions import any_of
from singletable.operations import Context
from tests.conftest import OpenBackend
from tests.singletable.raises import raises

visits = Table("visits")
all_visits = visits.global_index("GSI1", partition_key="GSI1PK", sort_key="GSI1SK")


class Kind(StrEnum):
    FIRST = "first"
    AGAIN = "again"


class Visit(Entity, table=visits):
    """A visit; its identifier has a version, its day and its kind are strict."""

    visit_id: UUID4
    parent: UUID4 | None = None
    day: date = Field(strict=True)
    kind: Annotated[Kind, Strict()] = Kind.FIRST
    wishes: set[str] = Field(default_factory=set)
    offers: set[str] = Field(default_factory=lambda: {"tea"})

    key = visits.primary.key("VISIT#{visit_id}", "VISIT")
    by_day = all_visits.key("VISITS", "{day}#{visit_id}")


def test_identifiers_of_a_version_and_strict_fields_stand_in_keys(
    open_backend: OpenBackend,
) -> None:
    """They are stored and read as they are, and found by their key."""
    db = open_backend(visits).repository
    visit = Visit(visit_id=uuid4(), parent=uuid4(), day=date(2026, 5, 1), kind=Kind.AGAIN)
    db.write(create(visit))
    assert db.fetch(Visit.key.get(visit_id=visit.visit_id)) == visit
    assert db.fetch(Visit.by_day.query(day=visit.day)).items == (visit,)


def test_a_key_takes_only_identifiers_of_the_declared_version() -> None:
    """One of another version is refused, as the constructor refuses it."""
    with raises(InvalidItem, entity="Visit", problems="visit_id: UUID version 4 expected"):
        Visit.key.get(visit_id=UUID(int=1))


@pytest.mark.parametrize(
    ("condition", "found"),
    [
        (attr("wishes").equals(attr("offers")), {"nothing"}),
        (attr("wishes").differs_from(attr("offers")), {"absent", "milk"}),
        (attr("offers").equals(attr("wishes")), {"nothing"}),
        (attr("offers").differs_from(attr("wishes")), {"absent", "milk"}),
    ],
)
def test_sets_are_compared_with_sets_that_are_empty(
    open_backend: OpenBackend, condition: Condition, found: set[str]
) -> None:
    """An absent set is empty or its default; no request can name the empty one."""
    db = open_backend(visits).repository
    names = dict[UUID, str]()
    for name, sets in _SETS.items():
        visit = Visit(visit_id=uuid4(), day=date(2026, 5, 1), **sets)
        db.write(create(visit))
        names[visit.visit_id] = name
    page = db.fetch(Visit.by_day.query().where(condition))
    assert {names[visit.visit_id] for visit in page} == found


_SETS: dict[str, dict[str, Any]] = {
    "absent": {},
    "nothing": {"offers": set()},
    "milk": {"wishes": {"milk"}, "offers": {"tea", "milk"}},
}


@pytest.mark.parametrize(
    "ask", [lambda path: "tea" in path, list, lambda path: [*path["a"]]], ids=["in", "list", "star"]
)
def test_a_path_is_no_collection(ask: Callable[[Any], object]) -> None:
    """`in` and loops are refused; positions of a path have no end."""
    with raises(
        InvalidOperation,
        where="attr('offers')",
        declared="its elements",
        allowed="conditions, such as contains(element)",
    ):
        ask(attr("offers"))


@pytest.mark.parametrize(
    ("join", "where"),
    [
        (lambda one, other: one & other, "what follows &"),
        (lambda one, other: one | other, "what follows |"),
    ],
    ids=["and", "or"],
)
def test_conditions_join_conditions_alone(join: Callable[[Any, Any], object], where: str) -> None:
    """The bool that `==` of a path gives is refused where it is joined."""
    with raises(
        InvalidOperation,
        where=where,
        declared="the condition False",
        allowed='conditions such as attr("status").equals(value)',
    ):
        join(attr("kind").equals(Kind.AGAIN), False)


def test_a_field_is_not_set_once_to_another_field() -> None:
    """Conditions and `set` take paths; what is set where nothing is stored is a value."""
    with raises(
        InvalidOperation,
        where="change of Visit",
        declared="set_if_absent(wishes=attr('offers'))",
        allowed="a value; set(...) takes another field's",
    ):
        Visit.key.patch(visit_id=uuid4()).set_if_absent(wishes=attr("offers"))


def test_an_argument_of_literals_stands_for_the_type_that_they_are_of() -> None:
    """As for type checkers, texts that are named are texts; not all texts are those."""
    assert accepts_symbol(str, Literal["a", "b"])
    assert accepts_symbol(Literal["a", "b"], Literal["b"])
    assert not accepts_symbol(str, Literal["a", 1])
    assert not accepts_symbol(Literal["a", "b"], Literal["c"])
    assert not accepts_symbol(Literal["a", "b"], str)
    assert not accepts_symbol(Literal[1], Literal[True])


def test_closed_sets_of_many_texts_are_one_way_by_their_common_beginning() -> None:
    """The automaton of `v0` to `v999` begins with one way, so that walks do not multiply."""
    automaton = any_of([f"v{number}" for number in range(1000)]).automaton
    assert len(automaton.arrows[0]) == 1


def test_a_closed_set_may_hold_many_beginnings_of_one_text() -> None:
    """However often the way divides: 400 texts, each the beginning of the next."""
    automaton = any_of(["a" * length for length in range(1, 400)]).automaton
    assert len(automaton.arrows[0]) == 1


class Lamp(BaseModel):
    """A lamp; `colour` came later."""

    watts: int
    colour: str = "white"


halls = Table("halls")


class Hall(Entity, table=halls):
    """A hall with its lamps."""

    model_config = ConfigDict(validate_default=True)

    hall_id: str
    lamp: Lamp
    lamps: list[Lamp] = []  # noqa: RUF012
    spare: Lamp | None = None
    seats: int = "12"  # type: ignore[assignment]

    key = halls.primary.key("HALL#{hall_id}", "HALL")


LIT = Lamp(watts=9)


@pytest.mark.parametrize(
    "condition",
    [
        attr("lamp").equals(LIT),
        ~attr("lamp").differs_from(LIT),
        attr("spare").is_in(LIT),
        attr("lamps").equals([LIT]),
        attr("lamps")[0].equals(LIT),
        attr("lamps").contains(LIT),
        attr("lamp").equals(attr("spare")),
    ],
)
def test_a_map_that_may_lack_a_default_is_compared_by_its_fields(condition: Condition) -> None:
    """Stored from before `colour`, it is equal to no map that has it, and is read as one."""
    with raises(InvalidOperation, declared="colour has a default", allowed="its fields"):
        Hall.key.query(hall_id="1").where(condition).requests(Context())


def test_defaults_are_validated_where_the_configuration_says_so() -> None:
    """As Pydantic does: "12" is 12 in the entity, where it is absent, and in conditions."""
    assert Hall(hall_id="1", lamp=LIT).seats == 12
    (request,) = Hall.key.query(hall_id="1").where(attr("seats").equals(12)).requests(Context())
    assert "attribute_not_exists(#seats)" in request.parameters["FilterExpression"]
