"""Number keys of indexes under generic names: the field's number stands in both attributes."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal
from typing import Annotated, Any

import pytest

from singletable import (
    TTL,
    VERSION,
    Entity,
    Query,
    Table,
    attr,
    collection,
    create,
    delete,
    number,
    put,
    update,
)
from singletable.design.compile_entities import compile_entity
from singletable.entity import schema_of
from singletable.errors import (
    IncompleteKey,
    InvalidEntity,
    InvalidOperation,
    InvalidStoredItem,
    KeyCollision,
    UnusableKeyField,
)
from singletable.formats import epoch, integer, printed
from singletable.table import KeyAttribute
from tests.backends import Backend
from tests.conftest import OpenBackend
from tests.singletable.clinic.making import item_of, make, sent

arcade = Table("arcade")
ranked = arcade.global_index("GSI1", partition_key="GSI1PK", sort_key=number("GSI1SK"))
numbered = arcade.global_index("GSI2", partition_key=number("GSI2PK"), sort_key=number("GSI2SK"))


class Score(Entity, table=arcade):
    """A player's score in a game."""

    game: str
    player: str
    points: int | None = None
    ratio: Decimal = Decimal(0)
    season: Annotated[int, printed()] = 1
    at: Annotated[datetime, epoch("milliseconds")] = datetime(2026, 1, 1, tzinfo=UTC)

    key = arcade.primary.key("GAME#{game}", "PLAYER#{player}")
    ranking = ranked.key("GAME#{game}", "{points}")
    of_season = numbered.key("{season}", "{ratio}")


def score(points: int | None, player: str = "", **fields: Any) -> Score:
    name = player or f"p{points}"
    return Score(**{"game": "go", "player": name, "points": points, **fields})


POINTS = (-1200, -7, 0, 7, 12, 100)


@pytest.fixture
def db(open_backend: OpenBackend) -> Backend:
    opened = open_backend(arcade)
    for points in POINTS:
        opened.repository.write(create(score(points, ratio=Decimal(points) / 8)))
    opened.repository.write(create(score(None, "nobody")))
    return opened


def points_of(db: Backend, query: Query[Score]) -> list[int | None]:
    return [each.points for each in db.repository.fetch(query.page(20)).items]


def test_the_number_is_stored_twice(db: Backend) -> None:
    """Under the field's name and under the index's; without a value the item is in no index."""
    stored = db.raw(PK="GAME#go", SK="PLAYER#p-7")
    assert stored is not None
    assert (stored["points"], stored["GSI1SK"]) == ({"N": "-7"}, {"N": "-7"})
    assert (stored["ratio"], stored["GSI2SK"]) == ({"N": "-0.875"}, {"N": "-0.875"})
    nobody = db.raw(PK="GAME#go", SK="PLAYER#nobody")
    assert nobody is not None
    assert not nobody.keys() & {"points", "GSI1SK", "GSI1PK"}


def test_numbers_sort_as_numbers(db: Backend) -> None:
    """Negative ones too; ranges, equality, and the other way round."""
    asked = Score.ranking.query(game="go")
    assert points_of(db, asked) == [*POINTS]
    assert points_of(db, asked.newest_first()) == [*reversed(POINTS)]
    assert points_of(db, asked.at_least(points=7)) == [7, 12, 100]
    assert points_of(db, asked.at_most(points=-7)) == [-1200, -7]
    assert points_of(db, asked.between(points=(-7, 12))) == [-7, 0, 7, 12]
    assert points_of(db, Score.ranking.query(game="go", points=12)) == [12]
    seasonal = Score.of_season.query(season=1).between(ratio=(Decimal("0.1"), Decimal("1.5")))
    assert points_of(db, seasonal) == [7, 12]


def test_pages_go_on_at_a_number(db: Backend) -> None:
    """The cursor has the number, and the table's own key."""
    found, cursor = list[int | None](), None
    while True:
        page = db.repository.fetch(Score.ranking.query(game="go").page(2, cursor))
        found += [each.points for each in page.items]
        cursor = page.cursor
        if cursor is None:
            break
    assert found == [*POINTS]


def test_a_filter_may_name_the_field_and_no_natural_key(db: Backend) -> None:
    """The attribute of the field is no key attribute."""
    asked = Score.ranking.query(game="go").where(attr("points").greater_than(7))
    assert points_of(db, asked) == [12, 100]


