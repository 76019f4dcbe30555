"""Human resources and order entry: fourteen questions are answered by two overloaded indexes."""

from __future__ import annotations

import zlib
from datetime import date
from typing import Any

from singletable import put
from singletable.inspect import Context
from tests.conftest import OpenBackend, without_moto
from tests.designs import order_entry as design
from tests.designs.corpus import Item, load_design, stored_item
from tests.designs.order_entry import (
    Country,
    CustomerId,
    Department,
    EmployeeId,
    Job,
    Location,
    Product,
    ProductId,
    Region,
    Status,
    Warehouse,
    WarehouseId,
)
from tests.designs.proofs import Asked, check_answers, entities, load, raw


def item(partition: str, sort: str, data: str | None = None, **more: Any) -> Item:
    """An item as the company's own program writes it."""
    return raw(PK=partition, SK=sort, **({"Data": data} if data else {}), **more)


def number(value: int) -> Item:
    return {"N": str(value)}


def order(name: int, customer: int, status: str, day: str, representative: int) -> list[Item]:
    """An order, filed under its customer, its representative, and one of fifteen numbers."""
    shard = f"{zlib.crc32(str(name).encode()) % 15:02}"
    fields = {"data": f"{status}#{day}", "status": status, "day": day}
    return [
        item(f"ORDER{name}", f"CUSTOMER{customer}", **fields, GSI2PK=shard),
        item(f"ORDER{name}", f"EMPLOYEE{representative}", **fields),
    ]


ITEMS = [
    item("EMPLOYEE1", "Mia Low", "mia@example.com"),
    item("EMPLOYEE1", "v0#Head Cook", "2025-03-01"),
    item("EMPLOYEE1", "v1#Cook", "2019-01-01"),
    item("EMPLOYEE1", "HR-CONFIDENTIAL", "2018-12-01", salary=number(900)),
    item("EMPLOYEE1", "WAREHOUSE1", "2020-01-01"),
    item("EMPLOYEE1", "2025-Q4", "00000500"),
    item("EMPLOYEE2", "Noa Fig", "noa@example.com"),
    item("EMPLOYEE2", "v0#Cook", "2024-03-01"),
    item("EMPLOYEE2", "HR-CONFIDENTIAL", "2024-02-29", salary=number(800)),
    item("EMPLOYEE2", "WAREHOUSE10", "2024-03-01"),
    item("EMPLOYEE2", "2025-Q4", "00011000"),
    item("EMPLOYEE3", "Mia Low", "low@example.com"),
    item("EMPLOYEE3", "HR-CONFIDENTIAL", "2024-03-01", salary=number(700)),
    item("CUSTOMER1", "EMPLOYEE2", "Ash Ware"),
    item("CUSTOMER2", "EMPLOYEE2", "Bay Ware"),
    *order(1, 1, "OPEN", "2025-11-30", 2),
    *order(2, 1, "OPEN", "2025-12-01", 2),
    *order(3, 1, "CLOSED", "2025-12-01", 2),
    *order(4, 2, "OPEN", "2025-12-31", 1),
    *order(5, 2, "OPEN", "2025-12-05", 2),
    *order(6, 2, "OPEN", "2026-01-01", 1),
    item("ORDER1", "PRODUCT1", "2025-11-30", quantity=number(2)),
    item("ORDER2", "PRODUCT1", "2025-12-01", quantity=number(1)),
    item("ORDER2", "PRODUCT10", "2025-12-01", quantity=number(1)),
    item("PRODUCT1", "PRODUCT1", "kg", quantity=number(12)),
    item("PRODUCT1", "WAREHOUSE1", quantity=number(5)),
    item("PRODUCT1", "WAREHOUSE2", quantity=number(7)),
    item("PRODUCT1", "Rice"),
]
KEY, FILED = ("PK", "SK"), ("SK", "Data")
DECEMBER = date(2025, 12, 1), date(2025, 12, 31)


def begins(text: str) -> Any:
    return lambda key: key.startswith(text)


def within(low: str, high: str) -> Any:
    return lambda key: low <= key <= high


