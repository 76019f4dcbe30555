"""A type that Pydantic itself makes no schema of is refused as the engine refuses others."""

from __future__ import annotations

from types import new_class
from typing import Annotated, Any, cast

import pytest
from pydantic import computed_field
from pydantic.errors import PydanticSchemaGenerationError

from singletable import Table, View
from singletable.errors.declaration import UnsupportedAnnotation
from tests.singletable.clinic.making import keyed, make
from tests.singletable.raises import raises


class Plain:
    """A class that says nothing to Pydantic."""


@pytest.mark.parametrize(
    ("kind", "shown"),
    [
        (type(lambda: 0), "function"),
        (Plain, "Plain"),
        (dict[str, list[Plain]], "Plain"),
        (Plain | None, "Plain"),
        (Annotated[Plain, "a mark"], "Plain"),
    ],
)
def test_the_error_names_entity_and_field(kind: Any, shown: str) -> None:
    """As one of a type that Pydantic knows and DynamoDB does not."""
    with pytest.raises(UnsupportedAnnotation) as caught:
        keyed("A#{name}", name=str, odd=kind)
    assert caught.value.where.startswith(f"{keyed.__module__}.Thing.odd")
    assert shown in caught.value.declared


def test_what_is_no_field_is_told_with_the_entity() -> None:
    """A computed field, of which Pydantic says what it lacks."""

    def odd(_: Any) -> Plain:
        return Plain()

    with raises(
        UnsupportedAnnotation, where=f"{keyed.__module__}.Thing", declared="Plain"
    ) as caught:
        keyed("A#{name}", name=str, odd=computed_field(odd))
    assert isinstance(caught.value.__cause__, PydanticSchemaGenerationError)


def test_a_view_is_told_likewise() -> None:
    """Its fields are checked by the same rule."""
    table, above = Table("clinic"), cast(Any, View)
    fields = {"__annotations__": {"name": Plain}, "__module__": "tests"}
    ward = make(table, {"name": str, "key": table.primary.key("A#{name}", "A")})
    with raises(UnsupportedAnnotation, where="tests.Odd.name", declared="Plain"):
        new_class("Odd", (above[ward],), exec_body=lambda body: body.update(fields))
