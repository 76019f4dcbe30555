"""Human resources and order entry in one table: fourteen questions, two indexes.

The first index is on the table's own sort key, so what an item is filed under there decides who
finds it; an item without `Data` is not in it. The second one spreads orders over fifteen
partitions. The guide's own notation has bare identifiers as keys. They begin with a word here, as
in its examples, so that no identifier can be that of another kind."""

from __future__ import annotations

from datetime import date
from enum import StrEnum
from typing import Annotated, NewType

from pydantic import Field

from singletable import IN_KEY, Entity, First, Query, Table, access_pattern, collection, shards
from singletable.formats import integer, printed, shaped
from singletable.patterns import gets, queries

company = Table("HR-OE", type_attribute=None)
primary = company.primary
filed = company.global_index("GSI-1", partition_key="SK", sort_key="Data")
spread = company.global_index("GSI-2", partition_key="GSI2PK", sort_key="Data")

EmployeeId = NewType("EmployeeId", int)
CustomerId = NewType("CustomerId", int)
OrderId = NewType("OrderId", int)
ProductId = NewType("ProductId", int)
WarehouseId = NewType("WarehouseId", int)

EmployeeKey = Annotated[EmployeeId, printed(), IN_KEY]
CustomerKey = Annotated[CustomerId, printed(), IN_KEY]
OrderKey = Annotated[OrderId, printed(), IN_KEY]
ProductKey = Annotated[ProductId, printed(), IN_KEY]
WarehouseKey = Annotated[WarehouseId, printed(), IN_KEY]
PlaceKey = Annotated[int, printed(), IN_KEY]

Name = Annotated[str, shaped(r"[A-Z][a-z]+( [A-Z][a-z]+)*", example="Mia Low")]
"""Words with capitals: no name is an identifier, a quarter or a mark."""
Quarter = Annotated[str, shaped(r"[0-9]{4}-Q[1-4]", example="2025-Q4")]


class Status(StrEnum):
    CLOSED = "CLOSED"
    OPEN = "OPEN"
    PENDING = "PENDING"


class Employee(Entity, table=company):
    """A person who works here."""

    employee_id: EmployeeKey
    name: Annotated[Name, IN_KEY]
    email: str = Field(serialization_alias="Data")

    key = primary.key("EMPLOYEE{employee_id}", "{name}")
    by_name = filed.key("{name}", "{email}")


class HeldJob(Entity, table=company):
    """A job that an employee has, as version 0, or had."""

    employee_id: EmployeeKey
    version: Annotated[int, integer(0, 9), IN_KEY]
    title: Annotated[Name, IN_KEY]
    since: date = Field(serialization_alias="Data")

    key = primary.key("EMPLOYEE{employee_id}", "v{version}#{title}")
    by_title = filed.key("v{version}#{title}", "{since}")


class Confidential(Entity, table=company):
    """What is not for everybody."""

    employee_id: EmployeeKey
    hired: date = Field(serialization_alias="Data")
    salary: int

    key = primary.key("EMPLOYEE{employee_id}", "HR-CONFIDENTIAL")
    by_date = filed.key("HR-CONFIDENTIAL", "{hired}")


class Post(Entity, table=company):
    """The warehouse that an employee works in."""

    employee_id: EmployeeKey
    warehouse_id: WarehouseKey
    since: date = Field(serialization_alias="Data")

    key = primary.key("EMPLOYEE{employee_id}", "WAREHOUSE{warehouse_id}")
    by_warehouse = filed.key("WAREHOUSE{warehouse_id}", "{since}")


class Sales(Entity, table=company):
    """What an account representative sold in a quarter, kept by a stream of the orders."""

    employee_id: EmployeeKey
    quarter: Annotated[Quarter, IN_KEY]
    total: Annotated[int, integer(0, 99_999_999, text=True)] = Field(serialization_alias="Data")

    key = primary.key("EMPLOYEE{employee_id}", "{quarter}")
    ranking = filed.key("{quarter}", "{total}")


class Customer(Entity, table=company):
    """A customer; another representative is another item."""

    customer_id: CustomerKey
    representative: EmployeeKey
    name: Name = Field(serialization_alias="Data")

    key = primary.key("CUSTOMER{customer_id}", "EMPLOYEE{representative}")
    by_representative = filed.key("EMPLOYEE{representative}", "{name}")


class Order(Entity, table=company):
    """An order of a customer."""

    order_id: OrderKey
    customer_id: CustomerKey
    status: Status
    day: date

    key = primary.key("ORDER{order_id}", "CUSTOMER{customer_id}")
    of_customer = filed.key("CUSTOMER{customer_id}", "{status}#{day}")
    by_status = spread.key("{shard}", "{status}#{day}", shards=shards(15, by="order_id"))


class Deal(Entity, table=company):
    """An order once more, filed under its representative."""

    order_id: OrderKey
    representative: EmployeeKey
    status: Status
    day: date

    key = primary.key("ORDER{order_id}", "EMPLOYEE{representative}")
    by_representative = filed.key("EMPLOYEE{representative}", "{status}#{day}")


