"""Mobile payments: customers, their devices, and the accounts and transactions of each device.

Devices are listed by provider in ten partitions, of which the device's number chooses one."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Annotated, NewType

from pydantic import Field

from singletable import (
    IN_KEY,
    Create,
    Entity,
    Query,
    Table,
    Update,
    access_pattern,
    collection,
    create,
    shards,
    update,
)
from singletable.formats import instant, shaped

payments = Table("data", type_attribute="type", instants=instant("seconds", suffix=""))
primary = payments.primary
gsi1 = payments.global_index("GSI1", partition_key="GSI1PK", sort_key="GSI1SK")

CustomerId = NewType("CustomerId", str)
Number = NewType("Number", str)
AccountId = NewType("AccountId", str)
ProviderId = NewType("ProviderId", str)

CustomerKey = Annotated[CustomerId, shaped(r"[0-9]+", example="7"), IN_KEY]
NumberKey = Annotated[Number, shaped(r"[0-9]{3}\.[0-9]{3}\.[0-9]{4}", example="512.555.0001")]
AccountKey = Annotated[AccountId, shaped(r"A[0-9]+", example="A1")]
"""Shaped, so that no account looks like the moment of a transaction."""


class Status(StrEnum):
    OFFLINE = "offline"
    ONLINE = "online"


class Customer(Entity, table=payments, name="customer"):
    """A person who pays."""

    customer_id: CustomerKey
    name: str
    details: str | None = None

    key = primary.key("C{customer_id}", "A")


class Device(Entity, table=payments, name="device"):
    """A telephone; where it is listed changes with its status."""

    customer_id: CustomerKey
    number: NumberKey
    provider_id: ProviderId = Field(serialization_alias="providerId")
    status: Status
    data: str | None = Field(default=None, serialization_alias="pData")

    key = primary.key("C{customer_id}", "{number}")
    by_provider = gsi1.key(
        "{status}#{provider_id}#{shard}", "{number}", shards=shards(10, by="number")
    )


class Account(Entity, table=payments, name="account"):
    """An account that a device pays from."""

    customer_id: CustomerKey
    number: NumberKey
    account_id: AccountKey = Field(serialization_alias="acctId")
    name: str
    kind: str = Field(serialization_alias="aType")
    details: str | None = None

    key = primary.key("C{customer_id}", "{number}#{account_id}")


class Payment(Entity, table=payments, name="transaction"):
    """A transaction that a device made."""

    customer_id: CustomerKey
    number: NumberKey
    at: datetime = Field(serialization_alias="timestamp")
    payment_id: str = Field(serialization_alias="transId")
    code: str
    account_id: AccountKey = Field(serialization_alias="acctId")
    retailer_id: str | None = Field(default=None, serialization_alias="retailId")

    key = primary.key("C{customer_id}", "{number}#{at}#{payment_id}")


@access_pattern
def everything_of(customer_id: CustomerId) -> Query[Customer | Device | Account | Payment]:
    """A customer with devices, accounts and transactions."""
    return collection(Customer.key, Device.key, Account.key, Payment.key).query(
        customer_id=customer_id
    )


@access_pattern
def of_device(customer_id: CustomerId, number: Number) -> Query[Account | Payment]:
    """The accounts and transactions of a device."""
    return collection(Account.key, Payment.key).query(customer_id=customer_id, number=number)


@access_pattern
def paid_between(
    customer_id: CustomerId, number: Number, start: datetime, end: datetime
) -> Query[Payment]:
    """The transactions of a device in a period, both ends included."""
    return Payment.key.query(customer_id=customer_id, number=number).between(at=(start, end))


@access_pattern
def online_devices(provider_id: ProviderId) -> Query[Device]:
    """The devices of a provider that are online: ten queries side by side."""
    return Device.by_provider.query(status=Status.ONLINE, provider_id=provider_id)


@access_pattern
def add_device(device: Device) -> Create[Device]:
    """A new device."""
    return create(device)


@access_pattern
def change_device(before: Device, after: Device) -> Update[Device]:
    """A device changed, such as in its status: it is moved in the index."""
    return update(before, after)
