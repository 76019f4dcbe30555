"""The text of conditions on what may be absent: longer only where the plain one would differ."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Annotated, Any

import pytest
from pydantic import BaseModel, Field, StringConstraints

from singletable import Entity, Table, attr
from singletable.errors.request import InvalidOperation
from singletable.expressions import Binder, Condition
from singletable.tracing import Symbol

den = Table("den")
UPPER = Annotated[str, StringConstraints(to_upper=True, min_length=2)]
STRIPPED = Annotated[str, StringConstraints(strip_whitespace=True)]
CALLS: list[str] = []


def fresh() -> str:
    """A default that is another one each time."""
    CALLS.append("called")
    return f"call {len(CALLS)}"


class Room(BaseModel):
    floor: Annotated[int, Field(serialization_alias="storey")] = 1
    doors: set[str] = Field(default_factory=set)
    name: str = "none"
    width: int


class Hall(BaseModel):
    height: int = 4
    names: list[str] = Field(default_factory=list)


class Fox(Entity, table=den):
    """A fox and its den."""

    fox_id: str
    cave: Room
    age: int = 9
    name: str = "none"
    code: UPPER = "AB"
    nick: STRIPPED = "a"
    born: UPPER = Field("ab", validate_default=True)
    met: str = Field(default_factory=fresh)
    lair: str = Field(default_factory=lambda: "a")
    dug: datetime = Field(default_factory=lambda: datetime(2026, 1, 1, tzinfo=UTC))
    steps: list[int] = Field(default=[1, 2])
    spare: Room | None = None
    home: Room = Room(floor=2, width=3)
    hall: Hall = Field(default_factory=Hall)
    owner: str | None = None
    meta: dict[str, Any] = Field(default_factory=dict)
    rank: int

    key = den.primary.key("FOXES", "{fox_id}")


def text(condition: Condition) -> str:
    return condition.render(Binder(), Fox.key.schema.scope)


AGE, HOME, SPARE = attr("age"), attr("home"), attr("spare")
ANY_NUMBER = Symbol("{number}", "number", int)
ANY_TEXT = Symbol("{text}", "text", str)
RANK_WITHOUT_AGE = "attribute_not_exists(#age) AND attribute_exists(#rank) AND #rank <> :rank"
TEXTS: list[tuple[Condition, str]] = [
    (AGE.less_than(10), "attribute_not_exists(#age) OR #age < :age"),
    (AGE.less_than(9), "#age < :age"),
    (AGE.at_most(9), "attribute_not_exists(#age) OR #age <= :age"),
    (AGE.differs_from(9), "attribute_exists(#age) AND #age <> :age"),
    (AGE.differs_from(8), "#age <> :age"),
    (AGE.between(9, 10), "attribute_not_exists(#age) OR #age BETWEEN :age AND :age_2"),
    (AGE.between(10, 11), "#age BETWEEN :age AND :age_2"),
    (AGE.is_in(1, 9), "attribute_not_exists(#age) OR #age IN (:age, :age_2)"),
    (AGE.equals(ANY_NUMBER), "attribute_not_exists(#age) OR #age = :age"),
    (AGE.differs_from(ANY_NUMBER), "#age <> :age"),
    (attr("owner").equals(ANY_TEXT), "#owner = :owner"),
    (SPARE["floor"].equals(ANY_NUMBER), "{inside} OR #spare.#storey = :storey"),
    (attr("name").begins_with("no"), "attribute_not_exists(#name) OR begins_with(#name, :name)"),
    (attr("name").begins_with("on"), "begins_with(#name, :name)"),
    (attr("name").contains("on"), "attribute_not_exists(#name) OR contains(#name, :name)"),
    (attr("name").size().equals(4), "attribute_not_exists(#name) OR size(#name) = :name"),
    (attr("name").size().differs_from(4), "attribute_exists(#name) AND size(#name) <> :name"),
    (attr("name").size().at_least(0), "attribute_not_exists(#name) OR size(#name) >= :name"),
    (attr("owner").size().differs_from(4), "size(#owner) <> :owner"),
    (attr("born").equals("ab"), "attribute_not_exists(#born) OR #born = :born"),
    (attr("met").differs_from("call 1"), "#met <> :met"),
    (attr("met").is_absent(), "attribute_not_exists(#met)"),
    (attr("dug").is_absent(), "attribute_not_exists(#dug)"),
    (attr("steps")[1].equals(2), "attribute_not_exists(#steps) OR #steps[1] = :steps"),
    (attr("steps")[2].equals(2), "#steps[2] = :steps"),
    (
        AGE.differs_from(attr("rank")),
        f"({RANK_WITHOUT_AGE})"
        " OR (attribute_exists(#age) AND attribute_exists(#rank) AND #age <> #rank)",
    ),
    (attr("steps").contains(2), "attribute_not_exists(#steps) OR contains(#steps, :steps)"),
    (SPARE["floor"].equals(1), "{inside} OR #spare.#storey = :storey"),
    (
        SPARE["floor"].differs_from(1),
        "{none} OR ({there} AND #spare.#storey <> :storey)",
    ),
    (SPARE["floor"].equals(2), "#spare.#storey = :storey"),
    (SPARE["floor"].is_absent(), "{none}"),
    (SPARE["floor"].exists(), "NOT ({none})"),
    (SPARE["width"].is_absent(), "attribute_not_exists(#spare.#width)"),
    (SPARE["width"].exists(), "attribute_exists(#spare.#width)"),
    (HOME["floor"].equals(2), "attribute_not_exists(#home) OR #home.#storey = :storey"),
    (
        HOME["floor"].equals(1),
        "(attribute_exists(#home) AND attribute_not_exists(#home.#storey))"
        " OR #home.#storey = :storey",
    ),
    (HOME["name"].equals("none"), "attribute_not_exists(#home.#name) OR #home.#name = :name"),
    (
        attr("cave")["name"].equals("none"),
        "attribute_not_exists(#cave.#name) OR #cave.#name = :name",
    ),
    (HOME["width"].equals(3), "attribute_not_exists(#home) OR #home.#width = :width"),
    (
        HOME["doors"].size().equals(0),
        "attribute_not_exists(#home.#doors) OR size(#home.#doors) = :doors",
    ),
    (HOME["doors"].is_absent(), "attribute_not_exists(#home.#doors)"),
    (
        attr("hall")["height"].equals(4),
        "attribute_not_exists(#hall.#height) OR #hall.#height = :height",
    ),
    (AGE.equals(9) | AGE.equals(8), "attribute_not_exists(#age) OR #age = :age OR #age = :age_2"),
    (~AGE.equals(9), "NOT (attribute_not_exists(#age) OR #age = :age)"),
    (
        AGE.equals(9) & attr("owner").exists(),
        "(attribute_not_exists(#age) OR #age = :age)"
        " AND attribute_exists(#owner) AND NOT (attribute_type(#owner, :null))",
    ),
    (
        attr("owner").equals(attr("name")),
        "(attribute_not_exists(#name) AND attribute_exists(#owner) AND #owner = :owner)"
        " OR #owner = #name",
    ),
    (
        AGE.less_than(SPARE["width"]),
        "(attribute_not_exists(#age) AND attribute_exists(#spare.#width)"
        " AND #spare.#width > :width) OR #age < #spare.#width",
    ),
]
SHORT = {
    "{inside}": "(attribute_type(#spare, :map) AND attribute_not_exists(#spare.#storey))",
    "{none}": "attribute_not_exists(#spare) OR attribute_type(#spare, :null)",
    "{there}": "attribute_exists(#spare.#storey)",
}


@pytest.mark.parametrize(("condition", "expected"), TEXTS, ids=[each[1] for each in TEXTS])
def test_absence_is_told_where_the_default_answers_otherwise(
    condition: Condition, expected: str
) -> None:
    """And only there."""
    for short, long in SHORT.items():
        expected = expected.replace(short, long)
    assert text(condition) == expected


def test_what_a_factory_makes_counts_if_it_makes_the_same_twice() -> None:
    """Whatever else it makes is not known: it counts as nothing."""
    assert text(attr("lair").equals("a")) == "attribute_not_exists(#lair) OR #lair = :lair"
    assert text(attr("met").differs_from("another")) == "#met <> :met"
    assert text(attr("met").differs_from(f"call {len(CALLS)}")) == "#met <> :met"
    assert text(attr("dug").at_most(datetime.now(UTC))) == "#dug <= :dug"


def test_a_part_of_a_text_is_sought_in_the_case_that_is_stored() -> None:
    """Also where it is too short to be a whole value; blanks inside a text stay."""
    found = list[Any]()
    for condition in (
        attr("code").begins_with("a"),
        attr("code").contains("bc"),
        attr("nick").contains(" a"),
    ):
        binder = Binder()
        condition.render(binder, Fox.key.schema.scope)
        found += binder.values.values()
    assert found == [{"S": "A"}, {"S": "BC"}, {"S": " a"}]


def test_places_without_a_declared_type_are_not_compared_with_each_other() -> None:
    """Nobody knows whether they are stored alike."""
    with pytest.raises(InvalidOperation):
        text(attr("meta")["a"].equals(attr("meta")["b"]))


def test_a_placeholder_stands_once_for_a_default_that_is_asked_often() -> None:
    """The limit of 4 KB is not met for its sake."""
    many = AGE.equals(9)
    for _ in range(20):
        many = many | AGE.equals(9)
    assert text(many).count("attribute_not_exists") == 1
