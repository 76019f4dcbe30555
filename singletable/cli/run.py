"""Sends one operation and prints the answer. Loads an SDK, so it is imported where it is needed."""

from __future__ import annotations

from argparse import Namespace
from typing import Any, cast

from pydantic import BaseModel

from singletable import Page, Repository
from singletable.cli.connection import connect
from singletable.codec.wire import is_list
from singletable.design import Call
from singletable.emit.data_text import json_text
from singletable.inspect import Sent

_PAGE = 25


def run(call: Call, table: str, options: Namespace) -> int:
    """Prints each item as a line of JSON, then how many there were and what they cost."""
    sent = list[Sent]()
    repository = Repository(
        connect(options.endpoint, options.region),
        call.tables(table),
        observe=sent.append,
        count_capacity=True,
    )
    bounded = call.limit(_PAGE, override=False) or call
    answer = bounded.send(repository)
    items, more = _items(answer)
    if options.json:
        facts = {"requests": len(sent), "capacity_units": _capacity(sent), "more": more}
        data = [item.model_dump(mode="json") for item in items]
        print(json_text({"items": data, **facts}))
        return 0
    for item in items:
        print(item.model_dump_json())
    print(_summary(len(items), len(sent), _capacity(sent), more=more))
    return 0


def _items(answer: object) -> tuple[list[BaseModel], bool]:
    if isinstance(answer, Page):
        page = cast(Page[BaseModel], answer)
        return list(page.items), not page.is_last
    return ([answer] if isinstance(answer, BaseModel) else []), False


def _capacity(sent: list[Sent]) -> float:
    """The capacity units of all requests, as the service counts them."""
    total = 0.0
    for each in sent:
        found: Any = each.response.get("ConsumedCapacity") or []
        parts = found if is_list(found) else [found]
        total += sum(part.get("CapacityUnits", 0.0) for part in parts)
    return total


def _summary(items: int, requests: int, capacity: float, *, more: bool) -> str:
    counted = [
        f"{items} item{'' if items == 1 else 's'}",
        f"{requests} request{'' if requests == 1 else 's'}",
        f"{capacity:g} capacity units",
    ]
    return ", ".join(counted) + ("; more remain (--limit N)" if more else "")
