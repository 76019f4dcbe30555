"""A field without key text in a unique value is refused by its reason, as in a key."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from typing import Annotated, Any

import pytest
from pydantic import AnyUrl

from singletable import Table, create, unique
from singletable.errors import UnknownTemplateField, UnusableKeyField
from singletable.errors.request import UniqueTaken
from singletable.formats import integer
from tests.conftest import OpenBackend
from tests.singletable.clinic.making import make
from tests.singletable.raises import raises

WITHOUT: dict[str, tuple[Any, str]] = {
    "Decimal": (Decimal, "code is Decimal, which needs a format"),
    "float": (float, "code is float, which needs a format"),
    "int": (int, "code is int, which needs a format such as integer(0, 9999)"),
    "int or none": (int | None, "code is int, which needs a format"),
    "bytes": (bytes, "code is bytes, which needs a format"),
    "duration": (timedelta, "code is timedelta, which needs a format"),
    "address": (AnyUrl, "code is AnyUrl, which needs a format"),
    "union": (str | int, "code is a union"),
}
UNIQUES: dict[str, Any] = {"value": unique("code"), "scope": unique("name", within="code")}


def declare(annotation: Any, constraint: Any) -> tuple[Table, Any]:
    table = Table("tickets")
    fields = {"ticket_id": str, "name": str, "code": annotation, "one": constraint}
    return table, make(
        table, fields | {"key": table.primary.key("TICKET#{ticket_id}", "TICKET")}, "Ticket"
    )


@pytest.mark.parametrize("constraint", UNIQUES.values(), ids=UNIQUES)
@pytest.mark.parametrize(("annotation", "reason"), WITHOUT.values(), ids=WITHOUT)
def test_a_field_without_format_is_refused_by_its_reason(
    annotation: Any, reason: str, constraint: Any
) -> None:
    """It was refused as if there were no such field."""
    with raises(UnusableKeyField, where=f"Ticket.unique({constraint.field})", declared=reason):
        declare(annotation, constraint)


def test_a_field_that_there_is_not_is_unknown() -> None:
    with raises(UnknownTemplateField, where="Ticket.unique(colour)", declared="names 'colour'"):
        declare(str, unique("colour"))


def test_a_number_with_a_format_is_unique(open_backend: OpenBackend) -> None:
    table, ticket = declare(Annotated[int, integer(0, 9999)], unique("code"))
    db = open_backend(table)
    db.repository.write(create(ticket(ticket_id="1", name="a", code=7)))
    with raises(UniqueTaken, field="code"):
        db.repository.write(create(ticket(ticket_id="2", name="b", code=7)))
