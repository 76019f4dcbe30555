"""Items are read as entities, and those that cannot be are counted by the reason."""

from __future__ import annotations

import json
from typing import Annotated, Any

from singletable import IN_KEY, Entity, Table
from singletable.design.reading import ItemReader, Reading, read_all

stock = Table("stock-of-readings", type_attribute="kind", untagged="by key")
by_place = stock.global_index("GSI1", partition_key="GSI1PK", sort_key="GSI1SK")


class Part(Entity, table=stock):
    """A part in a place."""

    number: Annotated[str, IN_KEY]
    count: int
    place: str | None = None
    photo: bytes | None = None

    key = stock.primary.key("PART#{number}", "PART")
    in_place = by_place.key("PLACE#{place}", "PART#{number}")


def part(number: str, **more: Any) -> dict[str, Any]:
    return {
        "PK": {"S": f"PART#{number}"},
        "SK": {"S": "PART"},
        "count": {"N": "3"},
        "kind": {"S": "Part"},
        **more,
    }


PLACED = {"GSI1PK": {"S": "PLACE#a"}, "GSI1SK": {"S": "PART#2"}}


def test_what_is_read_is_counted() -> None:
    reading = read_all(stock, [part("1"), part("2", place={"S": "a"}, **PLACED)])
    found = reading.entities["Part"]
    assert (reading.items, found.items, found.read, found.unread) == (2, 2, 2, {})


def test_bytes_are_read_from_base64() -> None:
    assert read_all(stock, [part("1", photo={"B": "AP8="})]).entities["Part"].read == 1
    assert read_all(stock, [part("1", photo={"S": "AP8="})]).entities["Part"].read == 0


def test_items_of_none_are_shown() -> None:
    other = {"PK": {"S": "X"}, "SK": {"S": "Y"}, "b": {"B": "AA=="}}
    reading = read_all(stock, [other] * 5)
    assert (reading.of_none, reading.untagged) == (5, 5)
    assert reading.samples == [{"PK": {"S": "X"}, "SK": {"S": "Y"}}] * 3


def test_reasons_that_differ_in_values_are_one() -> None:
    """By the primary key, and by the index that an item is in."""
    items = [part(str(n), count={"S": f"many {n}"}) for n in range(4)]
    items += [part(str(n), place={"S": "b"}, **PLACED) for n in range(3, 6)]
    found = read_all(stock, items).entities["Part"]
    assert (found.items, found.read) == (7, 3)
    primary, index = found.unread.values()
    assert (primary.index, primary.count) == ("primary", 4)
    assert (index.index, index.count) == ("GSI1", 3)
    assert primary.sample == {"PK": {"S": "PART#0"}, "SK": {"S": "PART"}}


def test_a_reading_goes_on_from_data() -> None:
    items = [part("1"), part("2", count={"S": "x"}), {"PK": {"S": "X"}, "SK": {"S": "Y"}}]
    first, second = ItemReader(stock), ItemReader(stock)
    for item in items:
        first.read(item)
    second.reading = Reading.from_json(json.loads(json.dumps(first.reading.to_json())))
    for item in items:
        first.read(item)
        second.read(item)
    assert second.reading == first.reading
    assert first.reading.items == 6
