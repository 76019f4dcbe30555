"""The example of an update changes something, whatever the fields are."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from typing import Any

import pytest

from singletable import Entity, Table
from singletable.design.examples import entity_example
from singletable.entity import schema_of

shelf = Table("update_examples")


class Kind(StrEnum):
    PAPER = "paper"
    TAPE = "tape"


class Texts(Entity, table=shelf):
    """All of its fields are text."""

    text_id: str
    title: str
    author: str
    key = shelf.primary.key("TEXT#{text_id}", "TEXT")


class Optional(Entity, table=shelf):
    """Nothing but the key is required."""

    optional_id: str
    note: str | None = None
    key = shelf.primary.key("OPTIONAL#{optional_id}", "OPTIONAL")


class Mixed(Entity, table=shelf):
    """No text beside the key."""

    mixed_id: str
    kind: Kind
    is_lent: bool
    copies: int
    price: Decimal
    on: date
    at: datetime
    key = shelf.primary.key("MIXED#{mixed_id}", "MIXED")


class Bare(Entity, table=shelf):
    """Nothing beside the key."""

    bare_id: str
    key = shelf.primary.key("BARE#{bare_id}", "BARE")


@pytest.mark.parametrize("model", [Texts, Optional, Mixed])
def test_the_second_state_is_another(model: type[Any]) -> None:
    """Of the same item: one field differs, none of its key."""
    schema = schema_of(model)
    before = entity_example(schema)
    after = entity_example(schema, 1, like=before)
    different = [
        name for name in schema.attributes if getattr(before, name) != getattr(after, name)
    ]
    assert len(different) == 1
    assert different[0] not in schema.primary.fields


@pytest.mark.parametrize("field", ["kind", "is_lent", "copies", "price", "on", "at"])
def test_every_kind_of_field_can_be_the_one_that_differs(field: str) -> None:
    """Where it is the only one beside the key."""
    annotation = Mixed.model_fields[field].annotation
    table = Table(f"update_examples_{field}")
    namespace = {
        "__doc__": "One field beside its key.",
        "__module__": __name__,
        "__annotations__": {"one_id": str, field: annotation},
        "key": table.primary.key("ONE#{one_id}", "ONE"),
    }
    model: Any = type(Entity)(f"One{field}", (Entity,), namespace, table=table)
    before = entity_example(schema_of(model))
    after = entity_example(schema_of(model), 1, like=before)
    assert getattr(before, field) != getattr(after, field)


def test_where_nothing_can_differ_nothing_does() -> None:
    """An entity that is its key."""
    before = entity_example(schema_of(Bare))
    assert entity_example(schema_of(Bare), 1, like=before) == before
