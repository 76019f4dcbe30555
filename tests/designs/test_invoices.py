"""Invoices, bills and customers: an index without sort key turns the adjacency list round."""

from __future__ import annotations

from collections.abc import Iterable

import pytest

from singletable import collection
from tests.conftest import OpenBackend, without_moto
from tests.designs import invoices as design
from tests.designs.corpus import Item, load_design, stored_item
from tests.designs.invoices import (
    Bill,
    BillId,
    BillOnInvoice,
    Customer,
    CustomerId,
    Invoice,
    InvoiceId,
    InvoiceOfCustomer,
)
from tests.designs.proofs import (
    Asked,
    check_answers,
    check_published,
    entities,
    put_again,
    raw,
)

PUBLISHED = "27-invoices-bills-adjacency"


def invoice(number: int, customer: int, *bills: int) -> list[Item]:
    """An invoice, whose it is, and what is on it."""
    links = ["root", f"C#{customer}", *(f"B#{bill}" for bill in bills)]
    return [raw(PK=f"I#{number}", SK=link) for link in links]


ITEMS = [
    *invoice(1, 5, 70, 8),
    *invoice(10, 5, 8),
    *invoice(2, 50, 7),
    *(raw(PK=f"C#{number}", SK="root") for number in (5, 50)),
    *(raw(PK=f"B#{number}", SK="root") for number in (7, 8, 70)),
]


def in_order(items: Iterable[Item]) -> list[Item]:
    """Items by their keys."""
    return sorted(items, key=lambda item: (item["PK"]["S"], item["SK"]["S"]))


ASKED = {
    "AP1": Asked(design.invoice(InvoiceId(1)), ("PK", "SK"), "I#1"),
    "AP3, the bill": Asked(design.bill(bill_id=BillId(8)), ("PK", "SK"), "B#8"),
}


@without_moto
def test_each_pattern_finds_what_it_asks_for(open_backend: OpenBackend) -> None:
    """What the index finds has no stated order."""
    backend = open_backend(design.ledger)
    check_answers(backend, ITEMS, ASKED)
    turned = {"C#5": design.invoices_of(customer_id=5), "B#8": design.invoices_with(bill_id=8)}
    for partition, operation in turned.items():
        found = [stored_item(entity) for entity in entities(backend, operation)]
        expected = [item for item in ITEMS if item["SK"] == {"S": partition}]
        assert in_order(found) == in_order(expected)
        assert len(found) == 2


@without_moto
def test_an_invoice_is_issued_whole(open_backend: OpenBackend) -> None:
    """Its items are those of the other program."""
    backend = open_backend(design.ledger)
    number, customer, bill = InvoiceId(2), CustomerId(50), BillId(7)
    issued = design.issue(
        Invoice(invoice_id=number),
        InvoiceOfCustomer(invoice_id=number, customer_id=customer),
        Bill(bill_id=bill),
        BillOnInvoice(invoice_id=number, bill_id=bill),
    )
    assert backend.repository.write(issued) == Invoice(invoice_id=number)
    expected = [*invoice(2, 50, 7), raw(PK="B#7", SK="root")]
    assert in_order(backend.items()) == in_order(expected)


@without_moto
def test_published_examples_have_their_answers(open_backend: OpenBackend) -> None:
    asked = {
        "AP1": design.invoice(InvoiceId(1932)),
        "AP2": design.invoices_of(customer_id=CustomerId(1932)),
        "AP3": design.invoices_with(bill_id=BillId(2384)),
    }
    check_published(open_backend(design.ledger), load_design(PUBLISHED), asked)


def check_put_again(open_backend: OpenBackend, count: int) -> None:
    """Puts the first items as they are read."""
    everything = collection(
        Invoice.key, Bill.key, Customer.key, InvoiceOfCustomer.key, BillOnInvoice.key
    )
    scan = everything.scan(because="the test reads all")
    items = load_design(PUBLISHED).items[:count]
    assert put_again(open_backend(design.ledger), items, scan) == {}


@without_moto
def test_published_items_stay_as_they_are(open_backend: OpenBackend) -> None:
    check_put_again(open_backend, 100)


@without_moto
@pytest.mark.slow
def test_all_published_items_stay_as_they_are(open_backend: OpenBackend) -> None:
    check_put_again(open_backend, 5000)
