"""Pydantic's validators and options on entities: what the engine keeps, and what it refuses."""

from __future__ import annotations

from typing import Annotated, Any

import pytest
from pydantic import AliasChoices, AliasPath, Field, ValidationInfo, field_validator

from singletable import Entity, Table, create, upsert
from singletable.errors.declaration import InvalidEntity
from singletable.errors.request import InvalidItem, InvalidOperation
from tests.conftest import OpenBackend
from tests.singletable.clinic.making import keyed, make
from tests.singletable.raises import raises

clinic = Table("clinic")


class Bed(Entity, table=clinic):
    """A bed, whose name is trimmed and whose ward is upper case."""

    name: str
    ward: str = "A"
    label: str = Field(default_factory=lambda known: f"{known['ward']}-{known['name']}")

    key = clinic.primary.key("BED#{name}", "BED")

    @field_validator("name", mode="before")
    @classmethod
    def trimmed(cls, value: Any) -> Any:
        """Without spaces around it."""
        return value.strip()

    @field_validator("ward")
    @staticmethod
    def upper(value: str) -> str:
        """In capitals."""
        return value.upper()


class Stay(Entity, table=clinic):
    """Nights in a bed."""

    stay_id: str
    first: int
    last: int

    key = clinic.primary.key("STAY#{stay_id}", "STAY")

    @field_validator("last")
    @classmethod
    def later(cls, value: int, info: ValidationInfo) -> int:
        """Not before the first."""
        if value < info.data["first"]:
            raise ValueError("ends before it begins")
        return value


def test_a_field_validator_of_the_class_applies_to_keys_and_changes(
    open_moto: OpenBackend,
) -> None:
    """As a class method or a static one, as when the entity is made."""
    db = open_moto(clinic).repository
    db.write(create(Bed(name=" one ")))
    found = db.fetch(Bed.key.get(name="one  "))
    assert found is not None
    assert found.name == "one"
    assert db.write(Bed.key.patch(name=" one").set(ward="b")).ward == "B"


def test_a_validator_that_stumbles_over_a_value_is_an_invalid_item() -> None:
    """Whatever it raised is named, and is the cause."""
    with raises(
        InvalidItem, entity="Bed", problems="name: its validator raises AttributeError"
    ) as refused:
        Bed.key.get(name=5)
    assert isinstance(refused.value.__cause__, AttributeError)


def test_a_validator_that_may_look_at_other_fields_refuses_partial_changes() -> None:
    """A patch of one field could leave an item that no longer loads."""
    with raises(InvalidOperation, where="patch of Stay", declared="look at several fields"):
        Stay.key.patch(stay_id="1")
    with raises(InvalidOperation, where="upsert of Stay", declared="look at several fields"):
        upsert(Stay(stay_id="1", first=1, last=2))


def test_a_default_made_of_other_fields_sees_them_in_an_upsert(open_moto: OpenBackend) -> None:
    """The identity, what is set and earlier defaults; what only DynamoDB knows is named."""
    db = open_moto(clinic).repository
    assert db.write(Bed.key.upsert(name="two").set(ward="c")).label == "C-two"
    assert db.write(Bed.key.upsert(name="three")).label == "A-three"


@pytest.mark.parametrize(
    ("options", "why"),
    [
        ({"frozen": False}, "not frozen"),
        ({"revalidate_instances": "never"}, "does not check again"),
        ({"validate_by_name": False}, "by name"),
        ({"extra": "allow"}, "extra fields"),
    ],
)
def test_an_option_that_the_engine_relies_on_stays_as_it_is(
    options: dict[str, Any], why: str
) -> None:
    """Otherwise unchecked or stale values would be stored, or stored items would not load."""
    with raises(InvalidEntity, declared=why):
        make(Table("odd"), {"name": str}, "Odd", **options)


@pytest.mark.parametrize("alias", [AliasPath("more", 0), AliasChoices("one", AliasPath("more"))])
def test_a_field_read_from_a_path_is_refused(alias: AliasPath | AliasChoices) -> None:
    """A stored item would not load: the path leads into another field."""
    with raises(InvalidEntity, declared="one is read from a path"):
        keyed("T#{two}", one=Annotated[int, Field(validation_alias=alias)], more=list[int], two=str)