class OrderLine(Entity, table=company):
    """A product in an order."""

    order_id: OrderKey
    product_id: ProductKey
    day: date = Field(serialization_alias="Data")
    quantity: int

    key = primary.key("ORDER{order_id}", "PRODUCT{product_id}")
    by_product = filed.key("PRODUCT{product_id}", "{day}")


class Stock(Entity, table=company):
    """How much of a product there is in all."""

    product_id: ProductKey
    unit: Annotated[str, shaped(r"[a-z]+", example="kg")] = Field(serialization_alias="Data")
    quantity: int

    key = primary.key("PRODUCT{product_id}", "PRODUCT{product_id}")
    by_product = filed.key("PRODUCT{product_id}", "{unit}")


class Inventory(Entity, table=company):
    """How much of a product a warehouse has."""

    product_id: ProductKey
    warehouse_id: WarehouseKey
    quantity: int

    key = primary.key("PRODUCT{product_id}", "WAREHOUSE{warehouse_id}")


class Product(Entity, table=company):
    """A product."""

    product_id: ProductKey
    name: Annotated[Name, IN_KEY]

    key = primary.key("PRODUCT{product_id}", "{name}")


class Warehouse(Entity, table=company):
    """A warehouse and its region."""

    warehouse_id: WarehouseKey
    region: Annotated[Name, IN_KEY]

    key = primary.key("WAREHOUSE{warehouse_id}", "{region}")


class Region(Entity, table=company):
    """A part of the world."""

    region_id: PlaceKey
    name: Annotated[Name, IN_KEY]

    key = primary.key("REGION{region_id}", "{name}")


class Country(Entity, table=company):
    """A country."""

    country_id: PlaceKey
    name: Annotated[Name, IN_KEY]

    key = primary.key("COUNTRY{country_id}", "{name}")


class Location(Entity, table=company):
    """An address in a country."""

    location_id: PlaceKey
    country: Annotated[Name, IN_KEY]
    street: str

    key = primary.key("LOCATION{location_id}", "{country}")


class Job(Entity, table=company):
    """A job that there is."""

    job_id: PlaceKey
    title: Annotated[Name, IN_KEY]

    key = primary.key("JOB{job_id}", "{title}")


class Department(Entity, table=company):
    """A department."""

    department_id: PlaceKey
    name: str

    key = primary.key("DEPARTMENT{department_id}", "DEPARTMENT{department_id}")


@access_pattern
def employee(employee_id: EmployeeId) -> First[Employee]:
    """An employee by number: a query, as the name belongs to the primary key."""
    others = HeldJob, Confidential, Post, Sales
    return Employee.key.query(employee_id=employee_id).skipping(*others).first()


named = queries(Employee.by_name, "The employees of a name.")


@access_pattern
def current_job(employee_id: EmployeeId) -> Query[HeldJob]:
    """The job that an employee has."""
    return HeldJob.key.query(employee_id=employee_id, version=0)


@access_pattern
def orders_of(customer_id: CustomerId, status: Status, start: date, end: date) -> Query[Order]:
    """The orders of a customer in a period, of one status: all of them are as many queries."""
    return Order.of_customer.query(customer_id=customer_id, status=status).between(day=(start, end))


@access_pattern
def open_orders(start: date, end: date) -> Query[Order]:
    """All open orders of a period: fifteen queries side by side."""
    return Order.by_status.query(status=Status.OPEN).between(day=(start, end))


@access_pattern
def hired_after(day: date) -> Query[Confidential]:
    """Who was hired after a day."""
    return Confidential.by_date.query().after(hired=day)


working_in = queries(Post.by_warehouse, "The employees in a warehouse.")


@access_pattern
def sold(product_id: ProductId) -> Query[OrderLine | Stock]:
    """The order lines of a product, and how much of it there is."""
    return collection(OrderLine.by_product, Stock.by_product).query(product_id=product_id)


@access_pattern
def customers_of(representative: EmployeeId) -> Query[Customer]:
    """The customers of an account representative, whose orders are filed beside them."""
    return Customer.by_representative.query(representative=representative).skipping(Deal)


@access_pattern
def deals_of(representative: EmployeeId, status: Status, start: date, end: date) -> Query[Deal]:
    """The orders of a representative in a period, of one status."""
    asked = Deal.by_representative.query(representative=representative, status=status)
    return asked.between(day=(start, end))


@access_pattern
def with_job(title: str) -> Query[HeldJob]:
    """Who has a job now."""
    return HeldJob.by_title.query(version=0, title=title)


inventory = gets(Inventory.key, "What a warehouse has of a product.")
stock = gets(Stock.key, "What all warehouses have of a product.")


@access_pattern
def ranking(quarter: str) -> Query[Sales]:
    """The representatives of a quarter, by what they sold, most first."""
    return Sales.ranking.query(quarter=quarter).descending()
