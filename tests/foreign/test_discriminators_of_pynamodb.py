"""Classes of PynamoDB 6.1 that its discriminator tells apart, read and changed by ours."""

from __future__ import annotations

import importlib
from datetime import UTC, datetime, timedelta
from types import ModuleType
from typing import Literal

import pytest
from pydantic import Field

from singletable import Entity, Table, create
from singletable.formats import instant
from tests.backends import local_endpoint
from tests.foreign.conftest import OpenLocal
from tests.foreign.library import SharedTable, in_order

pytestmark = [pytest.mark.connected, pytest.mark.slow]

NOON = datetime(2026, 3, 1, 12, 0, 0, 123456, tzinfo=UTC)


@pytest.fixture
def people(shop: ModuleType, pynamo: ModuleType, open_local: OpenLocal) -> SharedTable:
    """A person with a pet, saved by PynamoDB."""
    backend = open_local(shop.people)
    models = pynamo.declare_models(local_endpoint(), people=backend.name)
    models.Person("PERSON#kim", "PERSON", name="Kim", born=NOON).save()
    models.Pet("PERSON#kim", "PET#1", name="Rex", species="dog").save()
    return SharedTable(shop, backend, models)


def test_both_write_the_items_of_the_page(people: SharedTable) -> None:
    """Of the same values they make the same items."""
    design, shown = people.design, importlib.import_module("shop_items").PEOPLE
    assert in_order(people.backend.items()) == in_order(shown)
    people.remove_all()
    people.repository.write(create(design.Person(person_id="kim", name="Kim", born=NOON)))
    pet = design.Pet(person_id="kim", pet_id="1", name="Rex", species="dog")
    people.repository.write(create(pet))
    assert in_order(people.backend.items()) == in_order(shown)


def test_a_discriminator_is_the_type_attribute(people: SharedTable) -> None:
    """Each reads the other's persons and pets as what they are."""
    design, repository = people.design, people.repository
    household = repository.fetch(design.household("kim"))
    assert [type(each).__name__ for each in household] == ["Person", "Pet"]
    pet = design.Pet(person_id="kim", pet_id="2", name="Mia", species="cat")
    repository.write(create(pet))
    beings = list(people.other.Being.query("PERSON#kim"))
    assert [type(each).__name__ for each in beings] == ["Person", "Pet", "Pet"]
    patch = design.Person.key.patch(person_id="kim").set(name="Kim Low")
    assert people.changes(patch) == {"PERSON#kim / PERSON": {"name": {"S": "Kim Low"}}}
    assert people.other.Person.get("PERSON#kim", "PERSON").name == "Kim Low"
    cat = people.other.Pet.get("PERSON#kim", "PET#2")
    cat.update(actions=[people.other.Pet.species.set("lion")])
    assert repository.fetch(design.Pet.key.get(person_id="kim", pet_id="2")).species == "lion"
    assert repository.fetch(design.Pet.key.scan(because="all").count()) == 2


readings = Table(
    "readings",
    partition_key="device",
    sort_key="at",
    type_attribute=None,
    instants=instant("microseconds", suffix="+0000"),
)


class Reading(Entity, table=readings):
    """Of one shape of key, whichever class it is of."""

    device: str
    at: datetime
    kind: Literal["Temperature", "Humidity"] = Field(serialization_alias="cls")
    degrees: float | None = None
    percent: int | None = None

    key = readings.primary.natural()


def test_classes_of_one_shape_of_key_are_one_entity(
    pynamo: ModuleType, open_local: OpenLocal
) -> None:
    """The discriminator is a field, and what one class alone has may be absent."""
    backend = open_local(readings)
    models = pynamo.declare_models(local_endpoint(), readings=backend.name)
    models.Temperature("d1", NOON, degrees=21.5).save()
    new = Reading(device="d1", at=NOON + timedelta(seconds=1), kind="Humidity", percent=40)
    backend.repository.write(create(new))
    found = backend.repository.fetch(Reading.key.query(device="d1")).items
    assert [(each.kind, each.degrees, each.percent) for each in found] == [
        ("Temperature", 21.5, None),
        ("Humidity", None, 40),
    ]
    theirs = list(models.Reading.query("d1"))
    assert [type(each).__name__ for each in theirs] == ["Temperature", "Humidity"]
    backend.repository.write(Reading.key.patch(device="d1", at=NOON).set(degrees=20.25))
    assert models.Temperature.get("d1", NOON).degrees == 20.25
