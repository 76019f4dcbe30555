"""Paths are made of Python names, checked and translated at every step."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, timezone
from enum import StrEnum
from typing import Annotated, Any

import pytest
from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from singletable import Entity, Query, Table, access_pattern, attr, create
from singletable.errors.declaration import ContradictoryPattern
from singletable.errors.request import ConditionFailed, InvalidItem, InvalidOperation
from singletable.formats import text
from singletable.operations import Context
from tests.backends import Backend
from tests.conftest import OpenBackend

people = Table("people")
CODES = Annotated[str, StringConstraints(to_lower=True, min_length=2)]


class Kind(StrEnum):
    HOME = "h"
    WORK = "w"


class Phone(BaseModel):
    model_config = ConfigDict(populate_by_name=True)
    kind: Annotated[Kind, Field(alias="k")] = Kind.HOME
    number: str


@dataclass
class Seat:
    row: int
    column: int = 1


class Address(BaseModel):
    model_config = ConfigDict(populate_by_name=True)
    zip_code: str = Field(alias="zipCode")
    city: CODES = "le"
    since: datetime | None = None
    floor: int = 0


class Person(Entity, table=people):
    """Someone, with all that may be inside a field."""

    person_id: str
    email: Annotated[str, text(lower=True)]
    address: Address
    former: Address | None = None
    phones: list[Phone] = Field(default_factory=list)
    seat: Seat = Field(default_factory=lambda: Seat(1))
    points: dict[Kind, int] = Field(default_factory=dict)
    pair: tuple[int, str] = (1, "a")
    codes: list[CODES] = Field(default_factory=list)
    anything: Any = None

    key = people.primary.key("PEOPLE", "{person_id}")


SINCE = datetime(2026, 1, 1, 12, tzinfo=UTC)
LEE = Person(
    person_id="lee",
    email="Lee@X",
    address=Address(zip_code="04524", city="LE", since=SINCE),
    phones=[Phone(number="1"), Phone(number="2", kind=Kind.WORK)],
    seat=Seat(3),
    points={Kind.WORK: 5},
    codes=["AB"],
    anything={"a": [{"b": 1}]},
)


@pytest.fixture
def db(open_backend: OpenBackend) -> Backend:
    """With one person."""
    backend = open_backend(people)
    backend.repository.write(create(LEE))
    return backend


ADDRESS = attr("address")
FOUND: list[Any] = [
    ADDRESS["zip_code"].equals("04524"),
    ADDRESS["city"].equals("LE"),
    ADDRESS["city"].begins_with("L"),
    ADDRESS["since"].equals(SINCE.astimezone(timezone(timedelta(hours=2)))),
    ADDRESS["since"].between(SINCE, SINCE),
    ADDRESS["since"].exists(),
    attr("former")["zip_code"].is_absent(),
    attr("former")["floor"].differs_from(0),
    attr("phones")[0]["number"].equals("1"),
    attr("phones")[1]["kind"].equals("w"),
    attr("phones")[1]["kind"].is_in(Kind.WORK),
    attr("phones")[2].is_absent(),
    attr("phones").size().equals(2),
    attr("seat")["row"].at_least(3),
    attr("seat")["column"].equals(1),
    attr("points")["w"].equals(5),
    attr("points")[Kind.WORK].equals(5),
    attr("points")["h"].is_absent(),
    attr("pair")[1].equals("a"),
    attr("codes").contains("AB"),
    attr("codes")[0].equals("AB"),
    attr("anything")["a"][0]["b"].equals(1),
    attr("email").equals("LEE@x"),
    attr("email").begins_with("LEE"),
    attr("email").contains("E@X"),
    attr("seat")["row"].greater_than(attr("pair")[0]),
]


@pytest.mark.parametrize("at", range(len(FOUND)))
def test_a_path_of_python_names_finds_what_is_stored(db: Backend, at: int) -> None:
    """Aliases, enums, moments and cases are those of the type that stands there."""
    query = Person.key.query()
    assert db.repository.fetch(query.where(FOUND[at])).items == (LEE,)
    assert db.repository.fetch(query.where(~FOUND[at])).items == ()


def test_a_guard_on_what_is_there_holds(db: Backend) -> None:
    """Nothing is written where the zip code must be absent and is not."""
    patch = Person.key.patch(person_id="lee").set(email="lee@y")
    with pytest.raises(ConditionFailed):
        db.repository.write(patch.when(ADDRESS["zip_code"].is_absent()))
    assert db.repository.fetch(Person.key.get(person_id="lee")) == LEE


UNKNOWN: list[tuple[Any, str]] = [
    (ADDRESS["nonsense"], "zip_code, city, since, floor"),
    (ADDRESS["zipCode"], "zip_code, city, since, floor"),
    (ADDRESS["zip_code"]["x"], "no step: it is str"),
    (ADDRESS[0], "zip_code, city, since, floor"),
    (attr("former")["nonsense"], "zip_code, city, since, floor"),
    (attr("phones")["number"], "a position"),
    (attr("phones")[0]["k"], "kind, number"),
    (attr("seat")["depth"], "row, column"),
    (attr("pair")[2], "positions below 2"),
    (attr("email")["x"], "no step"),
    (attr("e_mail"), "person_id, email, address"),
]


@pytest.mark.parametrize(("path", "allowed"), UNKNOWN, ids=[str(each[0].steps) for each in UNKNOWN])
def test_an_unknown_step_is_refused_with_the_names_there_are(path: Any, allowed: str) -> None:
    """Before anything is sent; above all is_absent(), which such a step would always pass."""
    for condition in (path.equals("x"), path.is_absent(), path.size().equals(1), ~path.exists()):
        with pytest.raises(InvalidOperation) as caught:
            Person.key.query().where(condition).requests(Context())
        assert allowed in caught.value.allowed
        with pytest.raises(InvalidOperation):
            patch = Person.key.patch(person_id="lee").set(email="a")
            patch.when(condition).requests(Context())


def test_a_key_of_a_dict_that_its_type_refuses_is_refused() -> None:
    """It could never be stored."""
    with pytest.raises(InvalidItem):
        Person.key.query().where(attr("points")["x"].equals(1)).requests(Context())


@pytest.mark.parametrize(
    "condition",
    [
        ADDRESS["zip_code"].equals(4524),
        attr("phones")[0]["kind"].equals("x"),
        attr("codes").contains("a"),
    ],
)
def test_a_value_that_the_type_there_refuses_is_refused(condition: Any) -> None:
    """By the nested model's own rules."""
    with pytest.raises(InvalidItem):
        Person.key.query().where(condition).requests(Context())


def test_a_pattern_with_a_mistyped_path_does_not_import() -> None:
    """Neither with a symbol of another type in a nested place."""

    def misspelt(zip_code: str) -> Query[Person]:
        """Q."""
        return Person.key.query().where(attr("address")["zipcode"].equals(zip_code))

    def mistyped(row: str) -> Query[Person]:
        """Q."""
        return Person.key.query().where(attr("seat")["row"].equals(row))

    for function in (misspelt, mistyped):
        with pytest.raises(ContradictoryPattern):
            access_pattern(function)
