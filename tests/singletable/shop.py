"""A toy domain: a shop with products, customers, coupons, orders and counters of visits."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from enum import StrEnum
from typing import Annotated, Any

from pydantic import Field

from singletable import CREATED, TTL, UPDATED, VERSION, Entity, Table, number, shards, unique
from singletable.formats import integer, slug

shop = Table("shop")
gsi1 = shop.global_index("GSI1", partition_key="GSI1PK", sort_key="GSI1SK")
gsi2 = shop.global_index("GSI2", partition_key="GSI2PK", sort_key="GSI2SK")
brands = shop.global_index("brands", partition_key="brand", sort_key=number("price"))
recent = shop.local_index("recent", sort_key="LSI1SK")


class Status(StrEnum):
    DRAFT = "draft"
    LIVE = "live"


class Product(Entity, table=shop):
    """Something on sale; unversioned, with every kind of attribute."""

    product_id: Annotated[str, slug()]
    name: Annotated[str, Field(min_length=1)]
    status: Status
    brand: str | None = None
    price: Annotated[int, Field(ge=0)] = 0
    rank: Annotated[int, integer(0, 9999)] = 0
    shelf: str | None = None
    size: int | None = None
    weight: Decimal | None = None
    rate: float = 0.5
    note: str | None = None
    tags: set[str] = Field(default_factory=set)
    log: list[str] = Field(default_factory=list)
    meta: dict[str, Any] = Field(default_factory=dict)
    dashed: Annotated[str | None, Field(alias="a-b")] = None
    dotted: Annotated[str | None, Field(alias="a.b")] = None
    stock: int = 0
    created_at: Annotated[datetime | None, CREATED] = None
    updated_at: Annotated[datetime | None, UPDATED] = None

    key = shop.primary.key("PRODUCT#{product_id}", "PRODUCT")
    by_shelf = gsi1.key("SHELF#{shelf}", "{status}#{product_id}")
    catalogue = gsi2.key(
        "CATALOGUE#{status}#{shard}", "{rank}#{product_id}", shards=shards(3, by="product_id")
    )
    by_brand = brands.key("{brand}", "{price}")


class Customer(Entity, table=shop):
    """Someone who buys; versioned, may expire, with two unique fields."""

    customer_id: Annotated[str, slug()]
    tenant: Annotated[str, slug()]
    name: str
    email: str | None = None
    phone: str | None = None
    visits: int = 0
    expires_at: Annotated[datetime | None, TTL] = None
    version: Annotated[int, VERSION] = 1
    updated_at: Annotated[datetime | None, UPDATED] = None

    key = shop.primary.key("CUSTOMER#{customer_id}", "CUSTOMER")
    by_tenant = gsi1.key("TENANT#{tenant}", "CUSTOMER#{customer_id}")
    unique_email = unique("email", within="tenant")
    unique_phone = unique("phone")


class Coupon(Entity, table=shop):
    """A reduction; unversioned, may expire, its code unique."""

    coupon_id: Annotated[str, slug()]
    code: str | None = None
    percent: int = 5
    expires_at: Annotated[datetime | None, TTL] = None

    key = shop.primary.key("COUPON#{coupon_id}", "COUPON")
    unique_code = unique("code")


class Line(Entity, table=shop):
    """One line of an order; many in one partition, versioned."""

    order_id: Annotated[str, slug()]
    line_no: Annotated[int, integer(0, 9999)]
    sku: str
    amount: int = 1
    bought_at: datetime | None = None
    expires_at: Annotated[datetime | None, TTL] = None
    version: Annotated[int, VERSION] = 1

    key = shop.primary.key("ORDER#{order_id}", "LINE#{line_no}")
    by_time = recent.key("ORDER#{order_id}", "TIME#{bought_at}#{line_no}")


class Visits(Entity, table=shop):
    """How often a page was seen; made by upserts, in an index made of its identity alone."""

    page: Annotated[str, slug()]
    count: int = 0
    referrers: set[str] = Field(default_factory=set)
    until: datetime | None = None
    label: str = "none"
    first_seen: Annotated[datetime | None, CREATED] = None
    last_seen: Annotated[datetime | None, UPDATED] = None

    key = shop.primary.key("VISITS#{page}", "VISITS")
    everywhere = gsi1.key("VISITS", "{page}")
    by_end = gsi2.key("VISITS-UNTIL", "{until}#{page}")


def product(product_id: str = "lamp", **values: Any) -> Product:
    """A product with little said."""
    return Product(**{"product_id": product_id, "name": "Lamp", "status": Status.DRAFT, **values})


def customer(customer_id: str = "ada", **values: Any) -> Customer:
    """A customer with little said."""
    return Customer(**{"customer_id": customer_id, "tenant": "north", "name": "Ada", **values})


def line(line_no: int = 1, order_id: str = "o1", **values: Any) -> Line:
    """An order line with little said."""
    return Line(**{"order_id": order_id, "line_no": line_no, "sku": f"sku-{line_no}", **values})


def changed(entity: Any, **values: Any) -> Any:
    """A copy with other values, as an editor makes it."""
    return entity.model_copy(update=values)
