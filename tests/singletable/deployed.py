"""Tables whose deployment is declared: on demand, provisioned, and with replicas."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

from singletable import TTL, Deployment, Entity, Get, Table, access_pattern

KEY = "arn:aws:kms:eu-west-1:123456789012:key/0b3d7ac4-1f0e-4c3a-9a53-4f3f6f1a9b11"

logs = Table(
    "logs",
    deployment=Deployment(
        stream="KEYS_ONLY",
        table_class="STANDARD_INFREQUENT_ACCESS",
        encryption=KEY,
        max_units=(400, 200),
        warm_units=(15000, 5000),
    ),
)
by_day = logs.global_index(
    "ByDay", partition_key="GSI1PK", sort_key="GSI1SK", max_units=(50, 40), warm_units=(13000, 4500)
)
logs.local_index("ByLevel", sort_key="LSI1SK")

orders = Table(
    "orders",
    deployment=Deployment(stream=None, recovery=False, protection=False, units=(20, 10)),
)
orders.global_index("ByState", partition_key="GSI1PK", units=(5, 4))
orders.global_index("ByCity", partition_key="GSI2PK")

carts = Table(
    "carts",
    deployment=Deployment(replicas=("eu-central-1", "us-east-1"), encryption="aws"),
)
carts.global_index("ByDay", partition_key="GSI1PK", max_units=(50, 40))

TABLES = {table.name: table for table in (logs, orders, carts)}


class Line(Entity, table=logs):
    """A line of a log."""

    line_id: str
    day: str
    gone_at: Annotated[datetime | None, TTL] = None
    key = logs.primary.key("LINE#{line_id}", "LINE")
    by_day = by_day.key("DAY#{day}", "{line_id}")


class Order(Entity, table=orders):
    """An order."""

    order_id: str
    key = orders.primary.key("ORDER#{order_id}", "ORDER")


@access_pattern
def line(line_id: str) -> Get[Line]:
    """A line."""
    return Line.key.get(line_id=line_id)