def test_every_write_keeps_both_alike(db: Backend) -> None:
    """Patch, unset, update, put and delete."""
    repository, ranking = db.repository, Score.ranking.query(game="go")
    patch = Score.key.patch(game="go", player="p7")
    assert repository.write(patch.set(points=8)).points == 8
    assert repository.write(Score.key.patch(game="go", player="p0").unset("points")).points is None
    before = repository.fetch(Score.key.get(game="go", player="p12"))
    assert before is not None
    repository.write(update(before, before.model_copy(update={"points": 13})))
    repository.write(put(score(101, "p100")))
    repository.write(delete(score(-7)))
    assert points_of(db, ranking) == [-1200, 8, 13, 101]
    for item in db.items():
        assert item.get("GSI1SK") == item.get("points")
    with pytest.raises(InvalidOperation):
        repository.write(patch.add(points=1))


def test_a_number_that_contradicts_its_field_is_refused(db: Backend) -> None:
    """A query by the index finds what it was not asked for; by the primary key it can be mended."""
    stored = db.raw(PK="GAME#go", SK="PLAYER#p7")
    assert stored is not None
    db.put(**{**stored, "GSI1SK": {"N": "5000"}})
    with pytest.raises(InvalidStoredItem, check=lambda error: "GSI1SK" in error.problems):
        db.repository.fetch(Score.ranking.query(game="go").page(20))
    read = db.repository.fetch(Score.key.get(game="go", player="p7"))
    assert read is not None
    db.repository.write(put(read))
    assert 7 in points_of(db, Score.ranking.query(game="go"))


def test_the_same_number_may_be_spelt_otherwise(db: Backend) -> None:
    """DynamoDB compares numbers by value."""
    stored = db.raw(PK="GAME#go", SK="PLAYER#p12")
    assert stored is not None
    found = schema_of(Score).decode({**stored, "GSI1SK": {"N": "1.2E1"}}, Score.ranking.compiled)
    assert found.points == 12


def test_a_field_that_no_attribute_has_is_read_from_the_number(open_backend: OpenBackend) -> None:
    """In a table that other programs write."""
    table = Table("others", sort_key=number("SK"), type_attribute=None)

    class Step(Entity, table=table):
        """A step."""

        run: str
        at: int
        key = table.primary.key("RUN#{run}", "{at}")

    db = open_backend(table)
    db.put(PK="RUN#x", SK={"N": "7"})
    (step,) = db.repository.fetch(Step.key.query(run="x").page(5)).items
    assert step == Step(run="x", at=7)
    db.repository.write(put(Step(run="x", at=7)))
    assert db.items() == [
        {"PK": {"S": "RUN#x"}, "SK": {"N": "7"}, "run": {"S": "x"}, "at": {"N": "7"}}
    ]


def test_numbers_apart_tell_entities_apart(open_backend: OpenBackend) -> None:
    """The bounds of the formats are the proof, and what is read goes by them."""
    table = Table("halves", sort_key=number("SK"), type_attribute=None)
    low = make(table, _half(table, integer(0, 9)), "Low")
    high = make(table, _half(table, integer(10, 99)), "High")
    with pytest.raises(KeyCollision):
        make(table, _half(table, integer(99, 100)), "Both")
    db = open_backend(table)
    db.repository.write(create(low(run="x", at=9)))
    db.repository.write(create(high(run="x", at=10)))
    asked = collection(low.key, high.key).query(run="x")
    assert [type(each) for each in db.repository.fetch(asked.page(5)).items] == [low, high]


def _half(table: Table, numbers: Any) -> dict[str, Any]:
    key = table.primary.key("RUN#{run}", "{at}")
    return {"run": str, "at": Annotated[int, numbers], "key": key}


def test_bytes_may_be_a_key_under_a_generic_name(open_backend: OpenBackend) -> None:
    """As numbers are."""
    table = Table("hashes")
    index = table.global_index("GSI1", partition_key=KeyAttribute("GSI1PK", "B"))
    fields = {"name": str, "digest": bytes | None, "key": table.primary.key("FILE#{name}", "FILE")}
    file = make(table, {**fields, "by_digest": index.key("{digest}")}, "File")
    db = open_backend(table)
    db.repository.write(create(file(name="a", digest=b"\x01\x02")))
    (found,) = db.repository.fetch(file.by_digest.query(digest=b"\x01\x02").page(5)).items
    assert found.name == "a"
    assert db.items()[0]["GSI1PK"] == {"B": b"\x01\x02"}


