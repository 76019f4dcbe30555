"""Online banking: statements are ranges of one account, and wires are listed once more."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from singletable import collection
from singletable.errors import ItemExists
from tests.conftest import OpenBackend, without_moto
from tests.designs import banking as design
from tests.designs.banking import (
    Account,
    AccountId,
    Customer,
    CustomerId,
    Movement,
    Purchase,
    PurchaseId,
)
from tests.designs.corpus import Item, load_design
from tests.designs.proofs import Asked, check_answers, check_published, load, put_again, raw

PUBLISHED = "19-banking"
PRIMARY, GSI1, GSI2 = ("PK", "SK"), ("GSI1PK", "GSI1SK"), ("GSI2PK", "GSI2SK")


def account(customer: str, name: str) -> Item:
    """An account, which is listed by its customer once more."""
    key = {"PK": f"C{customer}", "SK": name, "GSI1PK": f"C{customer}", "GSI1SK": name}
    return raw(**key, type="account", acctType="giro", balance="12")


def movement(customer: str, account: str, at: str, name: str, kind: str, **listed: str) -> Item:
    """A transaction."""
    key = {"PK": f"C{customer}", "SK": f"{account}#{at}"}
    fields = {"acctId": account, "timestamp": at, "transId": name, "transType": kind}
    return raw(**key, **fields, **listed, type="transaction", amount="2", balance="10")


def wire(customer: str, account: str, at: str, name: str) -> Item:
    """A transaction that is listed by its account once more."""
    return movement(customer, account, at, name, "wire", GSI1PK=account, GSI1SK=at)


def purchase(customer: str, at: str, name: str) -> Item:
    """A purchase."""
    key = {"PK": f"C{customer}", "SK": f"purchase#{at}#{name}", "GSI2PK": name, "GSI2SK": at}
    return raw(**key, type="purchase", timestamp=at, pId=name, pType="card", aId="A1")


NOON = "2025-12-01T12:00:00"
ITEMS = [
    raw(PK="C7", SK="A", type="customer", custType="company"),
    account("7", "A1"),
    account("7", "A10"),
    account("71", "A3"),
    movement("7", "A1", "2025-11-30T23:59:59", "T1", "cash"),
    movement("7", "A1", "2025-12-01T00:00:00", "T2", "cash"),
    wire("7", "A1", "2025-12-01T07:00:00", "T3"),
    movement("7", "A1", NOON, "T4", "purchase", GSI2PK="P5", GSI2SK=NOON),
    movement("7", "A1", "2025-12-02T00:00:00", "T5", "cash"),
    wire("7", "A1", "2025-12-03T00:00:00", "T6"),
    wire("7", "A10", "2025-12-01T09:00:00", "T7"),
    purchase("7", "2025-12-01T11:59:00", "P5"),
    purchase("7", "2025-12-01T11:58:00", "P50"),
]
DAY = datetime(2025, 12, 1, tzinfo=UTC), datetime(2025, 12, 2, tzinfo=UTC)

ASKED = {
    "AP1": Asked(design.everything_of(CustomerId("7")), PRIMARY, "C7"),
    "AP2": Asked(design.accounts_of(customer_id="7"), GSI1, "C7"),
    "AP3": Asked(
        design.statement(CustomerId("7"), AccountId("A1"), *DAY),
        PRIMARY,
        "C7",
        lambda text: "A1#2025-12-01" <= text < "A1#2025-12-02",
    ),
    "AP4": Asked(design.wires_of(account_id="A1"), GSI1, "A1"),
    "AP5": Asked(design.purchase_with_payment(PurchaseId("P5")), GSI2, "P5"),
    "AP6": Asked(
        design.purchases_of(CustomerId("7")),
        PRIMARY,
        "C7",
        lambda text: text.startswith("purchase#"),
    ),
}


@without_moto
def test_each_pattern_finds_what_it_asks_for(open_backend: OpenBackend) -> None:
    check_answers(open_backend(design.bank), ITEMS, ASKED)


@without_moto
def test_published_examples_have_their_answers(open_backend: OpenBackend) -> None:
    customer, account = CustomerId("1"), AccountId("A1")
    days = datetime(2021, 5, 20, tzinfo=UTC), datetime(2021, 5, 21, tzinfo=UTC)
    asked = {
        "AP1": design.everything_of(customer),
        "AP2": design.accounts_of(customer_id=customer),
        "AP3": design.statement(customer, account, *days),
        "AP4": design.wires_of(account_id=account),
        "AP5": design.purchase_with_payment(PurchaseId("P1")),
        "AP6": design.purchases_of(customer),
    }
    check_published(open_backend(design.bank), load_design(PUBLISHED), asked)


@without_moto
def test_published_items_stay_as_they_are(open_backend: OpenBackend) -> None:
    everything = collection(Customer.key, Account.key, Movement.key, Purchase.key)
    scan = everything.scan(because="the test reads all")
    assert put_again(open_backend(design.bank), load_design(PUBLISHED).items, scan) == {}


@without_moto
def test_a_second_transaction_of_one_second_is_refused(open_backend: OpenBackend) -> None:
    """Its key is that of the first, whatever its name: nothing is overwritten."""
    backend = open_backend(design.bank)
    load(backend, ITEMS)
    other = Movement(
        customer_id=CustomerId("7"),
        account_id=AccountId("A1"),
        at=datetime(2025, 12, 1, 12, tzinfo=UTC),
        movement_id="T9",
        kind="cash",
        amount="1",
        balance="9",
    )
    with pytest.raises(ItemExists):
        backend.repository.write(design.record(other))
    assert backend.raw(PK="C7", SK=f"A1#{NOON}") == ITEMS[7]
