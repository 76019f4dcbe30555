"""A table in memory that commands scan instead of one on an endpoint."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import pytest

from singletable.cli import run as sending
from singletable.testing import memory_transport
from singletable.transport import Transport

NAME = "shop-prod"
KEYS = (("PK", "HASH"), ("SK", "RANGE"))
INDEX = (("GSI1PK", "HASH"), ("GSI1SK", "RANGE"))

Item = Mapping[str, Any]


def schema(keys: Iterable[tuple[str, str]]) -> list[dict[str, str]]:
    return [{"AttributeName": name, "KeyType": kind} for name, kind in keys]


def table_of(items: Iterable[Item]) -> Transport:
    """A table with one index, of which items are in it as another program wrote them."""
    transport = memory_transport()
    transport(
        "CreateTable",
        {
            "TableName": NAME,
            "BillingMode": "PAY_PER_REQUEST",
            "AttributeDefinitions": [
                {"AttributeName": name, "AttributeType": "S"} for name, _ in (*KEYS, *INDEX)
            ],
            "KeySchema": schema(KEYS),
            "GlobalSecondaryIndexes": [
                {
                    "IndexName": "GSI1",
                    "KeySchema": schema(INDEX),
                    "Projection": {"ProjectionType": "ALL"},
                }
            ],
        },
    )
    for item in items:
        transport("PutItem", {"TableName": NAME, "Item": item})
    return transport


def connect_to(monkeypatch: pytest.MonkeyPatch, transport: Transport) -> None:
    """Lets commands find this transport at every endpoint."""

    def connect(endpoint: str | None, region: str | None) -> Transport:
        return transport

    monkeypatch.setattr(sending, "connect", connect)


def shop_items(orders: int = 60) -> list[dict[str, Any]]:
    """Customers, their orders and some products, without types."""
    items: list[dict[str, Any]] = []
    for n in range(orders):
        item: dict[str, Any] = {
            "PK": {"S": f"CUSTOMER#k{n % 12}"},
            "SK": {"S": f"ORDER#{n:05}"},
            "GSI1PK": {"S": f"DAY#2026-03-{n % 28 + 1:02}"},
            "GSI1SK": {"S": f"T{n:05}"},
            "customer": {"S": f"k{n % 12}"},
            "total": {"N": str(n * 1.5)},
            "lines": {"L": [{"M": {"sku": {"S": "x"}, "count": {"N": "2"}}}]},
            "paid": {"BOOL": n % 2 == 0},
            "day": {"S": f"2026-03-{n % 28 + 1:02}"},
        }
        items.append(item | ({"note": {"S": "urgent"}} if n % 3 == 0 else {}))
    for n in range(25):
        items.append(
            {
                "PK": {"S": f"CUSTOMER#k{n}"},
                "SK": {"S": "PROFILE"},
                "name": {"S": f"Name of {n}"},
                "tags": {"SS": ["a", "b"]},
                "photo": {"B": b"\x00\xff"},
                "GSI1PK": {"S": "CUSTOMERS"},
                "GSI1SK": {"S": f"Name of {n}"},
            }
        )
        items.append(
            {
                "PK": {"S": f"PRODUCT#s{n:03}x"},
                "SK": {"S": "PRODUCT"},
                "price": {"N": str(n)},
                "stock": {"N": "3"},
            }
        )
    return items
