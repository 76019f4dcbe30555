"""Online banking: customers, accounts, transactions, and the purchases that some of them pay for.

A transaction's key is its account and moment alone: of two within one second the later one would
take the place of the earlier. So they are created, which refuses that, and never put."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Annotated, NewType

from pydantic import Field

from singletable import IN_KEY, Entity, Query, Table, access_pattern, attr, collection
from singletable.formats import instant, shaped
from singletable.patterns import creates, queries

bank = Table("data", type_attribute="type", instants=instant("seconds", suffix=""))
primary = bank.primary
gsi1 = bank.global_index("GSI1", partition_key="GSI1PK", sort_key="GSI1SK")
gsi2 = bank.global_index("GSI2", partition_key="GSI2PK", sort_key="GSI2SK")

CustomerId = NewType("CustomerId", str)
AccountId = NewType("AccountId", str)
PurchaseId = NewType("PurchaseId", str)

CustomerKey = Annotated[CustomerId, shaped(r"[0-9]+", example="7")]
AccountKey = Annotated[AccountId, shaped(r"A[0-9]+", example="A1")]
"""Shaped: `A` alone is the customer, and no account begins as a purchase does."""
PurchaseKey = Annotated[PurchaseId, shaped(r"P[0-9]+", example="P1")]


class Customer(Entity, table=bank, name="customer"):
    """A person or a company."""

    customer_id: Annotated[CustomerKey, IN_KEY]
    kind: str = Field(serialization_alias="custType")

    key = primary.key("C{customer_id}", "A")


class Account(Entity, table=bank, name="account"):
    """An account of a customer."""

    customer_id: Annotated[CustomerKey, IN_KEY]
    account_id: Annotated[AccountKey, IN_KEY]
    kind: str = Field(serialization_alias="acctType")
    balance: str
    dailies: str | None = None

    key = primary.key("C{customer_id}", "{account_id}")
    of_customer = gsi1.key("C{customer_id}", "{account_id}")


class Movement(Entity, table=bank, name="transaction"):
    """A transaction; a wire is listed by its account once more, what pays a purchase with it."""

    customer_id: Annotated[CustomerKey, IN_KEY]
    account_id: AccountKey = Field(serialization_alias="acctId")
    at: datetime = Field(serialization_alias="timestamp")
    movement_id: str = Field(serialization_alias="transId")
    kind: str = Field(serialization_alias="transType")
    amount: str
    balance: str
    purchase_id: PurchaseKey | None = Field(default=None, serialization_alias="GSI2PK")

    key = primary.key("C{customer_id}", "{account_id}#{at}")
    wires = gsi1.key("{account_id}", "{at}", when=attr("kind").equals("wire"))
    by_purchase = gsi2.key("{purchase_id}", "{at}")


class Purchase(Entity, table=bank, name="purchase"):
    """What a customer bought of the bank."""

    customer_id: Annotated[CustomerKey, IN_KEY]
    at: datetime = Field(serialization_alias="timestamp")
    purchase_id: PurchaseKey = Field(serialization_alias="pId")
    kind: str = Field(serialization_alias="pType")
    account_id: AccountKey = Field(serialization_alias="aId")

    key = primary.key("C{customer_id}", "purchase#{at}#{purchase_id}")
    by_id = gsi2.key("{purchase_id}", "{at}")


@access_pattern
def everything_of(customer_id: CustomerId) -> Query[Customer | Account | Movement | Purchase]:
    """A customer with accounts, transactions and purchases."""
    return collection(Customer.key, Account.key, Movement.key, Purchase.key).query(
        customer_id=customer_id
    )


accounts_of = queries(Account.of_customer, "The accounts of a customer.")


@access_pattern
def statement(
    customer_id: CustomerId,
    account_id: AccountId,
    start: datetime,
    end: Annotated[datetime, Field(examples=[datetime(2026, 4, 1, tzinfo=UTC)])],
) -> Query[Movement]:
    """The transactions of an account from a moment to before another one."""
    return (
        Movement.key.query(customer_id=customer_id, account_id=account_id)
        .at_least(at=start)
        .before(at=end)
    )


wires_of = queries(Movement.wires, "The wires of an account, by time.")


@access_pattern
def purchase_with_payment(purchase_id: PurchaseId) -> Query[Purchase | Movement]:
    """A purchase and the transaction that pays for it."""
    return collection(Purchase.by_id, Movement.by_purchase).query(purchase_id=purchase_id)


@access_pattern
def purchases_of(customer_id: CustomerId) -> Query[Purchase]:
    """The purchases of a customer."""
    return Purchase.key.query(customer_id=customer_id)


record = creates(Movement, "A transaction, unless its account has one of the same second.")
