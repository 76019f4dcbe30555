"""DynamoDB deletes every item of a table whose TTL attribute is a number in the past."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from typing import Annotated, Any

import pytest
from pydantic import Field

from singletable import TTL, VERSION, Entity, Table, create, number
from singletable.errors import InvalidEntity, InvalidOperation
from tests.backends import START
from tests.conftest import OpenBackend
from tests.singletable.clinic.making import make
from tests.singletable.raises import raises

EXPIRES = Annotated[datetime | None, TTL]
NUMBERS: dict[str, Any] = {
    "whole": int,
    "counted": Annotated[int, VERSION],
    "decimal or none": Decimal | None,
    "text or number": str | float,
    "anything": Any,
    "by another name": Annotated[int, Field(serialization_alias="ends")],
}


def declare_pair(field: Any, is_first: bool) -> set[str]:
    """Declares both entities; their names."""
    table = Table("pawnshop")
    name = "until" if "ends" in repr(field) else "ends"
    default = 1 if "VERSION" in repr(field) or "version" in repr(field) else None
    defaults = {name: default} if default else {}
    numbered = {"code": str, name: field, "key": table.primary.key("COUPON#{code}", "COUPON")}
    expiring = {"seat": str, "ends": EXPIRES, "key": table.primary.key("SEAT#{seat}", "SEAT")}
    made = [
        lambda: make(table, numbered, "Coupon", defaults=defaults),
        lambda: make(table, expiring, "Session"),
    ]
    return {declare().__name__ for declare in (made if is_first else reversed(made))}


@pytest.mark.parametrize("is_first", [True, False])
@pytest.mark.parametrize("field", NUMBERS.values(), ids=NUMBERS)
def test_a_number_under_the_ttl_attribute_of_another_entity_is_refused(
    field: Any, is_first: bool
) -> None:
    """In either order of declaration."""
    where = "Session" if is_first else "Coupon"
    with raises(InvalidEntity, where=where, declared="of Coupon may be a number in ends"):
        declare_pair(field, is_first)


@pytest.mark.parametrize("is_first", [True, False])
@pytest.mark.parametrize("field", [str, datetime, list[int], bool])
def test_what_is_no_number_may_be_called_like_the_ttl_attribute(field: Any, is_first: bool) -> None:
    assert declare_pair(field, is_first) == {"Coupon", "Session"}


def test_entities_share_the_ttl_attribute(open_backend: OpenBackend) -> None:
    table = Table("lockers")

    class Locker(Entity, table=table):
        """A locker, free again when its time has passed."""

        number: str
        ends: EXPIRES = None
        key = table.primary.key("LOCKER#{number}", "LOCKER")

    class Bike(Entity, table=table):
        """A bike, which ends by another name in the code."""

        number: str
        until: Annotated[EXPIRES, Field(serialization_alias="ends")] = None
        key = table.primary.key("BIKE#{number}", "BIKE")

    db = open_backend(table)
    for entity in (Locker(number="1", ends=START), Bike(number="1", until=START)):
        db.repository.write(create(entity))
    assert [item["ends"] for item in db.items()] == [{"N": str(int(START.timestamp()))}] * 2


def test_a_query_by_expiry_leaves_out_what_has_expired_by_its_key() -> None:
    """DynamoDB takes no filter on a key attribute."""
    table = Table("tickets")
    index = table.global_index("ByExpiry", partition_key="kind", sort_key=number("ends"))

    class Ticket(Entity, table=table):
        """A ticket."""

        ticket_id: str
        kind: str
        ends: EXPIRES = None
        key = table.primary.key("TICKET#{ticket_id}", "TICKET")
        by_expiry = index.natural()

    Ticket.key.query(ticket_id="1").excluding_expired()
    with raises(InvalidOperation, declared="a filter on the TTL, which is a key attribute"):
        Ticket.by_expiry.query(kind="a").excluding_expired()
