"""Entities that share fields and keys: bases, children, generics, options of the class."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Annotated, Any, ClassVar, Generic, TypeVar

import pytest
from pydantic import Field, ValidationError

from singletable import UPDATED, Entity, Query, Table, access_pattern, unique
from singletable.entity import schema_of
from singletable.errors.declaration import ContradictoryPattern, InvalidEntity, KeyCollision
from singletable.errors.request import InvalidOperation, InvalidStoredItem
from singletable.formats import slug
from singletable.inspect import Key
from singletable.patterns import declarations_of
from tests.singletable.clinic.making import item_of, key_of, make, sent
from tests.singletable.raises import raises

T = TypeVar("T")
clinic = Table("clinic")
by_ward_index = clinic.global_index("GSI1", partition_key="GSI1PK", sort_key="GSI1SK")


class Placed(Entity):
    """What stands in a ward: a base of entities, itself none."""

    ward: Annotated[str, slug()]
    updated_at: Annotated[datetime | None, UPDATED] = None

    by_ward = by_ward_index.key("WARD#{ward}", "PLACED")


class Bed(Placed, table=clinic):
    """A bed."""

    number: Annotated[str, slug()]
    key = clinic.primary.key("BED#{number}", "BED")
    by_ward = by_ward_index.key("WARD#{ward}", "BED#{number}")
    one_number = unique("number")


class Cot(Bed, table=clinic):
    """A bed for a child."""

    key = clinic.primary.key("COT#{number}", "COT")
    by_ward = by_ward_index.key("WARD#{ward}", "COT#{number}")


class Crib(Bed, table=clinic, name="crib"):
    """A bed for a doll: in no ward."""

    key = clinic.primary.key("CRIB#{number}", "CRIB")
    by_ward: ClassVar[None] = None


class Box(Entity, Generic[T]):
    """A box of something."""

    name: str
    content: T
    key = clinic.primary.key("BOX#{name}", "BOX")


class NumberBox(Box[int], table=clinic):
    """A box with a number in it."""


def test_a_base_shares_its_fields_and_keys() -> None:
    """With every entity below it; what is nearer to the entity counts."""
    bed = Bed(ward="east", number="b1")
    assert item_of(bed) == {
        "entity": {"S": "Bed"},
        "ward": {"S": "east"},
        "number": {"S": "b1"},
        "PK": {"S": "BED#b1"},
        "SK": {"S": "BED"},
        "GSI1PK": {"S": "WARD#east"},
        "GSI1SK": {"S": "BED#b1"},
    }
    assert schema_of(Bed).roles == {"updated": "updated_at"}


def test_a_base_without_a_table_is_no_entity() -> None:
    """Its keys cannot be asked."""
    with raises(InvalidEntity, declared="a class that is no entity of a table"):
        _ = Placed.by_ward
    with raises(InvalidEntity, declared="it belongs to no table"):
        schema_of(Placed)


def test_an_entity_below_an_entity_has_keys_of_its_own() -> None:
    """Inherited ones are compiled anew; the parent's stay the parent's."""
    assert key_of(Cot(ward="east", number="c1")) == ("COT#c1", "COT")
    assert key_of(Bed(ward="east", number="b1")) == ("BED#b1", "BED")
    assert sent(Cot.by_ward.query(ward="east"))["ExpressionAttributeValues"] == {
        ":GSI1PK": {"S": "WARD#east"},
        ":GSI1SK": {"S": "COT#"},
    }
    assert isinstance(Bed.by_ward, Key)
    assert Bed.by_ward.schema is schema_of(Bed)
    assert Cot.by_ward.schema.name == "Cot"
    assert schema_of(Cot).uniques[0].label == "Cot.number"


def test_an_inherited_key_can_be_given_up() -> None:
    """The entity is then not in that index."""
    assert list(schema_of(Crib).keys) == ["key"]
    assert "GSI1PK" not in item_of(Crib(ward="east", number="x"))
    assert item_of(Crib(ward="east", number="x"))["entity"] == {"S": "crib"}


def test_an_inherited_primary_key_is_a_collision() -> None:
    """Items of parent and child would overwrite each other."""
    with raises(KeyCollision, where="Couch.key", declared="can be the same key"):
        make(clinic, {}, "Couch", bases=(Bed,))
    assert "Couch" not in declarations_of(clinic).entities


def test_an_inherited_index_key_mixes_entities_in_one_query() -> None:
    """Which the query refuses, in a pattern when it is declared."""
    table = Table("clinic")
    index = table.global_index("GSI1", partition_key="GSI1PK", sort_key="GSI1SK")
    keys = {"key": table.primary.key("A#{name}", "A"), "by_all": index.key("ALL", "{name}")}
    first = make(table, {"name": str, **keys}, "First")
    make(table, {"key": table.primary.key("B#{name}", "B")}, "Second", bases=(first,))

    def everyone() -> Query[Any]:
        """All there are."""
        return first.by_all.query()  # type: ignore[no-any-return]

    with raises(ContradictoryPattern, declared="can meet items of Second"):
        access_pattern(everyone)


def test_a_generic_entity_joins_a_table_with_its_type_known() -> None:
    """And round-trips."""
    box = NumberBox(name="x", content=7)
    assert schema_of(NumberBox).decode(item_of(box)) == box
    assert item_of(box)["content"] == {"N": "7"}


class Shelf(Placed, table=clinic):
    """A shelf in a ward, with keys as pydantic.mypy wants them below a base."""

    number: Annotated[str, slug()]
    key: ClassVar = clinic.primary.key("SHELF#{number}", "SHELF")
    by_ward: ClassVar = by_ward_index.key("WARD#{ward}", "SHELF#{number}")
    one_number: ClassVar = unique("number", within="ward")


def test_keys_may_be_annotated_as_class_variables() -> None:
    """They are the same keys."""
    shelf = Shelf(ward="east", number="s1")
    assert key_of(shelf) == ("SHELF#s1", "SHELF")
    assert item_of(shelf)["GSI1SK"] == {"S": "SHELF#s1"}
    assert [unique.fields for unique in schema_of(Shelf).uniques] == [("ward", "number")]


def test_keys_take_no_value_without_a_name() -> None:
    """Whose place in the key would otherwise be a guess."""
    for verb in ("query", "get", "patch", "upsert", "delete", "check"):
        with raises(InvalidOperation, where=f"Bed.key.{verb}", declared="1 of its values"):
            getattr(Bed.key, verb)("b1")


def test_an_unknown_option_of_the_class_is_refused() -> None:
    """`tabel=` would otherwise make a class without a table."""
    with pytest.raises(InvalidEntity, check=lambda error: "tabel" in error.declared):
        make(Table("clinic"), {"x": str}, tabel=clinic)


def test_options_of_the_model_are_passed_on() -> None:
    """Such as Pydantic's `str_strip_whitespace`."""
    table = Table("clinic")
    thing = make(
        table,
        {"name": str, "key": table.primary.key("T#{name}", "T")},
        str_strip_whitespace=True,
    )
    assert key_of(thing(name=" x ")) == ("T#x", "T")
    assert sent(thing.key.get(name=" x "))["Key"]["PK"] == {"S": "T#x"}


