"""Arguments of patterns that are models inside entities: passed on whole, or by their fields."""

from __future__ import annotations

from typing import Annotated

import pytest
from pydantic import BaseModel, Field, field_validator

from singletable import Entity, Patch, Table, Update, access_pattern, attr, create, update
from singletable.design.compile import compile_design
from singletable.emit.docs.patterns import pattern_section
from singletable.errors import (
    ContradictoryPattern,
    InvalidItem,
    UnplannedOperation,
    UnstorableValue,
)
from singletable.inspect import Context
from tests.backends import Backend
from tests.conftest import OpenBackend
from tests.singletable.raises import raises

homes = Table("homes")


class Zip(BaseModel):
    """A code, stored under another name."""

    code: Annotated[str, Field(min_length=5)] = Field(
        serialization_alias="zip_code", examples=["12345"]
    )

    @field_validator("code")
    @classmethod
    def strip(cls, code: str) -> str:
        return code.strip()


class Address(BaseModel):
    """Where someone lives."""

    street: str
    zip: Zip | None = None


class Person(Entity, table=homes):
    """Someone with addresses."""

    person_id: str
    home: Address | None = None
    by_name: dict[str, Address] = Field(default_factory=dict)
    former: list[Address] = Field(default_factory=list)

    key = homes.primary.key("PERSON#{person_id}", "PERSON")


@access_pattern
def move(person_id: str, address: Address) -> Patch[Person]:
    """Has another home."""
    return Person.key.patch(person_id=person_id).set(home=address)


@access_pattern
def keep(person_id: str, name: str, address: Address) -> Patch[Person]:
    """Has an address under a name."""
    return Person.key.patch(person_id=person_id).set_at(attr("by_name")[name], address)


@access_pattern
def recode(person_id: str, code: Zip | None) -> Patch[Person]:
    """Has another code, or none."""
    return Person.key.patch(person_id=person_id).set_at(attr("home")["zip"], code)


@access_pattern
def resettle(person_id: str, address: Address) -> Patch[Person]:
    """Lives elsewhere, in a place with a code alone."""
    patch = Person.key.patch(person_id=person_id).set_at(attr("home")["street"], address.street)
    return patch.set_at(attr("home")["zip"], address.zip)


@access_pattern
def move_from(person_id: str, before: Address, name: str) -> Patch[Person]:
    """Leaves an address, if it is still the home."""
    patch = Person.key.patch(person_id=person_id).set_at(attr("by_name")[name], before)
    return patch.when(attr("home").equals(before))


@access_pattern
def leave(person_id: str, address: Address) -> Patch[Person]:
    """Has one more former home."""
    return Person.key.patch(person_id=person_id).append(former=[address])


@access_pattern
def rehouse(before: Person, address: Address) -> Update[Person]:
    """Has another home, as it was read."""
    return update(before, before.model_copy(update={"home": address}))


OLD = Address(street="Old Road", zip=Zip(code="12345"))
NEW = Address(street="New Road", zip=Zip(code="54321"))


@pytest.fixture
def db(open_backend: OpenBackend) -> Backend:
    backend = open_backend(homes)
    backend.repository.write(create(Person(person_id="kim", home=OLD)))
    return backend


def test_models_are_passed_on_whole(db: Backend) -> None:
    write = db.repository.write
    assert write(keep("kim", "work", NEW)).by_name == {"work": NEW}
    assert write(move("kim", NEW)).home == NEW
    assert write(recode("kim", Zip(code="99999"))).home == Address(
        street="New Road", zip=Zip(code="99999")
    )
    assert write(recode("kim", None)).home == Address(street="New Road")
    assert write(resettle("kim", OLD)).home == OLD
    assert write(move_from("kim", OLD, "last")).by_name["last"] == OLD
    assert write(leave("kim", OLD)).former == [OLD]
    read = db.repository.fetch(Person.key.get(person_id="kim"))
    assert read is not None
    assert write(rehouse(read, NEW)).home == NEW
    raw = db.raw(PK="PERSON#kim", SK="PERSON")
    assert raw is not None
    assert raw["home"]["M"]["zip"] == {"M": {"zip_code": {"S": "54321"}}}


def test_they_are_validated_and_planned_as_ever() -> None:
    """Also what was put into them without validation."""
    wrong = Zip.model_construct(code="1")
    with raises(InvalidItem, problems="at least 5"):
        recode("kim", wrong)
    with raises(UnstorableValue, value=7):
        move("kim", Address.model_construct(street=7))
    with pytest.raises(UnplannedOperation):
        move("kim", None)  # type: ignore[arg-type]


def test_another_model_is_refused_at_import() -> None:
    def wrong(person_id: str, code: Zip) -> Patch[Person]:
        """A code for a home."""
        return Person.key.patch(person_id=person_id).set(home=code)

    with raises(ContradictoryPattern, declared="but argument {code} is"):
        access_pattern(wrong)


def test_documents_show_them() -> None:
    """With an example of the model."""
    text = "\n".join(pattern_section(compile_design([homes])))
    assert "`SET by_name.{name} = {address}`" in text
    assert "`SET home.street = {address.street}, home.zip = {address.zip}`" in text
    assert '"street": "street"' in text
    request = keep("kim", "work", NEW).requests(Context())[0]
    assert request.parameters["UpdateExpression"] == "SET #by_name.#work = :work"
