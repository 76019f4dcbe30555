"""Roles and formats hold where a name stands for the annotated type: an alias, or a new type."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Annotated, Any, NewType

import pytest
from typing_extensions import TypeAliasType

from singletable import (
    CREATED,
    TTL,
    UPDATED,
    VERSION,
    Entity,
    Get,
    Table,
    access_pattern,
    create,
    update,
)
from singletable.entity import schema_of
from singletable.errors.declaration import InvalidEntity
from singletable.errors.request import VersionConflict
from singletable.formats import text
from tests.conftest import OpenBackend
from tests.singletable.clinic.making import make
from tests.singletable.raises import raises

VER = TypeAliasType("VER", Annotated[int, VERSION])
EXPIRY = TypeAliasType("EXPIRY", Annotated[datetime | None, TTL])
MADE = TypeAliasType("MADE", Annotated[datetime, CREATED])
CHANGED = TypeAliasType("CHANGED", Annotated[datetime | None, UPDATED])
LOWER = TypeAliasType("LOWER", Annotated[str, text(lower=True)])
OF_ALIAS = TypeAliasType("OF_ALIAS", VER)
NEW: Any = NewType("NEW", Annotated[int, VERSION])  # type: ignore[valid-newtype]
OF_NEW: Any = NewType("OF_NEW", NEW)
NEW_LOWER: Any = NewType("NEW_LOWER", Annotated[str, text(lower=True)])  # type: ignore[valid-newtype]
things = Table("things")


class Named(Entity, table=things):
    """A thing whose name is of an alias."""

    name: LOWER
    version: VER = 1
    key = things.primary.key("THING#{name}", "THING")


LATER = datetime(2030, 1, 1, tzinfo=UTC)


def noted(version: Any, name: Any) -> Any:
    """An entity whose roles and format are given by names, in a table of its own."""
    named = Table("named")
    fields = {
        "name": name,
        "words": str,
        "version": version,
        "expires": EXPIRY | None,
        "made": MADE,
        "changed": CHANGED,
        "key": named.primary.key("NOTE#{name}", "NOTE"),
    }
    defaults = {"words": "", "version": 1, "expires": None, "made": LATER, "changed": None}
    return make(named, fields, "Note", defaults=defaults)


@pytest.mark.parametrize("version", [VER, OF_ALIAS, NEW, OF_NEW, Annotated[VER, "of notes", 1]])
@pytest.mark.parametrize("name", [LOWER, NEW_LOWER])
def test_a_named_role_is_the_role_of_the_field(
    open_backend: OpenBackend, version: Any, name: Any
) -> None:
    """It was passed over, and the second writer's update was lost the first's."""
    note = noted(version, name)
    assert set(schema_of(note).roles) == {"version", "ttl", "created", "updated"}
    backend = open_backend(schema_of(note).table)
    made = backend.repository.write(create(note(name="A", expires=LATER)))
    one, other = (made.model_copy(update={"words": words}) for words in ("one", "two"))
    assert backend.repository.write(update(made, one)).version == 2
    with raises(VersionConflict):
        backend.repository.write(update(made, other))
    stored = backend.repository.fetch(note.key.get(name="A"))
    assert (stored.name, stored.words, stored.expires) == ("a", "one", LATER)
    assert schema_of(note).encode(stored)["expires"] == {"N": "1893456000"}


@pytest.mark.parametrize("version", [VER | None, VER | str, NEW | None])
def test_a_named_role_of_another_type_is_refused(version: Any) -> None:
    with raises(InvalidEntity, declared="the version version is"):
        noted(version, LOWER)


@access_pattern
def of_name(name: str) -> Get[Named]:
    """The thing of a name."""
    return Named.key.get(name=name)


def test_a_pattern_takes_what_the_name_stands_for(open_backend: OpenBackend) -> None:
    """An alias is its type, to docs and to arguments."""
    backend = open_backend(things)
    backend.repository.write(create(Named(name="A")))
    found = backend.repository.fetch(of_name("A"))
    assert found is not None
    assert found.name == "a"
