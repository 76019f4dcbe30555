"""What is counted or appended to begins with a default, of which variants have several."""

from __future__ import annotations

from typing import Any, Literal

import pytest
from pydantic import BaseModel

from singletable import Entity, Table, attr, create
from singletable.errors import ConditionFailed
from tests.conftest import OpenBackend

orders = Table("paid-orders")
TRIES, LOG, SEEN = attr("way")["tries"], attr("way")["log"], attr("way")["seen"]


class Card(BaseModel):
    kind: Literal["card"] = "card"
    tries: int = 5
    log: list[str] = ["card"]
    seen: int = 1


class Bill(BaseModel):
    kind: Literal["bill"] = "bill"
    tries: int = 0
    log: list[str] = []
    seen: int = 1


class Order(Entity, table=orders):
    """An order, and how it is paid."""

    order_id: str
    way: Card | Bill
    key = orders.primary.key("ORDER#{order_id}", "ORDER")


CHANGES: dict[str, Any] = {
    "add_at": Order.key.patch(order_id="1").add_at(TRIES, 1),
    "append_at": Order.key.patch(order_id="1").append_at(LOG, ["x"]),
    "prepend_at": Order.key.patch(order_id="1").prepend_at(LOG, ["x"]),
}


@pytest.mark.parametrize("change", CHANGES)
def test_where_it_is_absent_nobody_knows_the_beginning(
    open_backend: OpenBackend, change: str
) -> None:
    """The variant is not known before it is read."""
    backend = open_backend(orders)
    backend.put(
        PK="ORDER#1", SK="ORDER", entity="Order", order_id="1", way={"M": {"kind": {"S": "bill"}}}
    )
    before = backend.items()
    with pytest.raises(ConditionFailed) as caught:
        backend.repository.write(CHANGES[change])
    assert caught.value.written == "no"
    assert backend.items() == before


def test_where_all_begin_alike_it_is_counted(open_backend: OpenBackend) -> None:
    """From the default; and what is there, from itself."""
    backend = open_backend(orders)
    way = {"M": {"kind": {"S": "bill"}, "tries": {"N": "2"}, "log": {"L": []}}}
    backend.put(PK="ORDER#1", SK="ORDER", entity="Order", order_id="1", way=way)
    patch = Order.key.patch(order_id="1").add_at(SEEN, 1).add_at(TRIES, 1).append_at(LOG, ["x"])
    assert backend.repository.write(patch).way == Bill(tries=3, log=["x"], seen=2)
    backend.repository.write(create(Order(order_id="2", way=Card())))
    raised = Order.key.patch(order_id="2").add_at(TRIES, 1)
    assert backend.repository.write(raised).way == Card(tries=6)
