"""Texts that a model's configuration folds: conditions fold them, wherever they stand."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, NamedTuple

import pytest
from pydantic import BaseModel, ConfigDict

from singletable import Entity, Table, attr, create
from singletable.errors import ConditionFailed, InvalidItem
from singletable.expressions import Condition
from tests.backends import Backend
from tests.conftest import OpenBackend, without_moto

folds = Table("configured-texts")
LOWER = ConfigDict(str_to_lower=True, str_strip_whitespace=True)


class Pair(NamedTuple):
    name: str
    count: int


@dataclass
class Box:
    label: str
    marks: list[str] = field(default_factory=list)


class Inner(BaseModel):
    model_config = LOWER

    marks: list[str]
    names: dict[str, str]


class Folded(Entity, table=folds):
    """Every text of it is lower case, and has no blanks at its ends."""

    model_config = LOWER

    folded_id: str
    tags: set[str]
    marks: list[str]
    names: dict[str, int]
    rows: list[list[str]]
    point: tuple[str, int]
    pair: Pair
    box: Box
    is_blocked: bool = False
    key = folds.primary.key("FOLDED#{folded_id}", "FOLDED")


class Plain(Entity, table=folds):
    """Only a model inside is configured."""

    plain_id: str
    inner: Inner
    mark: str = "KIM"
    key = folds.primary.key("PLAIN#{plain_id}", "PLAIN")


FOLDED = Folded(
    folded_id="1",
    tags={"KIM"},
    marks=[" Kim "],
    names={"KIM": 1},
    rows=[["KIM"]],
    point=("KIM", 1),
    pair=Pair("KIM", 1),
    box=Box("KIM", ["LEE"]),
)
PLAIN = Plain(plain_id="1", inner=Inner(marks=["KIM"], names={"KIM": "LEE"}))
MET: list[Condition] = [
    attr("tags").contains("KIM"),
    attr("tags").equals({" Kim"}),
    attr("marks").contains("KIM "),
    attr("marks")[0].equals("KIM"),
    attr("marks")[0].begins_with("KI"),
    attr("marks")[0].is_in("KIM", "LEE"),
    attr("names")["KIM"].equals(1),
    attr("rows")[0].contains("KIM"),
    attr("rows")[0][0].equals("KIM"),
    attr("point")[0].equals("KIM"),
    attr("pair")["name"].equals("KIM"),
    attr("box")["label"].equals("KIM"),
    attr("box")["marks"].contains("LEE"),
]
MET_INSIDE: list[Condition] = [
    attr("inner")["marks"].contains("KIM"),
    attr("inner")["marks"][0].equals("KIM"),
    attr("inner")["names"]["KIM"].equals("LEE"),
    attr("mark").equals("KIM"),
]


@pytest.fixture
def db(open_backend: OpenBackend) -> Backend:
    opened = open_backend(folds)
    opened.repository.write(create(FOLDED))
    opened.repository.write(create(PLAIN))
    return opened


@pytest.mark.parametrize("condition", MET, ids=str)
def test_a_condition_folds_as_the_model_does(db: Backend, condition: Condition) -> None:
    """Of elements, positions, keys of dicts, and fields of what shares the configuration."""
    query = Folded.key.query(folded_id="1")
    assert len(db.repository.fetch(query.where(condition))) == 1
    assert len(db.repository.fetch(query.where(~condition))) == 0
    patch = Folded.key.patch(folded_id="1").set(is_blocked=True)
    with pytest.raises(ConditionFailed):
        db.repository.write(patch.when(~condition))


@pytest.mark.parametrize("condition", MET_INSIDE, ids=str)
def test_a_nested_model_has_its_own_configuration(db: Backend, condition: Condition) -> None:
    """And what is around it has none of it."""
    assert len(db.repository.fetch(Plain.key.query(plain_id="1").where(condition))) == 1


@without_moto  # which counts characters
def test_the_size_of_a_text_is_dynamodbs(db: Backend) -> None:
    """Units of UTF-16: two of what is outside of the basic plane."""
    db.repository.write(Folded.key.patch(folded_id="1").set(marks=["\U0001f600"]))
    query = Folded.key.query(folded_id="1")
    assert len(db.repository.fetch(query.where(attr("marks")[0].size().equals(2)))) == 1


@pytest.mark.parametrize("value", [[1], {1}])
def test_a_union_with_a_set_can_be_asked(
    open_backend: OpenBackend, value: list[int] | set[int]
) -> None:
    """An absent attribute is the empty set, in whatever order types are looked at."""
    table = Table("unions-with-sets")

    class Mixed(Entity, table=table):
        """A list or a set."""

        mixed_id: str
        value: list[int] | set[int]
        other: set[int] | bool = False
        key = table.primary.key("MIXED#{mixed_id}", "MIXED")

    db = open_backend(table)
    db.repository.write(create(Mixed(mixed_id="1", value=value)))
    query = Mixed.key.query(mixed_id="1")
    assert len(db.repository.fetch(query.where(attr("value").equals(value)))) == 1
    assert len(db.repository.fetch(query.where(attr("value").exists()))) == 1
    assert len(db.repository.fetch(query.where(attr("other").equals(False)))) == 1


bounded = Table("bounded-texts")


@dataclass
class Street:
    """Has the configuration of the model around it."""

    name: str = "Elm"


class Person(Entity, table=bounded):
    """A person with short texts, everywhere."""

    model_config = ConfigDict(str_min_length=1, str_max_length=10, allow_inf_nan=False)
    person_id: str
    phones: list[str] = ["1"]  # noqa: RUF012
    by_kind: dict[str, list[str]] = {"home": ["1"]}  # noqa: RUF012
    street: Street = Street()
    key = bounded.primary.key("PERSON#{person_id}", "PERSON")


LONG = "x" * 11
TOO_LONG: list[Any] = [
    lambda patch: patch.set_at(attr("phones")[0], LONG),
    lambda patch: patch.set_at(attr("phones")[0], ""),
    lambda patch: patch.set_at(attr("by_kind")["home"][0], LONG),
    lambda patch: patch.set_at(attr("by_kind")[LONG], ["1"]),
    lambda patch: patch.append_at(attr("by_kind")["home"], [LONG]),
    lambda patch: patch.set_at(attr("street")["name"], LONG),
    lambda patch: patch.append(phones=[LONG]),
]


@pytest.mark.parametrize("change", TOO_LONG)
def test_the_lengths_of_the_configuration_hold_inside(change: Any) -> None:
    """Else the item could not be read any more."""
    with pytest.raises(InvalidItem):
        change(Person.key.patch(person_id="1"))
