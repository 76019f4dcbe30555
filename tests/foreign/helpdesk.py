"""A helpdesk that ElectroDB and ours write: what the tests of both share."""

from __future__ import annotations

from typing import Any

from tests.foreign.library import SharedTable

C1, T1 = {"customerId": "C1"}, {"customerId": "C1", "ticketId": "T1"}
OWN = {"customer_id": "c1", "ticket_id": "t1"}
CUSTOMER = "$helpdesk#customerid_c1 / $account#customer_1"
TICKET = "$helpdesk#customerid_c1 / $account#ticket_1#ticketid_t1"


class Helpdesk(SharedTable):
    """A helpdesk that ElectroDB writes, too."""

    def ticket(self, **key: str) -> Any:
        """A ticket as ours reads it; T1 if no other is named."""
        found = self.design.Ticket.key.get(**{**OWN, **key}).consistent()
        return self.repository.fetch(found)

    def theirs(self, **key: str) -> Any:
        """The same as ElectroDB reads it."""
        return self.other.call("ticket", ["get", {**T1, **key}], ["go"])["data"]

    def fill(self) -> None:
        """Has ElectroDB create a customer, a ticket and an agent."""
        address = {"city": "Oslo"}
        self.other.call(
            "customer",
            ["create", {**C1, "name": "Kim Low", "email": "Kim@Example.com", "address": address}],
            ["go"],
        )
        history = [{"by": "Ann", "note": "called"}]
        more = {
            "subject": "It is late",
            "priority": 3,
            "assignee": "Ann",
            "tags": ["late", "parcel"],
        }
        self.other.call("ticket", ["create", {**T1, **more, "history": history}], ["go"])
        self.other.call("agent", ["create", {"assignee": "Ann", "name": "Ann Holm"}], ["go"])
