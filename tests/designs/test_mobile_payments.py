"""Mobile payments: a provider's devices lie in ten partitions, and move with their status."""

from __future__ import annotations

import zlib
from datetime import UTC, datetime

from singletable import collection
from tests.conftest import OpenBackend, without_moto
from tests.designs import mobile_payments as design
from tests.designs.corpus import Item, load_design, stored_item
from tests.designs.mobile_payments import (
    Account,
    Customer,
    CustomerId,
    Device,
    Number,
    Payment,
    ProviderId,
    Status,
)
from tests.designs.proofs import (
    Asked,
    check_answers,
    check_published,
    entities,
    load,
    put_again,
    raw,
)

PUBLISHED = "17-mobile-payments"
PRIMARY = ("PK", "SK")


def device(customer: str, number: str, status: str) -> Item:
    """A device as the service writes it: the checksum of its number chooses its partition."""
    shard = zlib.crc32(number.encode()) % 10
    return raw(
        PK=f"C{customer}",
        SK=number,
        type="device",
        number=number,
        providerId="red",
        status=status,
        GSI1PK=f"{status}#red#{shard}",
        GSI1SK=number,
    )


def account(customer: str, number: str, name: str) -> Item:
    """An account of a device."""
    return raw(
        PK=f"C{customer}",
        SK=f"{number}#{name}",
        type="account",
        number=number,
        acctId=name,
        name="daily",
        aType="debit",
    )


def payment(customer: str, number: str, at: str, name: str) -> Item:
    """A transaction of a device."""
    return raw(
        PK=f"C{customer}",
        SK=f"{number}#{at}#{name}",
        type="transaction",
        number=number,
        timestamp=at,
        transId=name,
        code="fare",
        acctId="A1",
    )


ONE, TWO = "030.555.0001", "030.555.0002"
ITEMS = [
    raw(PK="C7", SK="A", type="customer", name="Mia", details="none"),
    device("7", ONE, "online"),
    device("7", TWO, "offline"),
    *(device("8", f"040.555.{n:04}", "online") for n in range(12)),
    account("7", ONE, "A1"),
    account("7", ONE, "A2"),
    account("7", TWO, "A1"),
    payment("7", ONE, "2025-11-30T23:59:59", "T1"),
    payment("7", ONE, "2025-12-01T00:00:00", "T2"),
    payment("7", ONE, "2025-12-31T08:00:00", "T3"),
    payment("7", ONE, "2026-01-01T00:00:00", "T4"),
    raw(PK="C70", SK="A", type="customer", name="Noa"),
]


def day(month: int, number: int) -> datetime:
    return datetime(2025, month, number, tzinfo=UTC)


ASKED = {
    "AP1": Asked(design.everything_of(CustomerId("7")), PRIMARY, "C7"),
    "AP2": Asked(
        design.of_device(CustomerId("7"), Number(ONE)),
        PRIMARY,
        "C7",
        lambda text: text.startswith(f"{ONE}#"),
    ),
    "AP3": Asked(
        design.paid_between(CustomerId("7"), Number(ONE), day(12, 1), day(12, 31)),
        PRIMARY,
        "C7",
        lambda text: f"{ONE}#2025-12-01" <= text <= f"{ONE}#2025-12-31",
    ),
}


@without_moto
def test_each_pattern_finds_what_it_asks_for(open_backend: OpenBackend) -> None:
    check_answers(open_backend(design.payments), ITEMS, ASKED)


@without_moto
def test_the_online_devices_of_a_provider_are_merged_in_order(open_backend: OpenBackend) -> None:
    """Those of all ten partitions, by number, page by page as well."""
    backend = open_backend(design.payments)
    load(backend, ITEMS)
    listed = [item for item in ITEMS if item.get("status") == {"S": "online"}]
    listed.sort(key=lambda item: item["GSI1SK"]["S"])
    assert len({item["GSI1PK"]["S"] for item in listed}) > 3
    asked = design.online_devices(ProviderId("red"))
    assert [stored_item(each) for each in entities(backend, asked)] == listed
    page = backend.repository.fetch(asked.page(5))
    rest = backend.repository.fetch(asked.page(50, page.cursor))
    assert [stored_item(each) for each in (*page, *rest)] == listed


@without_moto
def test_a_change_of_status_moves_a_device(open_backend: OpenBackend) -> None:
    backend = open_backend(design.payments)
    new = Device(
        customer_id=CustomerId("7"),
        number=Number(ONE),
        provider_id=ProviderId("red"),
        status=Status.OFFLINE,
    )
    before = backend.repository.write(design.add_device(new))
    after = before.model_copy(update={"status": Status.ONLINE})
    backend.repository.write(design.change_device(before, after))
    assert backend.items() == [ITEMS[1]]


@without_moto
def test_published_examples_have_their_answers(open_backend: OpenBackend) -> None:
    """The fourth pattern has none: the sample has the formula of the shard for its value."""
    customer, number = CustomerId("1"), Number("512.333.3333")
    june = datetime(2021, 6, 1, tzinfo=UTC), datetime(2021, 6, 30, tzinfo=UTC)
    asked = {
        "AP1": design.everything_of(customer),
        "AP2": design.of_device(customer, number),
        "AP3": design.paid_between(customer, number, *june),
    }
    check_published(open_backend(design.payments), load_design(PUBLISHED), asked)


@without_moto
def test_published_items_stay_as_they_are(open_backend: OpenBackend) -> None:
    """But for the shards of devices, which become numbers."""
    everything = collection(Customer.key, Device.key, Account.key, Payment.key)
    scan = everything.scan(because="the test reads all")
    changed = put_again(open_backend(design.payments), load_design(PUBLISHED).items, scan)
    assert {sort: list(differing) for (_, sort), differing in changed.items()} == {
        "512.333.3333": ["GSI1PK"],
        "512.444.4444": ["GSI1PK"],
        "512.555.5555": ["GSI1PK"],
    }
