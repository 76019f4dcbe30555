"""Invoices, bills and customers as an adjacency list, turned round by an index on the sort key.

The items are links: their keys are all that is stored of them. The roots of all three kinds lie
in one partition of the index, which no pattern reads."""

from __future__ import annotations

from typing import Annotated, NewType

from singletable import (
    IN_KEY,
    Entity,
    Query,
    Table,
    Transaction,
    access_pattern,
    collection,
    create,
    transaction,
)
from singletable.formats import printed
from singletable.patterns import gets, queries

ledger = Table("InvoiceAndBills", type_attribute=None)
primary = ledger.primary
turned = ledger.global_index("GSI_1", partition_key="SK")

InvoiceId = NewType("InvoiceId", int)
BillId = NewType("BillId", int)
CustomerId = NewType("CustomerId", int)

InvoiceKey = Annotated[InvoiceId, printed(), IN_KEY]
BillKey = Annotated[BillId, printed(), IN_KEY]
CustomerKey = Annotated[CustomerId, printed(), IN_KEY]


class Invoice(Entity, table=ledger):
    """An invoice."""

    invoice_id: InvoiceKey

    key = primary.key("I#{invoice_id}", "root")
    root = turned.key("root")


class Bill(Entity, table=ledger):
    """A bill."""

    bill_id: BillKey

    key = primary.key("B#{bill_id}", "root")
    root = turned.key("root")


class Customer(Entity, table=ledger):
    """A customer."""

    customer_id: CustomerKey

    key = primary.key("C#{customer_id}", "root")
    root = turned.key("root")


class InvoiceOfCustomer(Entity, table=ledger):
    """Whose invoice it is."""

    invoice_id: InvoiceKey
    customer_id: CustomerKey

    key = primary.key("I#{invoice_id}", "C#{customer_id}")
    by_customer = turned.key("C#{customer_id}")


class BillOnInvoice(Entity, table=ledger):
    """A bill that an invoice has."""

    invoice_id: InvoiceKey
    bill_id: BillKey

    key = primary.key("I#{invoice_id}", "B#{bill_id}")
    by_bill = turned.key("B#{bill_id}")


@access_pattern
def invoice(invoice_id: InvoiceId) -> Query[Invoice | InvoiceOfCustomer | BillOnInvoice]:
    """An invoice with its customer and bills."""
    return collection(Invoice.key, InvoiceOfCustomer.key, BillOnInvoice.key).query(
        invoice_id=invoice_id
    )


invoices_of = queries(InvoiceOfCustomer.by_customer, "The invoices of a customer.")
bill = gets(Bill.key, "A bill; its invoices are another request.")
invoices_with = queries(BillOnInvoice.by_bill, "The invoices that have a bill.")


@access_pattern
def issue(
    invoice: Invoice, customer: InvoiceOfCustomer, bill: Bill, link: BillOnInvoice
) -> Transaction[Invoice]:
    """A new invoice of a customer, with its first bill."""
    own = create(invoice)
    return transaction(own, create(customer), create(bill), create(link)).returning(own)
