"""A default is a value that the model takes and keeps, wherever it stands; others do not import.

An older item is read with it, and could not be written again.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Any, NamedTuple

import pytest
from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from singletable import VERSION, Entity, Table, attr, create
from singletable.errors import ConditionFailed, InvalidEntity
from tests.conftest import OpenBackend
from tests.singletable.clinic.making import keyed
from tests.singletable.raises import raises

Upper = Annotated[str, StringConstraints(to_upper=True)]


class Money(BaseModel):
    currency: Upper = "eur"


class Account(BaseModel):
    tries: Annotated[int, Field(ge=1)] = 0


class Separated(BaseModel):
    model_config = ConfigDict(str_strip_whitespace=True)
    separator: str = ", "


@dataclass
class Priced:
    money: Money | None = None
    currency: Upper = "eur"


class Pair(NamedTuple):
    first: str
    second: Upper = "b"


class Sound(BaseModel):
    model_config = ConfigDict(str_strip_whitespace=True)
    separator: str = ","
    currency: Upper = "EUR"
    checked: Upper = Field("eur", validate_default=True)


INSIDE: list[tuple[Any, str]] = [
    (Money, "currency is changed"),
    (list[Money], "currency is changed"),
    (dict[str, Money], "currency is changed"),
    (Account | None, "tries is refused"),
    (Separated, "separator is changed"),
    (Priced, "currency is changed"),
    (Pair, "second is changed"),
]


@pytest.mark.parametrize(("kind", "problem"), INSIDE)
def test_a_default_inside_is_judged(kind: Any, problem: str) -> None:
    """In models, dataclasses and named tuples, in whatever they stand."""
    with raises(InvalidEntity, declared=problem):
        keyed("THING#{thing_id}", thing_id=str, value=kind)
    keyed("THING#{thing_id}", thing_id=str, value=Sound)


@pytest.mark.parametrize(
    ("option", "default"),
    [
        ({"str_to_upper": True}, "eur"),
        ({"str_to_lower": True}, "EUR"),
        ({"str_strip_whitespace": True}, " x"),
        ({"str_max_length": 2}, "eur"),
        ({"str_min_length": 4}, "eur"),
    ],
)
def test_a_default_is_judged_by_the_configuration(option: Any, default: str) -> None:
    """What it folds or bounds."""
    table = Table("configured")
    with raises(InvalidEntity, declared="the default of currency"):

        class _Price(Entity, table=table):
            """A price."""

            model_config = ConfigDict(**option)
            price_id: str
            currency: str = default
            key = table.primary.key("PRICE#{price_id}", "PRICE")


def test_the_default_of_a_version_is_judged() -> None:
    """An item from before the version has it."""
    table = Table("versioned")
    with raises(InvalidEntity, declared="the default of version is refused"):

        class _Doc(Entity, table=table):
            """A document."""

            doc_id: str
            version: Annotated[int, VERSION, Field(ge=1)] = 0
            key = table.primary.key("DOC#{doc_id}", "DOC")


homes = Table("homes-by-name")


class Address(BaseModel):
    """Constructed by name alone, stored by alias."""

    model_config = ConfigDict(validate_by_alias=False, validate_by_name=True)
    zip_code: str = Field("0", alias="zipCode")
    floor: int = Field(3, alias="F")


class Home(Entity, table=homes):
    """A home, constructed by name alone, too."""

    model_config = ConfigDict(validate_by_alias=False, validate_by_name=True, extra="ignore")
    home_id: str
    lent_to: str = Field("nobody", alias="lentTo")
    address: Address
    key = homes.primary.key("HOME#{home_id}", "HOME")


def test_a_field_that_takes_no_alias_takes_its_value(open_backend: OpenBackend) -> None:
    """Not its default, which stands where its name is not given."""
    db = open_backend(homes)
    address = Address(zip_code="1", floor=9)
    db.repository.write(create(Home(home_id="1", lent_to="kim", address=address)))
    patch = Home.key.patch(home_id="1")
    patched = patch.set(lent_to="lee").set_at(attr("address")["zip_code"], "5")
    moved = db.repository.write(patched.add_at(attr("address")["floor"], 2))
    assert moved.lent_to == "lee"
    assert moved.address == Address(zip_code="5", floor=11)
    with pytest.raises(ConditionFailed):
        db.repository.write(patch.set(lent_to="x").when(attr("address")["floor"].equals(999)))
