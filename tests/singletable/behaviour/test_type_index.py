"""An index on the type attribute: all of one kind."""

from __future__ import annotations

from typing import Any

import pytest

from singletable import Table, create, put, update, upsert
from singletable.errors.declaration import DeclarationError, InvalidEntity, UnusableKeyField
from singletable.errors.request import InvalidItem
from tests.conftest import OpenBackend
from tests.singletable.clinic.making import item_of, make

NAMES = ["values", "condition", "label", "shard", "item", "table", "name_", "context", "update"]


def design(sort: str | None = "named") -> tuple[Table, Any, Any]:
    table = Table("things")
    by_type = table.global_index("ByType", partition_key="entity", sort_key=sort)
    sorts = ["{name}"] if sort else []
    lamp, desk = (
        make(
            table,
            {
                "id": str,
                "name": str | None,
                "key": table.primary.key(f"{kind}#{{id}}", kind),
                "listed": by_type.key(kind, *sorts),
            },
            kind,
            defaults={"name": None},
        )
        for kind in ("Lamp", "Desk")
    )
    return table, lamp, desk


def test_all_items_of_one_entity_are_found_by_the_type_attribute(open_backend: OpenBackend) -> None:
    """The entity's own name is the partition key; an index key without a value is left out."""
    table, lamp, desk = design()
    db = open_backend(table)
    one = db.repository.write(create(lamp(id="1", name="b")))
    two = db.repository.write(create(lamp(id="2", name="a")))
    db.repository.write(create(desk(id="1", name="c")))
    assert db.repository.fetch(lamp.listed.query()).items == (two, one)
    nameless = db.repository.write(update(one, one.model_copy(update={"name": None})))
    db.repository.write(lamp.key.patch(id="2").set(name="z"))
    assert [each.id for each in db.repository.fetch(lamp.listed.query()).items] == ["2"]
    assert db.repository.fetch(lamp.key.get(id="1")) == nameless
    db.repository.write(lamp.key.patch(id="2").unset("name"))
    assert db.repository.fetch(lamp.listed.query()).items == ()
    stored = db.raw(PK="Lamp#2", SK="Lamp")
    assert stored is not None
    assert stored["entity"] == {"S": "Lamp"}
    db.repository.write(upsert(lamp(id="3", name="d")))
    db.repository.write(put(lamp(id="4", name="e")))
    assert [each.id for each in db.repository.fetch(lamp.listed.query()).items] == ["3", "4"]


def test_an_entity_of_another_name_in_the_template_does_not_import() -> None:
    """The attribute says which entity an item is, and nothing else."""
    table = Table("things")
    by_type = table.global_index("ByType", partition_key="entity")
    for template in ("Desk", "{id}", "Lamp#{id}", "LAMP"):
        fields = {
            "id": str,
            "key": table.primary.key("LAMP#{id}", "LAMP"),
            "listed": by_type.key(template),
        }
        with pytest.raises(UnusableKeyField):
            make(table, fields, "Lamp")


def test_an_entity_without_a_key_there_does_not_import_where_its_items_would_be_in_the_index() -> (
    None
):
    """Every item has the type attribute, so an index on it alone holds every item."""
    table = Table("things")
    table.global_index("ByType", partition_key="entity")
    with pytest.raises(InvalidEntity, check=lambda error: "ByType" in error.declared):
        make(table, {"id": str, "key": table.primary.key("LAMP#{id}", "LAMP")}, "Lamp")


def test_two_indexes_may_be_on_the_type_attribute() -> None:
    """It is the same for both."""
    table = Table("things")
    indexes = [
        table.global_index(name, partition_key="entity", sort_key=name) for name in ("One", "Two")
    ]
    keys = {f"by_{at}": index.key("Lamp", "{id}") for at, index in enumerate(indexes)}
    lamp = make(table, {"id": str, "key": table.primary.key("L#{id}", "L"), **keys}, "Lamp")
    item = item_of(lamp(id="1"))
    assert (item["entity"], item["One"], item["Two"]) == ({"S": "Lamp"}, {"S": "1"}, {"S": "1"})


def test_the_type_attribute_is_no_part_of_the_primary_key() -> None:
    """All items of an entity would be in one partition."""
    for options in ({"partition_key": "entity"}, {"sort_key": "entity"}):
        with pytest.raises(DeclarationError):
            Table("things", **options)


def test_fields_may_be_called_like_what_verbs_take(open_backend: OpenBackend) -> None:
    """Values are given by name, whatever else verbs take."""
    table = Table("names")
    fields = {"id": str, **dict.fromkeys(NAMES, int)}
    key = {"key": table.primary.key("T#{id}#{shard_key}", "T"), "shard_key": str}
    entity = make(table, fields | key, defaults=dict.fromkeys(NAMES, 1))
    repository = open_backend(table).repository
    identity = {"id": "a", "shard_key": "b"}
    repository.write(create(entity(**identity)))
    changed = repository.write(entity.key.patch(**identity).set(**dict.fromkeys(NAMES, 2)))
    counted = repository.write(entity.key.patch(**identity).add(**dict.fromkeys(NAMES, 1)))
    assert {getattr(changed, name) for name in NAMES} == {2}
    assert {getattr(counted, name) for name in NAMES} == {3}
    assert repository.fetch(entity.key.get(**identity)) == counted


def test_a_field_called_shard_is_validated_where_the_key_has_no_shards() -> None:
    """It is a field like any other there."""
    table = Table("names")
    key = {"key": table.primary.key("T#{shard}", "T")}
    entity = make(table, {"shard": str, **key})
    with pytest.raises(InvalidItem):
        entity.key.query(shard=5)