REFUSED: dict[str, tuple[type[Exception], Any]] = {
    "text": (UnusableKeyField, lambda: _ranked("{name}")),
    "literal text": (UnusableKeyField, lambda: _ranked("TOP")),
    "a prefix": (UnusableKeyField, lambda: _ranked("N#{points}")),
    "two numbers": (UnusableKeyField, lambda: _ranked("{points}{others}")),
    "no field": (UnusableKeyField, lambda: _ranked("{missing}")),
    "the version": (InvalidEntity, lambda: _ranked("{version}")),
    "another field's attribute": (UnusableKeyField, lambda: _ranked("{points}", GSI1SK=int)),
}


def _ranked(template: str, **fields: Any) -> Any:
    table = Table("arcade")
    index = table.global_index("GSI1", partition_key="GSI1PK", sort_key=number("GSI1SK"))
    known = {
        "name": str,
        "points": int,
        "others": int,
        "version": Annotated[int, VERSION],
        **fields,
    }
    keys = {"key": table.primary.key("A#{name}", "A"), "ranking": index.key("A", template)}
    return make(table, {**known, **keys}, defaults={"version": 1})


@pytest.mark.parametrize(("kind", "declare"), REFUSED.values(), ids=REFUSED)
def test_what_is_no_number_of_one_field_is_refused(kind: type[Exception], declare: Any) -> None:
    """At import."""
    with pytest.raises(kind):
        declare()
    assert _ranked("{points}")


def test_a_change_needs_all_that_the_index_key_has(db: Backend) -> None:
    """As other index keys do."""
    patch = Score.key.patch(game="go", player="p7").set(ratio=Decimal(1))
    with pytest.raises(IncompleteKey):
        sent(patch)
    assert db.repository.write(patch.given(season=1)).ratio == 1


def test_the_design_shows_the_field_as_the_key_attribute() -> None:
    """In the intermediate representation, which documents and policies are made of."""
    entity = compile_entity(schema_of(Score), examples=True)  # type: ignore[arg-type]
    ranking = next(key for key in entity.keys if key.label == "Score.ranking")
    assert [each.source for each in ranking.sort] == ["{points}"]
    assert ranking.sparse == ("points",)
    assert item_of(score(3))["GSI1SK"] == {"N": "3"}


def test_numbers_stand_in_keys_of_several_attributes(open_backend: OpenBackend) -> None:
    """A text, then a number under a generic name, then a moment under its own."""
    table = Table("cup")
    index = table.global_index(
        "ByRound", partition_key="cup", sort_key=("RoundKey", number("Rank"), number("at"))
    )
    fields = {
        "cup": str,
        "round": str,
        "rank": int,
        "at": Annotated[datetime, epoch()],
        "key": table.primary.key("CUP#{cup}", "R#{round}#{rank}"),
        "placed": index.key("{cup}", ("R#{round}", "{rank}", "{at}")),
    }
    place = make(table, {**fields, "rank": Annotated[int, printed()]}, "Place")
    noon = datetime(2026, 3, 1, 12, tzinfo=UTC)
    item = item_of(place(cup="x", round="a", rank=7, at=noon))
    assert (item["RoundKey"], item["Rank"]) == ({"S": "R#a"}, {"N": "7"})
    assert item["at"] == {"N": "1772366400"}
    asked = sent(place.placed.query(cup="x", round="a", rank=7).at_least(at=noon))
    assert {"N": "7"} in asked["ExpressionAttributeValues"].values()
    assert {"N": "1772366400"} in asked["ExpressionAttributeValues"].values()


def test_no_number_stands_where_another_entity_expires() -> None:
    """DynamoDB would delete its items, whatever the field is called."""
    table = Table("arcade")
    index = table.global_index("GSI1", partition_key="GSI1PK", sort_key=number("gone"))
    fields = {"a": str, "gone": Annotated[datetime, TTL], "key": table.primary.key("A#{a}", "A")}
    make(table, {**fields, "by_gone": index.key("A", "{gone}")}, "Gone")
    others = {"a": str, "score": int, "key": table.primary.key("B#{a}", "B")}
    with pytest.raises(InvalidEntity):
        make(table, {**others, "by_score": index.key("B", "{score}")}, "Scored")
