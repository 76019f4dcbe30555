"""Unique items count where a query is proved to meet one entity: they are in indexes too."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Annotated, Any

import pytest
from pydantic import Field

from singletable import TTL, Entity, Query, Table, access_pattern, create, number, unique
from singletable.errors.declaration import ContradictoryPattern, InvalidEntity
from singletable.errors.request import InvalidOperation
from tests.conftest import OpenBackend
from tests.singletable.raises import raises

END = datetime(2030, 1, 1, tzinfo=UTC)
REMEDY = "an index by an attribute that unique items lack"

tickets = Table("tickets")
by_expiry = tickets.global_index("EXPIRY", partition_key=number("expiry"))
by_type = tickets.global_index("TYPE", partition_key="entity", sort_key=number("expiry"))
within = tickets.local_index("WITHIN", sort_key=number("expiry"))


class Ticket(Entity, table=tickets):
    """A ticket, whose unique items have its expiry."""

    ticket_id: str
    code: str
    expiry: Annotated[datetime | None, TTL] = None
    key = tickets.primary.key("TICKET#{ticket_id}", "TICKET")
    expiring = by_expiry.key("{expiry}")
    all = by_type.key("Ticket", "{expiry}")
    soon = within.key("TICKET#{ticket_id}", "{expiry}")
    unique_code = unique("code")


def test_a_query_by_the_expiry_of_unique_items_is_refused(open_backend: OpenBackend) -> None:
    """It met them, and failed on each."""
    db = open_backend(tickets)
    db.repository.write(create(Ticket(ticket_id="1", code="a", expiry=END)))
    with raises(
        InvalidOperation,
        where="Ticket.expiring",
        declared="can meet items of Ticket.code",
        allowed=REMEDY,
    ):
        db.repository.fetch(Ticket.expiring.query(expiry=END))


def test_a_pattern_that_asks_by_the_expiry_of_unique_items_does_not_import() -> None:
    with raises(ContradictoryPattern, declared="Ticket.code", allowed=REMEDY):

        @access_pattern
        def expiring_at(expiry: datetime) -> Query[Ticket]:
            """Finds what expires at this moment."""
            return Ticket.expiring.query(expiry=expiry)


def test_queries_by_type_and_within_a_partition_meet_no_unique_item(
    open_backend: OpenBackend,
) -> None:
    db = open_backend(tickets)
    made = db.repository.write(create(Ticket(ticket_id="1", code="a", expiry=END)))
    for query in (Ticket.all.query(), Ticket.soon.query(ticket_id="1")):
        assert list(db.repository.fetch(query)) == [made]


def test_an_entity_with_the_type_of_unique_items_does_not_import() -> None:
    with raises(InvalidEntity, declared="already has unique items named Ticket.code"):

        class Code(Entity, table=tickets, name="Ticket.code"):
            """Of the same type."""

            code_id: str
            key = tickets.primary.key("CODE#{code_id}", "CODE")


def test_an_entity_whose_unique_items_have_a_type_of_another_does_not_import() -> None:
    table = Table("types")

    class Code(Entity, table=table, name="Pass.code"):
        """Of the type that the unique items would have."""

        code_id: str
        key = table.primary.key("CODE#{code_id}", "CODE")

    assert Code.__name__ == "Code"
    with raises(InvalidEntity, declared="already has an entity named Pass.code"):

        class Pass(Entity, table=table):
            """A pass."""

            pass_id: str
            code: str
            key = table.primary.key("PASS#{pass_id}", "PASS")
            unique_code = unique("code")


@pytest.mark.parametrize("clash", ["ttl", "type"])
def test_an_attribute_that_says_something_else_than_the_owner_does_not_import(clash: str) -> None:
    """The unique item's owner, or its expiry or type, would have been lost."""
    table = Table("clash", type_attribute="owner" if clash == "type" else "entity")
    stored = "owner" if clash == "ttl" else "expiry"
    fields: dict[str, Any] = {"until": Field(default=None, serialization_alias=stored)}
    with raises(InvalidEntity, declared="stores its owner in 'owner'"):

        class Owned(Entity, table=table):
            """With a unique code."""

            owned_id: str
            code: str
            until: Annotated[datetime | None, TTL] = fields["until"]
            key = table.primary.key("OWNED#{owned_id}", "OWNED")
            unique_code = unique("code")
