"""Items of ElectroDB 3.9, written by itself: read and changed by ours, and by it again.

Model and layout are those of docs/from-electrodb.md and of node/electro.mjs.
"""

from __future__ import annotations

import importlib
from collections.abc import Callable
from typing import Any

import pytest

from singletable import attr, create, delete, update, upsert
from singletable.errors import ItemExists, ItemMissing, VersionConflict
from tests.foreign.helpdesk import C1, CUSTOMER, OWN, T1, TICKET, Helpdesk
from tests.foreign.library import Item, Refused, in_order

pytestmark = [pytest.mark.connected, pytest.mark.slow]

STAMPS = ("createdAt", "updatedAt")


def test_the_page_shows_what_electrodb_writes(desk: Helpdesk) -> None:
    """Its items are ElectroDB's, but for the moments."""
    shown = importlib.import_module("helpdesk_items").ITEMS
    assert in_order(desk.backend.items(), STAMPS) == in_order(shown, STAMPS)
    assert all(item.keys() > set(STAMPS) for item in shown)


def test_ours_writes_what_electrodb_writes(desk: Helpdesk) -> None:
    """Of the same values both make the same item, with the same keys, but for the moments."""
    written = desk.backend.items()
    desk.remove_all()
    design = desk.design
    address = design.Address(city="Oslo")
    customer = design.Customer(
        customer_id="C1", name="Kim Low", email="Kim@Example.com", address=address
    )
    more = {"subject": "It is late", "assignee": "Ann", "tags": {"late", "parcel"}}
    ticket = design.Ticket(customer_id="C1", ticket_id="T1", priority=3, **more)
    for entity in (customer, ticket, design.Agent(assignee="Ann", name="Ann Holm")):
        desk.repository.write(create(entity))
    unlike = (*STAMPS, "history")
    assert in_order(desk.backend.items(), unlike) == in_order(written, unlike)
    assert desk.theirs()["subject"] == "It is late"


def test_every_read_finds_what_electrodb_wrote(desk: Helpdesk) -> None:
    """By key, by index, as item collection, counted, and in a scan."""
    design, repository = desk.design, desk.repository
    customer = repository.fetch(design.Customer.key.get(customer_id="C1"))
    assert (customer.email, customer.address.city) == ("Kim@Example.com", "Oslo")
    assert repository.fetch(design.Customer.by_email.query(email="KIM@example.com")).items == (
        customer,
    )
    ticket = desk.ticket()
    assert (ticket.ticket_id, ticket.assignee, ticket.tags) == ("T1", "Ann", {"late", "parcel"})
    assert repository.fetch(design.account("c1")).items == (customer, ticket)
    mine = repository.fetch(design.on_desk("ann"))
    assert [each.name for each in mine.of(design.Agent)] == ["Ann Holm"]
    assert mine.of(design.Ticket) == (ticket,)
    assert repository.fetch(design.open_tickets("Ann").count()) == 1
    urgent = design.Ticket.by_assignee.query(assignee="Ann", status="open").at_least(priority=3)
    assert repository.fetch(urgent).items == (ticket,)
    scan = design.Ticket.key.scan(because="all of them").where(attr("replies").equals(0))
    assert list(repository.iterate(scan)) == [ticket]


@pytest.mark.parametrize(
    ("change", "stored", "theirs"),
    [
        pytest.param(
            lambda patch: patch.set(subject="It is very late"),
            {"subject": {"S": "It is very late"}},
            {"subject": "It is very late"},
            id="set",
        ),
        pytest.param(
            lambda patch: patch.add(replies=2), {"replies": {"N": "2"}}, {"replies": 2}, id="add"
        ),
        pytest.param(
            lambda patch: patch.remove(tags={"parcel"}),
            {"tags": {"SS": ["late"]}},
            {"tags": ["late"]},
            id="remove from a set",
        ),
        pytest.param(
            lambda patch: patch.set(priority=7).given(assignee="Ann", status="open"),
            {
                "priority": {"N": "7"},
                "gsi2sk": {"S": "$desk#ticket_1#status_open#priority_07#ticketid_t1"},
            },
            {"priority": 7},
            id="set a field of an index key",
        ),
        pytest.param(
            lambda patch: patch.unset("assignee"),
            {"assignee": None, "gsi2pk": None, "gsi2sk": None},
            {"assignee": None},
            id="leave an index",
        ),
    ],
)
def test_a_patch_changes_its_attributes_alone(
    desk: Helpdesk, change: Callable[[Any], Any], stored: Item, theirs: dict[str, Any]
) -> None:
    """All else stays as ElectroDB wrote it, and ElectroDB reads the new values."""
    patch = change(desk.design.Ticket.key.patch(**OWN))
    changed = desk.changes(patch)
    assert changed.keys() == {TICKET}
    assert changed[TICKET].pop("updatedAt")
    assert {name: changed[TICKET].get(name) for name in stored} == stored
    assert changed[TICKET].keys() == stored.keys()
    assert {name: desk.theirs().get(name) for name in theirs} == theirs


