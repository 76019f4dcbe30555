"""What ElectroDB 3.9 leaves in keys and items that no design asks for, read by ours."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Any

import pytest
from pydantic import Field

from singletable import Entity, Repository, Table, put, update
from singletable.errors import InvalidStoredItem
from singletable.formats import Format
from tests.foreign.helpdesk import OWN, T1, TICKET, Helpdesk

pytestmark = [pytest.mark.connected, pytest.mark.slow]


def test_half_of_an_index_key_is_no_place_in_the_index(desk: Helpdesk) -> None:
    """ElectroDB leaves the sort key of an index that an item left; ours reads and keeps it."""
    desk.other.call("ticket", ["patch", T1], ["remove", ["assignee"]], ["go"])
    assert "gsi2sk" in desk.backend.raw(
        pk=TICKET.split(" / ", maxsplit=1)[0], sk=TICKET.split(" / ")[1]
    )
    ticket = desk.ticket()
    assert ticket.assignee is None
    assert desk.repository.fetch(desk.design.Ticket.by_assignee.scan(because="all")).items == ()
    patch = desk.design.Ticket.key.patch(**OWN).set(subject="Later")
    assert desk.changes(patch)[TICKET].keys() == {
        "subject",
        "updatedAt",
    }
    now = desk.ticket()
    again = update(now, now.model_copy(update={"assignee": "Bob"}))
    assert desk.changes(again)[TICKET].keys() == {
        "assignee",
        "gsi2pk",
        "updatedAt",
    }
    found = desk.other.call(["desk", {"assignee": "Bob"}], ["go"])["data"]["ticket"]
    assert [each["subject"] for each in found] == ["Later"]


def test_an_item_without_assignee_is_in_electrodbs_index(desk: Helpdesk) -> None:
    """ElectroDB keeps it in a partition of no name: ours reads it by key, and reports it there."""
    bare = {**T1, "ticketId": "T3", "subject": "Lost", "priority": 1}
    desk.other.call("ticket", ["create", bare], ["go"])
    raw = desk.backend.raw(pk="$helpdesk#customerid_c1", sk="$account#ticket_1#ticketid_t3")
    assert raw["gsi2pk"] == {"S": "$helpdesk#assignee_"}
    ticket = desk.ticket(ticket_id="t3")
    assert ticket.assignee is None
    scan = desk.design.Ticket.by_assignee.scan(because="all")
    with pytest.raises(InvalidStoredItem, match="assignee=None is missing"):
        desk.repository.fetch(scan)
    tolerant = desk.repository.fetch(scan.tolerating_unreadable())
    assert [each.ticket_id for each in tolerant.items] == ["T1"]
    desk.repository.write(update(ticket, ticket.model_copy(update={"assignee": "Ann"})))
    assert [each.ticket_id for each in desk.repository.fetch(scan).items] == ["T3", "T1"]


loose = Table("loose", partition_key="pk", sort_key="sk", type_attribute="__edb_e__")
loose_gsi2 = loose.global_index("gsi2", partition_key="gsi2pk", sort_key="gsi2sk")


@dataclass(frozen=True, kw_only=True)
class Loose(Format):
    """Text in lower case, also none at all."""

    name: str = "loose"
    alphabet: frozenset[str] | None = None
    min_bytes: int = 0
    ordered: bool = False

    def encode(self, value: object) -> str:
        return str(value).lower()

    def decode(self, text: str) -> str:
        return text

    def example(self, field: str) -> str:
        return "kim"


class Ticket(Entity, table=loose, name="ticket"):
    """The part of a ticket that says whose it is."""

    ticket_id: Annotated[str, Loose(), Field(serialization_alias="ticketId")]
    assignee: Annotated[str, Loose()] = ""

    key = loose.primary.key("$helpdesk#customerid_c1", "$account#ticket_1#ticketid_{ticket_id}")
    by_assignee = loose_gsi2.key(
        "$helpdesk#assignee_{assignee}",
        "$desk#ticket_1#status_open#priority_01#ticketid_{ticket_id}",
    )


def test_a_format_that_takes_empty_text_finds_them(desk: Helpdesk) -> None:
    """Where the program asks for that partition: the default stands for the absent attribute."""
    bare = {**T1, "ticketId": "T3", "subject": "Lost", "priority": 1}
    desk.other.call("ticket", ["create", bare], ["go"])
    repository = Repository(desk.backend.transport, {loose: desk.backend.name})
    (ticket,) = repository.fetch(Ticket.by_assignee.query(assignee=""))
    assert (ticket.ticket_id, ticket.assignee) == ("T3", "")
    theirs = repository.write(update(ticket, ticket.model_copy(update={"assignee": "Bob"})))
    assert desk.theirs(ticketId="T3")["assignee"] == "Bob"
    repository.write(update(theirs, theirs.model_copy(update={"assignee": ""})))
    found = desk.other.call("ticket", "query", ["byAssignee", {"assignee": ""}], ["go"])["data"]
    assert [(each["ticketId"], each["assignee"]) for each in found] == [("T3", "")]


def test_what_electrodbs_update_leaves_half_is_reported(desk: Helpdesk) -> None:
    """Its `update` of an item that is not there makes one without its required attributes."""
    desk.other.call(
        "ticket", ["update", {**T1, "ticketId": "T9"}], ["set", {"subject": "Lost"}], ["go"]
    )
    with pytest.raises(InvalidStoredItem) as raised:
        desk.repository.fetch(desk.design.account("c1"))
    assert len(raised.value.items) == 2
    assert "priority" in str(raised.value)


@pytest.mark.parametrize(
    ("values", "problem"),
    [
        ({"ticketId": "T#3", "priority": 1}, "'T#3' contains '#'"),
        ({"ticketId": "T3", "priority": 123}, "priority: .* is not within 0 and 99"),
    ],
    ids=["the delimiter in a value", "a number wider than its padding"],
)
def test_keys_that_electrodb_cannot_read_back_are_reported(
    desk: Helpdesk, values: dict[str, Any], problem: str
) -> None:
    """It writes them as they are; ours reads the others, and says which one it is."""
    desk.other.call("ticket", ["create", {**T1, "subject": "Lost", **values}], ["go"])
    with pytest.raises(InvalidStoredItem, match=problem) as raised:
        desk.repository.fetch(desk.design.account("c1"))
    assert len(raised.value.items) == 2


def test_a_put_by_ours_drops_what_ours_does_not_know(desk: Helpdesk) -> None:
    """As ElectroDB's own put would; update and patch keep it."""
    changed = desk.changes(put(desk.ticket()))
    assert changed[TICKET].pop("updatedAt", None)
    assert changed[TICKET] == {"history": None}