def test_an_entity_is_immutable_and_closed() -> None:
    """A key cannot change under an item, nor a misspelt field get lost."""
    bed = Bed(ward="east", number="b1")
    with pytest.raises(ValidationError, match="frozen"):
        bed.ward = "west"  # type: ignore[misc]
    with pytest.raises(ValidationError, match="Extra inputs"):
        Bed(ward="east", number="b1", wrad="x")  # type: ignore[call-arg]


def test_an_alias_is_the_stored_name() -> None:
    """Patterns and code go on using the field's own."""
    table = Table("clinic")
    thing = make(
        table,
        {
            "name": Annotated[str, Field(alias="n")],
            "note": Annotated[str, Field(serialization_alias="a.b")],
            "key": table.primary.key("T#{name}", "T"),
        },
    )
    made = thing(name="x", note="y")
    item = item_of(made)
    assert (item["n"], item["a.b"], item["PK"]) == ({"S": "x"}, {"S": "y"}, {"S": "T#x"})
    assert schema_of(thing).decode(item) == made
    assert sent(thing.key.get(name="x"))["Key"]["PK"] == {"S": "T#x"}


def test_an_item_of_another_entity_is_not_read_as_this_one() -> None:
    """Although its fields would fit."""
    with raises(
        InvalidStoredItem, entity="Cot", key="BED#b1 / BED", problems="its entity is 'Bed'"
    ):
        schema_of(Cot).decode(item_of(Bed(ward="east", number="b1")))


def test_older_items_are_upgraded_before_they_are_read() -> None:
    """The function gets and gives wire form; the stored item itself is not changed."""
    table = Table("clinic")

    def upgrade(item: dict[str, Any]) -> dict[str, Any]:
        item["name"] = item.pop("nmae")
        return item

    fields = {"name": str, "key": table.primary.key("T#{name}", "T")}
    thing = make(table, fields, upgrade=upgrade, reaches=["name", "nmae"])
    old = {"entity": {"S": "Thing"}, "nmae": {"S": "x"}}
    assert schema_of(thing).decode(old) == thing(name="x")
    assert "nmae" in old


def test_a_moment_in_two_offsets_is_one_stored_item() -> None:
    """Attribute and key alike."""
    table = Table("clinic")
    key = table.primary.key("T", "{at}")
    thing = make(table, {"at": datetime, "key": key})
    noon = datetime(2020, 2, 1, 12, tzinfo=UTC)
    assert item_of(thing(at=noon)) == item_of(thing(at="2020-02-01T13:00:00+01:00"))