def test_a_patch_reaches_into_maps(desk: Helpdesk) -> None:
    """One entry of the stored map changes."""
    patch = desk.design.Customer.key.patch(customer_id="c1")
    patch = patch.set_at(attr("address")["street"], "Karl Johans gate 1")
    changed = desk.changes(patch)
    assert changed[CUSTOMER].keys() == {"address", "updatedAt"}
    found = desk.other.call("customer", ["get", C1], ["go"])["data"]
    assert found["address"] == {"city": "Oslo", "street": "Karl Johans gate 1"}


def test_an_update_moves_the_ticket_in_electrodbs_collection(desk: Helpdesk) -> None:
    """What ours read and changed stands on another desk for ElectroDB, with its history."""
    before = desk.ticket()
    after = before.model_copy(update={"assignee": "Bob", "status": desk.design.Status.CLOSED})
    changed = desk.changes(update(before, after))
    assert changed.keys() == {TICKET}
    assert changed[TICKET].keys() == {"assignee", "status", "gsi2pk", "gsi2sk", "updatedAt"}
    assert desk.other.call(["desk", {"assignee": "Ann"}], ["go"])["data"]["ticket"] == []
    found = desk.other.call(["desk", {"assignee": "Bob"}], ["go"])["data"]["ticket"]
    assert [each["status"] for each in found] == ["closed"]
    assert found[0]["history"] == [{"by": "Ann", "note": "called"}]


def test_what_ours_creates_is_electrodbs(desk: Helpdesk) -> None:
    """It is got, queried, collected, patched, refused as a second one, and deleted by ElectroDB."""
    design = desk.design
    new = design.Ticket(
        customer_id="C1", ticket_id="T2", subject="Lost", priority=9, assignee="Ann"
    )
    desk.repository.write(create(new))
    assert desk.theirs(ticketId="T2")["priority"] == 9
    asked = ["byAssignee", {"assignee": "Ann", "status": "open"}]
    found = desk.other.call("ticket", "query", asked, ["go"])["data"]
    assert [each["ticketId"] for each in found] == ["T1", "T2"]
    found = desk.other.call(["account", C1], ["go"])["data"]
    assert [each["ticketId"] for each in found["ticket"]] == ["T1", "T2"]
    second = {**T1, "ticketId": "T2", "subject": "Again", "priority": 1}
    with pytest.raises(Refused, match="conditional request failed"):
        desk.other.call("ticket", ["create", second], ["go"])
    key = {**T1, "ticketId": "T2"}
    desk.other.call("ticket", ["patch", key], ["set", {"subject": "Found"}], ["go"])
    assert desk.ticket(ticket_id="t2").subject == "Found"
    desk.other.call("ticket", ["delete", key], ["go"])
    assert desk.ticket(ticket_id="t2") is None


def test_ours_refuses_what_electrodb_has_created(desk: Helpdesk) -> None:
    """Also under another case, which makes the same key; what is deleted is gone for both."""
    ticket = desk.ticket()
    with pytest.raises(ItemExists):
        desk.repository.write(create(ticket.model_copy(update={"ticket_id": "t1"})))
    desk.repository.write(delete(ticket, must_exist=True))
    assert desk.theirs() is None
    with pytest.raises(Refused, match="conditional request failed"):
        desk.other.call("ticket", ["patch", T1], ["set", {"subject": "Late"}], ["go"])
    with pytest.raises(ItemMissing):
        desk.repository.write(desk.design.Ticket.key.patch(**OWN).set(subject="Late"))


def test_both_write_one_item(desk: Helpdesk) -> None:
    """Each changes its own attributes; an update by ours of what ElectroDB changed is refused."""
    before = desk.ticket()
    desk.other.call("ticket", ["patch", T1], ["add", {"replies": 1}], ["go"])
    desk.repository.write(desk.design.Ticket.key.patch(**OWN).add(replies=1))
    assert desk.theirs()["replies"] == 2
    moved = ["set", {"assignee": "Bob"}], ["composite", {"status": "open", "priority": 3}]
    desk.other.call("ticket", ["patch", T1], *moved, ["go"])
    after = before.model_copy(update={"priority": 4})
    with pytest.raises(VersionConflict):
        desk.repository.write(update(before, after))
    now = desk.ticket()
    desk.repository.write(update(now, now.model_copy(update={"priority": 4})))
    found = desk.other.call(["desk", {"assignee": "Bob"}], ["go"])["data"]["ticket"]
    assert [(each["priority"], each["replies"]) for each in found] == [(4, 2)]


def test_an_upsert_by_ours_is_whole_for_electrodb(desk: Helpdesk) -> None:
    """A new agent is found by ElectroDB, and one that is there keeps what is not given."""
    design = desk.design
    for agent in ("Bob", "Ann"):
        desk.repository.write(upsert(design.Agent(assignee=agent, name=f"{agent} Vik")))
    found = [
        desk.other.call("agent", ["get", {"assignee": each}], ["go"])["data"]
        for each in ("bob", "ann")
    ]
    assert [each["name"] for each in found] == ["Bob Vik", "Ann Vik"]
    assert found[0]["createdAt"] == "2026-03-01T12:30:15.123Z" != found[1]["createdAt"]
