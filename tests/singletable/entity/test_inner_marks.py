"""Roles are given to fields of an entity; inside them they would do nothing."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Any, Generic, NamedTuple, NewType, TypeVar

import pytest
from pydantic import BaseModel
from typing_extensions import TypeAliasType

from singletable import CREATED, TTL, UPDATED, VERSION, Entity, Table
from singletable.entity import schema_of
from singletable.errors.declaration import InvalidEntity
from tests.singletable.clinic.making import make
from tests.singletable.raises import raises

T = TypeVar("T")

VER = TypeAliasType("VER", Annotated[int, VERSION])
NEW: Any = NewType("NEW", Annotated[int, VERSION])  # type: ignore[valid-newtype]


class Counted(BaseModel):
    """A model with a version."""

    version: Annotated[int, VERSION] = 1


class Optional(BaseModel):
    """A model with a moment that may be absent."""

    until: Annotated[datetime | None, TTL] = None


class OfOptional(BaseModel):
    """A model with a mark in an optional type."""

    until: Annotated[datetime, TTL] | None = None


class Listed(BaseModel):
    """A model of models."""

    all: list[Counted]


class Tree(BaseModel):
    """A model of itself."""

    inner: list[Tree]
    version: Annotated[int, VERSION] = 1


class Boxed(BaseModel, Generic[T]):
    """A model of anything."""

    value: T


@dataclass
class Stamped:
    """A dataclass with a stamp."""

    at: Annotated[datetime, CREATED]


class Pair(NamedTuple):
    """A named tuple with a stamp."""

    one: str
    at: Annotated[datetime, UPDATED]


class Plain(BaseModel):
    """A model without marks, which knows itself."""

    at: datetime
    inner: list[Plain]


INSIDE: dict[str, tuple[Any, str]] = {
    "a model": (Counted, "VERSION"),
    "an optional model": (Counted | None, "VERSION"),
    "an optional member": (Optional, "TTL"),
    "a mark in an optional type": (OfOptional, "TTL"),
    "a list of models": (list[Counted], "VERSION"),
    "a map of models": (dict[str, Counted], "VERSION"),
    "a model of models": (Listed, "VERSION"),
    "a model of itself": (Tree, "VERSION"),
    "a generic model": (Boxed[Counted], "VERSION"),
    "a dataclass": (Stamped, "CREATED"),
    "a list of dataclasses": (list[Stamped], "CREATED"),
    "a named tuple": (Pair, "UPDATED"),
    "an element": (list[Annotated[datetime, CREATED]], "CREATED"),
    "an element of an element": (dict[str, list[Annotated[datetime, CREATED]]], "CREATED"),
    "a list of an alias": (list[VER], "VERSION"),  # type: ignore[valid-type]
    "a map of a new type": (dict[str, NEW], "VERSION"),  # type: ignore[valid-type]
    "an alias of a list": (TypeAliasType("Vers", list[Annotated[int, VERSION]]), "VERSION"),
    "an annotated model": (Annotated[Counted, "x", 1], "VERSION"),
}


def declare(kind: Any) -> Any:
    table = Table("marks")
    return make(table, {"id": str, "held": kind, "key": table.primary.key("M#{id}", "M")}, "Mark")


@pytest.mark.parametrize("where", INSIDE)
def test_a_role_inside_a_field_is_refused(where: str) -> None:
    """It was passed over in silence."""
    kind, role = INSIDE[where]
    with raises(InvalidEntity, declared=f"{role} is given inside held", allowed="entity itself"):
        declare(kind)


@pytest.mark.parametrize(
    "kind",
    [
        Annotated[int, VERSION],
        Annotated[datetime | None, TTL],
        Annotated[datetime, TTL] | None,
        Plain,
        list[Plain],
        int,
    ],
)
def test_a_role_of_a_field_is_none_inside(kind: Any) -> None:
    assert "held" in schema_of(declare(kind)).attributes


def test_an_entity_inside_keeps_the_roles_of_its_own_items() -> None:
    """Such as a copy of what was read."""
    table = Table("copies")

    class Page(Entity, table=table):
        """A page."""

        page_id: str
        version: Annotated[int, VERSION] = 1
        key = table.primary.key("PAGE#{page_id}", "PAGE")

    held = declare(Page)
    assert schema_of(held).version is None
    assert schema_of(Page).version is not None