OPEN_IN_DECEMBER = within("OPEN#2025-12-01", "OPEN#2025-12-31")
ASKED = {
    "1": Asked(design.employee(EmployeeId(1)), KEY, "EMPLOYEE1", begins("Mia")),
    "2": Asked(design.named(name="Mia Low"), FILED, "Mia Low"),
    "3": Asked(design.current_job(EmployeeId(1)), KEY, "EMPLOYEE1", begins("v0#")),
    "4": Asked(
        design.orders_of(CustomerId(1), Status.OPEN, *DECEMBER),
        FILED,
        "CUSTOMER1",
        OPEN_IN_DECEMBER,
    ),
    "6": Asked(
        design.hired_after(date(2024, 2, 29)),
        FILED,
        "HR-CONFIDENTIAL",
        lambda key: key > "2024-02-29",
    ),
    "7": Asked(design.working_in(warehouse_id=WarehouseId(1)), FILED, "WAREHOUSE1"),
    "8": Asked(design.sold(ProductId(1)), FILED, "PRODUCT1"),
    "9": Asked(design.customers_of(EmployeeId(2)), FILED, "EMPLOYEE2", lambda key: "#" not in key),
    "10": Asked(
        design.deals_of(EmployeeId(2), Status.OPEN, *DECEMBER),
        FILED,
        "EMPLOYEE2",
        OPEN_IN_DECEMBER,
    ),
    "11": Asked(design.with_job("Cook"), FILED, "v0#Cook"),
    "12": Asked(
        design.inventory(product_id=ProductId(1), warehouse_id=WarehouseId(2)),
        KEY,
        "PRODUCT1",
        lambda key: key == "WAREHOUSE2",
    ),
    "13": Asked(
        design.stock(product_id=ProductId(1)), KEY, "PRODUCT1", lambda key: key == "PRODUCT1"
    ),
    "14": Asked(design.ranking("2025-Q4"), FILED, "2025-Q4", newest_first=True),
}


@without_moto
def test_each_pattern_finds_what_it_asks_for(open_backend: OpenBackend) -> None:
    check_answers(open_backend(design.company), ITEMS, ASKED)


@without_moto
def test_open_orders_are_merged_out_of_fifteen_partitions(open_backend: OpenBackend) -> None:
    """Pattern 5, by day."""
    backend = open_backend(design.company)
    load(backend, ITEMS)
    asked = design.open_orders(*DECEMBER)
    assert len(list(asked.requests(Context()))) == 15
    listed = [each for each in ITEMS if "GSI2PK" in each and OPEN_IN_DECEMBER(each["Data"]["S"])]
    listed.sort(key=lambda each: each["Data"]["S"])
    assert len({each["GSI2PK"]["S"] for each in listed}) > 1
    assert [stored_item(each) for each in entities(backend, asked)] == listed


@without_moto
def test_what_only_is_kept_has_its_own_keys(open_backend: OpenBackend) -> None:
    """The kinds that no pattern asks for, beside those that are."""
    backend = open_backend(design.company)
    load(backend, ITEMS)
    kept = [
        (Region(region_id=1, name="Old World"), "REGION1", "Old World"),
        (Country(country_id=1, name="Chad"), "COUNTRY1", "Chad"),
        (Location(location_id=1, country="Chad", street="1 Way"), "LOCATION1", "Chad"),
        (Job(job_id=1, title="Cook"), "JOB1", "Cook"),
        (Department(department_id=1, name="Kitchen"), "DEPARTMENT1", "DEPARTMENT1"),
        (Product(product_id=ProductId(1), name="Rice"), "PRODUCT1", "Rice"),
        (Warehouse(warehouse_id=WarehouseId(1), region="Old World"), "WAREHOUSE1", "Old World"),
    ]
    for entity, partition, sort in kept:
        backend.repository.write(put(entity))
        stored = backend.raw(PK=partition, SK=sort)
        assert stored == stored_item(entity)
        assert "Data" not in stored


def test_all_published_patterns_are_declared() -> None:
    """The guide has no items as data, so there are answers to items of our own alone."""
    patterns = load_design("29-aws-hr-order-entry").facts["patterns"]
    assert {pattern["id"] for pattern in patterns} == ASKED.keys() | {"5"}
