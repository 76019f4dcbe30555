"""What the shop's table must hold, said a second time with plain dicts and f-strings."""

from __future__ import annotations

import zlib
from typing import Any

from tests.singletable.shop import Customer, Product, Visits

Item = dict[str, Any]

PRODUCT_KEYS = ({"shelf", "status", "product_id"}, {"status", "rank", "product_id"})


def product_keys(product: Product) -> Item:
    """Every generic key attribute of a product."""
    shard = zlib.crc32(product.product_id.encode()) % 3
    keys = {
        "PK": f"PRODUCT#{product.product_id}",
        "SK": "PRODUCT",
        "GSI2PK": f"CATALOGUE#{product.status.value}#{shard}",
        "GSI2SK": f"{product.rank:04d}#{product.product_id}",
    }
    if product.shelf is not None:
        keys["GSI1PK"] = f"SHELF#{product.shelf}"
        keys["GSI1SK"] = f"{product.status.value}#{product.product_id}"
    return {name: {"S": value} for name, value in keys.items()}


def product_item(product: Product) -> Item:
    """The stored product, of the fields that the machine changes."""
    item = product_keys(product) | {
        "entity": {"S": "Product"},
        "product_id": {"S": product.product_id},
        "name": {"S": product.name},
        "status": {"S": product.status.value},
        "price": {"N": str(product.price)},
        "rank": {"N": str(product.rank)},
        "stock": {"N": str(product.stock)},
        "rate": {"N": "0.5"},
        "log": {"L": []},
        "meta": {"M": {}},
    }
    for name in ("shelf", "brand"):
        if getattr(product, name) is not None:
            item[name] = {"S": getattr(product, name)}
    for name in ("created_at", "updated_at"):
        item[name] = {"S": getattr(product, name).strftime("%Y-%m-%dT%H:%M:%S.%fZ")}
    if product.tags:
        item["tags"] = {"SS": sorted(product.tags)}
    return item


def unique_item_keys(customer: Customer) -> set[str]:
    """The partition keys of the unique items that a customer owns."""
    keys = set[str]()
    if customer.email is not None:
        keys.add(f"UNIQUE#Customer#email#{customer.tenant}#{customer.email}")
    if customer.phone is not None:
        keys.add(f"UNIQUE#Customer#phone#{customer.phone}")
    return keys


def customer_items(customer: Customer) -> list[Item]:
    """The stored customer and its unique items."""
    own = {"PK": {"S": f"CUSTOMER#{customer.customer_id}"}, "SK": {"S": "CUSTOMER"}}
    item = own | {
        "entity": {"S": "Customer"},
        "customer_id": {"S": customer.customer_id},
        "tenant": {"S": customer.tenant},
        "name": {"S": customer.name},
        "visits": {"N": str(customer.visits)},
        "version": {"N": str(customer.version)},
        "GSI1PK": {"S": f"TENANT#{customer.tenant}"},
        "GSI1SK": {"S": f"CUSTOMER#{customer.customer_id}"},
    }
    assert customer.updated_at is not None
    item["updated_at"] = {"S": customer.updated_at.strftime("%Y-%m-%dT%H:%M:%S.%fZ")}
    expiry = {}
    if customer.expires_at is not None:
        expiry = {"expires_at": {"N": str(int(customer.expires_at.timestamp()))}}
    for name in ("email", "phone"):
        if getattr(customer, name) is not None:
            item[name] = {"S": getattr(customer, name)}
    unique_items = [
        {
            "PK": {"S": key},
            "SK": {"S": "UNIQUE"},
            "entity": {"S": "Customer." + key.split("#")[2]},
            "owner": {"M": own},
            **expiry,
        }
        for key in unique_item_keys(customer)
    ]
    return [item | expiry, *unique_items]


def visits_keys(visits: Visits) -> Item:
    """Every key attribute of a counter."""
    keys = {"PK": f"VISITS#{visits.page}", "SK": "VISITS", "GSI1PK": "VISITS"}
    keys["GSI1SK"] = visits.page
    if visits.until is not None:
        keys["GSI2PK"] = "VISITS-UNTIL"
        keys["GSI2SK"] = visits.until.strftime("%Y-%m-%dT%H:%M:%S.%fZ") + f"#{visits.page}"
    return {name: {"S": value} for name, value in keys.items()}


def in_order(items: list[Item]) -> list[Item]:
    return sorted(items, key=lambda item: (item["PK"]["S"], item["SK"]["S"]))
