"""For each rule a design that breaks it, and one that does not: both are run, and shown in docs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from singletable.design import ir

Json = Mapping[str, Any]


class Examples(NamedTuple):
    """Designs as files have them, and the volumes of each where the rule is about those."""

    breaks: ir.JsonObject
    keeps: ir.JsonObject
    volumes: tuple[Json, Json] | None = None


GSI1: Json = {"name": "GSI1", "partition": "GSI1PK", "sort": "GSI1SK"}
ORDER: Json = {
    "name": "Order",
    "identity": ["customer", "order"],
    "keys": {"PK": "CUSTOMER#{customer}", "SK": "ORDER#{order}"},
}
CUSTOMER: Json = {
    "name": "Customer",
    "identity": ["customer"],
    "keys": {"PK": "CUSTOMER#{customer}", "SK": "CUSTOMER"},
}
INDEXED: Json = {**ORDER, "keys": {**ORDER["keys"], "GSI1PK": "ORDERED#{day}", "GSI1SK": "{order}"}}


def _design(
    entities: Sequence[Json],
    patterns: Sequence[Json] = (),
    indexes: Sequence[Json] = (),
    **table_says: Any,
) -> ir.JsonObject:
    keys = {"name": "shop", "partition": "PK", "sort": "SK"}
    table = {**keys, "indexes": list(indexes), **table_says}
    return {
        "singletable": 1,
        "tables": [table],
        "entities": list(entities),
        "patterns": list(patterns),
    }


_ACCEPTED: Json = {
    "rule": "key-collision",
    "subject": "Customer, Order",
    "because": "Orders never have the number CUSTOMER.",
}


def _keyed(partition: str, sort: str, **more: Any) -> Json:
    return {"name": "Order", "keys": {"PK": partition, "SK": sort}, **more}


def _query(sort: Any = None, partition: str = "CUSTOMER#{customer}", **more: Any) -> Json:
    key = {"PK": partition} | ({"SK": sort} if sort is not None else {})
    return {
        "name": "orders_of",
        "operation": "Query",
        "key": key,
        "returns": ["Order"],
        **more,
    }


_BY_DAY = _query(index="GSI1", key={"GSI1PK": "ORDERED#{day}"})
_ORDERS = _query({"begins_with": "ORDER#"})

_ONLY_KEYS: Json = {**GSI1, "projection": "KEYS_ONLY"}
_WITH_TOTAL: Json = {**GSI1, "projection": ["total"]}
_NOTED: Json = {**INDEXED, "fields": {"total": {"type": "int"}, "note": {}}}


def _update(field: str) -> Json:
    return {"name": "move", "operation": "UpdateItem", "returns": ["Order"], "changes": [field]}


def _number(name: str) -> Json:
    return {"name": name, "type": "N"}


_ORDER_OF_DAY = _keyed("ORDERED#{day}", "ORDER#{order}", identity=["order"])
_PUT: Json = {"name": "place", "operation": "PutItem", "returns": ["Order"]}
_COUNTER: Json = {"name": "Counter", "keys": {"PK": "COUNTER", "SK": "COUNTER"}}
_COUNT: Json = {"name": "count", "operation": "UpdateItem", "returns": ["Counter"]}


def _volumes(size: int, **keys: Any) -> Json:
    """Of orders that are placed 4,445 times a second."""
    return {
        "entities": {"Order": {"size": size}},
        "keys": {"Order.primary": keys},
        "patterns": {"place": {"peak": 4445}},
    }


_LOOKUP: Json = {**ORDER, "keys": {**ORDER["keys"], "GSI1PK": "{customer}", "GSI1SK": "{order}"}}
_SHIPPED: Json = {**ORDER, "keys": {**ORDER["keys"], "GSI1PK": "{order}", "GSI1SK": "{shipped}"}}
_VISIT: Json = {"name": "Visit", "keys": {"PK": "CUSTOMER#{customer}", "SK": "ORDER#{visit}"}}
_EXPIRING: Json = {"ttl_attribute": "until"}


def _item(key: str, **attributes: str | Json) -> Json:
    """An item of customer 7, in DynamoDB's JSON."""
    texts = {"PK": "CUSTOMER#7", "SK": key, **attributes}
    return {name: {"S": each} if isinstance(each, str) else each for name, each in texts.items()}


_MADE: Json = {
    **ORDER,
    "keys": {**ORDER["keys"], "GSI1PK": "ORDERED#{day}"},
    "fields": {"made": {"type": "int"}},
}
_LOOKED_UP: Json = {"GSI1PK": "7", "GSI1SK": "1"}
_ORDER_BESIDE = _keyed("CUSTOMER#{customer}", "{order}")
EXAMPLES: Mapping[str, Examples] = {
    "key-collision": Examples(
        _design([CUSTOMER, _keyed("CUSTOMER#{customer}", "{order}")]),
        _design([CUSTOMER, ORDER]),
    ),
    "forged-by-delimiter": Examples(
        _design([CUSTOMER, _keyed("CUSTOMER#{customer}#ORDERS", "{order}")]),
        _design(
            [
                {**CUSTOMER, "fields": {"customer": {"format": {"pattern": "[0-9]+"}}}},
                _keyed("CUSTOMER#{customer}#ORDERS", "{order}"),
            ]
        ),
    ),
    "key-lacks-identity": Examples(
        _design([_keyed("CUSTOMER#{customer}", "ORDER#{day}", identity=["customer", "order"])]),
        _design([ORDER]),
    ),
    "key-beyond-identity": Examples(
        _design(
            [
                _keyed(
                    "CUSTOMER#{customer}", "ORDER#{status}#{order}", identity=["customer", "order"]
                )
            ]
        ),
        _design([ORDER]),
    ),
    "ambiguous-template": Examples(
        _design([_keyed("CUSTOMER#{customer}", "ORDER#{country}{order}")]),
        _design(
            [
                _keyed(
                    "CUSTOMER#{customer}",
                    "ORDER#{country}{order}",
                    fields={"country": {"format": {"min_bytes": 2, "max_bytes": 2}}},
                )
            ]
        ),
    ),
    "no-operation": Examples(
        _design([ORDER], [{"name": "report", "operation": None}]), _design([ORDER], [_ORDERS])
    ),
    "index-missing": Examples(_design([ORDER], [_BY_DAY]), _design([INDEXED], [_BY_DAY], [GSI1])),
    "no-key-condition": Examples(
        _design([ORDER], [_query(key={"SK": "ORDER#{order}"})]),
        _design([ORDER], [_ORDERS]),
    ),
    "refused-condition": Examples(
        _design([ORDER], [_query({"between": ["ORDER#Z", "ORDER#A"]})]),
        _design([ORDER], [_query({"between": ["ORDER#A", "ORDER#Z"]})]),
    ),
    "not-in-index": Examples(
        _design([ORDER], [_BY_DAY], [GSI1]), _design([INDEXED], [_BY_DAY], [GSI1])
    ),
    "matches-nothing": Examples(
        _design([ORDER], [_query({"begins_with": "ORDERS#"})]), _design([ORDER], [_ORDERS])
    ),
    "matches-others": Examples(
        _design([CUSTOMER, ORDER], [_query()]),
        _design([CUSTOMER, ORDER], [_ORDERS]),
    ),
    "prefix-matches-neighbours": Examples(
        _design(
            [_keyed("CUSTOMER#{customer}", "ORDER#{order}#LINE#{line}")],
            [_query({"begins_with": "ORDER#{order}"})],
        ),
        _design(
            [_keyed("CUSTOMER#{customer}", "ORDER#{order}#LINE#{line}")],
            [_query({"begins_with": "ORDER#{order}#"})],
        ),
    ),
    "order-not-kept": Examples(
        _design(
            [_keyed("CUSTOMER#{customer}", "{status}#{day}")],
            [_query(order_by=["day"], descending=True)],
        ),
        _design(
            [_keyed("CUSTOMER#{customer}", "{status}#{day}")],
            [_query({"begins_with": "{status}#"}, order_by=["day"], descending=True)],
        ),
    ),
    "returns-overwritten": Examples(
        _design(
            [
                _keyed("CUSTOMER#{customer}", "{day}"),
                {**_keyed("CUSTOMER#{customer}", "{day}"), "name": "Visit"},
            ],
            [_query(returns=["Order", "Visit"])],
        ),
        _design(
            [
                _keyed("CUSTOMER#{customer}", "{day}#ORDER"),
                {**_keyed("CUSTOMER#{customer}", "{day}#VISIT"), "name": "Visit"},
            ],
            [_query(returns=["Order", "Visit"])],
        ),
    ),
    "scan": Examples(
        _design([ORDER], [{"name": "every_order", "operation": "Scan"}]),
        _design([ORDER], [_ORDERS]),
    ),
    "filtered": Examples(
        _design([ORDER], [_query({"begins_with": "ORDER#"}, filter="status = :open")]),
        _design([ORDER], [_ORDERS]),
    ),
    "unread-index": Examples(
        _design([INDEXED], [_ORDERS], [GSI1]),
        _design([INDEXED], [_ORDERS, {**_BY_DAY, "name": "on_day"}], [GSI1]),
    ),
    "unwritten-index": Examples(_design([ORDER], [], [GSI1]), _design([INDEXED], [], [GSI1])),
    "unread-key": Examples(
        _design(
            [
                INDEXED,
                {**INDEXED, "name": "Visit", "keys": {**INDEXED["keys"], "SK": "VISIT#{order}"}},
            ],
            [_query(index="GSI1", key={"GSI1PK": "ORDERED#{day}"}, filter="kind = :order")],
            [GSI1],
        ),
        _design([INDEXED], [_BY_DAY], [GSI1]),
    ),
    "half-key": Examples(
        _design([{**ORDER, "keys": {**ORDER["keys"], "GSI1PK": "ORDERED#{day}"}}], [], [GSI1]),
        _design([INDEXED], [], [GSI1]),
    ),
    "one-partition": Examples(_design([_keyed("ORDERS", "ORDER#{order}")]), _design([ORDER])),
    "few-partitions": Examples(
        _design(
            [
                _keyed(
                    "ORDERS#{status}",
                    "ORDER#{order}",
                    fields={"status": {"format": {"members": ["open", "done"]}}},
                )
            ]
        ),
        _design([ORDER]),
    ),
    "number-order": Examples(
        _design(
            [_keyed("CUSTOMER#{customer}", "ORDER#{order}", fields={"order": {"type": "int"}})]
        ),
        _design(
            [
                _keyed(
                    "CUSTOMER#{customer}",
                    "ORDER#{order}",
                    fields={
                        "order": {"type": "int", "format": {"pattern": "[0-9]{8}", "ordered": True}}
                    },
                )
            ]
        ),
    ),
    "optional-in-key": Examples(
        _design(
            [_keyed("CUSTOMER#{customer}", "ORDER#{order}", fields={"order": {"optional": True}})]
        ),
        _design([ORDER]),
    ),
    "prefix-within-field": Examples(
        _design([ORDER], [_query({"begins_with": "ORDER#{order}"})]),
        _design([ORDER], [_query("ORDER#{order}")]),
    ),
    "not-projected": Examples(
        _design([INDEXED], [{**_BY_DAY, "attributes": ["total"]}], [_ONLY_KEYS]),
        _design([INDEXED], [{**_BY_DAY, "attributes": ["total"]}], [_WITH_TOTAL]),
    ),
    "unread-copies": Examples(
        _design([_NOTED], [{**_BY_DAY, "attributes": ["total"]}], [GSI1]),
        _design([_NOTED], [{**_BY_DAY, "attributes": ["total"]}], [_WITH_TOTAL]),
    ),
    "changes-primary-key": Examples(
        _design(
            [_keyed("CUSTOMER#{customer}", "ORDER#{status}#{order}")],
            [_update("status")],
        ),
        _design([ORDER], [_update("status")]),
    ),
    "moves-in-index": Examples(
        _design([INDEXED], [], [GSI1]),
        _design(
            [{**ORDER, "keys": {**ORDER["keys"], "GSI1PK": "{order}", "GSI1SK": "{customer}"}}],
            [],
            [GSI1],
        ),
    ),
    "constant-sort-key": Examples(
        _design(
            [{**ORDER, "keys": {**ORDER["keys"], "GSI1PK": "ORDERED#{day}", "GSI1SK": "ORDER"}}],
            [],
            [GSI1],
        ),
        _design([INDEXED], [], [GSI1]),
    ),
    "two-types": Examples(
        _design([INDEXED], [], [GSI1, {"name": "GSI2", "partition": _number("GSI1SK")}]),
        _design([INDEXED], [], [GSI1]),
    ),
    "text-as-number": Examples(
        _design(
            [{**INDEXED, "keys": {**INDEXED["keys"], "GSI1SK": "DAY#{day}"}}],
            [],
            [{**GSI1, "sort": _number("GSI1SK")}],
        ),
        _design([INDEXED], [], [{**GSI1, "sort": _number("GSI1SK")}]),
    ),
    "key-of-another-type": Examples(
        _design(
            [
                {
                    **INDEXED,
                    "keys": {**ORDER["keys"], "GSI1PK": "ORDERED#{day}"},
                    "fields": {"made": {"type": "int"}},
                }
            ],
            [],
            [{**GSI1, "sort": "made"}],
        ),
        _design(
            [
                {
                    **INDEXED,
                    "keys": {**ORDER["keys"], "GSI1PK": "ORDERED#{day}"},
                    "fields": {"made": {"type": "int"}},
                }
            ],
            [],
            [{**GSI1, "sort": _number("made")}],
        ),
    ),
    "refused-table": Examples(
        _design([ORDER], [], [{"name": "L", "kind": "local", "partition": "SK", "sort": "PK"}]),
        _design([ORDER]),
    ),
    "ttl-not-number": Examples(
        _design([{**ORDER, "fields": {"until": {"type": "str"}}}], ttl_attribute="until"),
        _design([{**ORDER, "fields": {"until": {"type": "int"}}}], ttl_attribute="until"),
    ),
    "key-too-long": Examples(
        _design([{**ORDER, "fields": {"order": {"format": {"max_bytes": 2000}}}}]),
        _design([{**ORDER, "fields": {"order": {"format": {"max_bytes": 100}}}}]),
    ),
    "needs-placeholder": Examples(
        _design(
            [{**ORDER, "keys": {**ORDER["keys"], "GSI1PK": "ORDERED", "date": "{day}"}}],
            [],
            [{**GSI1, "sort": "date"}],
        ),
        _design([INDEXED], [], [GSI1]),
    ),
    "key-length-unsaid": Examples(
        _design([ORDER]),
        _design(
            [
                {
                    **ORDER,
                    "fields": {
                        name: {"format": {"max_bytes": 36}} for name in ("customer", "order")
                    },
                }
            ]
        ),
    ),
    "whole-copies": Examples(
        _design([_NOTED], [_BY_DAY], [GSI1]),
        _design([_NOTED], [{**_BY_DAY, "attributes": ["total"]}], [_WITH_TOTAL]),
    ),
    "reads-others-by-delimiter": Examples(
        _design(
            [CUSTOMER, _keyed("CUSTOMER#{customer}#ORDERS", "{order}")],
            [_query(returns=["Customer"])],
        ),
        _design([CUSTOMER, ORDER], [_ORDERS]),
    ),
    "filter-no-expression": Examples(
        _design([ORDER], [_query({"begins_with": "ORDER#"}, filter="total changes")]),
        _design([ORDER], [_query({"begins_with": "ORDER#"}, filter="total > :least")]),
    ),
    "order-unsaid": Examples(
        _design([ORDER], [_ORDERS]),
        _design(
            [{**ORDER, "fields": {"order": {"format": {"chronological": True}}}}],
            [_ORDERS],
        ),
    ),
    "unbounded-collection": Examples(
        _design([ORDER]),
        _design([ORDER]),
        ({}, {"keys": {"Order.primary": {"values": 100_000}}}),
    ),
    "monotonic-sort-key": Examples(
        _design([{**INDEXED, "fields": {"order": {"type": "datetime"}}}], [], [GSI1]),
        _design([INDEXED], [], [GSI1]),
    ),
    "fits-no-entity": Examples(
        _design([ORDER], items=[_item("ORDERS#1")]),
        _design([ORDER], items=[_item("ORDER#1")]),
    ),
    "fits-several": Examples(
        _design([ORDER, _VISIT], items=[_item("ORDER#1")]),
        _design([ORDER, {**_VISIT, "keys": {**_VISIT["keys"], "SK": "VISIT#{visit}"}}]),
    ),
    "key-contradicts-attribute": Examples(
        _design([ORDER], items=[_item("ORDER#1", order="2")]),
        _design([ORDER], items=[_item("ORDER#1", order="1")]),
    ),
    "index-key-half-present": Examples(
        _design([_LOOKUP], [], [GSI1], items=[_item("ORDER#1", GSI1PK="7")]),
        _design([_LOOKUP], [], [GSI1], items=[_item("ORDER#1", **_LOOKED_UP)]),
    ),
    "index-key-missing": Examples(
        _design([_LOOKUP], [], [GSI1], items=[_item("ORDER#1")]),
        _design([_LOOKUP], [], [GSI1], items=[_item("ORDER#1", **_LOOKED_UP)]),
    ),
    "items-outside-index": Examples(
        _design([_SHIPPED], [], [GSI1], items=[_item("ORDER#1")]),
        _design(
            [{**_SHIPPED, "fields": {"shipped": {"optional": True}}}],
            [],
            [GSI1],
            items=[_item("ORDER#1")],
        ),
    ),
    "index-key-of-another-form": Examples(
        _design([INDEXED], [], [GSI1], items=[_item("ORDER#1", GSI1PK="2026", GSI1SK="1")]),
        _design([INDEXED], [], [GSI1], items=[_item("ORDER#1", GSI1PK="ORDERED#2", GSI1SK="1")]),
    ),
    "odd-key-text": Examples(
        _design([ORDER], items=[_item("ORDER#{order}")]),
        _design([ORDER], items=[_item("ORDER#1")]),
    ),
    "dates-do-not-sort": Examples(
        _design([_SHIPPED], [], [GSI1], items=[_item("ORDER#1", GSI1PK="1", GSI1SK="7/1/2019")]),
        _design([_SHIPPED], [], [GSI1], items=[_item("ORDER#1", GSI1PK="1", GSI1SK="2019-07-01")]),
    ),
    "number-as-text": Examples(
        _design([ORDER], items=[_item("ORDER#1", total="12.50")]),
        _design([ORDER], items=[_item("ORDER#1", total={"N": "12.50"})]),
    ),
    "stored-ttl-not-number": Examples(
        _design([ORDER], **_EXPIRING, items=[_item("ORDER#1", until="1772366400")]),
        _design([ORDER], **_EXPIRING, items=[_item("ORDER#1", until={"N": "1772366400"})]),
    ),
    "ttl-in-milliseconds": Examples(
        _design([ORDER], **_EXPIRING, items=[_item("ORDER#1", until={"N": "1772366400000"})]),
        _design([ORDER], **_EXPIRING, items=[_item("ORDER#1", until={"N": "1772366400"})]),
    ),
    "hot-partition": Examples(
        _design([_ORDER_OF_DAY], [_PUT]),
        _design([ORDER], [_PUT]),
        (_volumes(500, skew=1.0), _volumes(500, values=1_000_000)),
    ),
    "hot-item": Examples(
        _design([_COUNTER, ORDER], [_COUNT]),
        _design([_COUNTER, ORDER], [_COUNT]),
        (
            {"entities": {"Counter": {"size": 100}}, "patterns": {"count": {"peak": 1200}}},
            {"entities": {"Counter": {"size": 100}}, "patterns": {"count": {"peak": 800}}},
        ),
    ),
    "item-too-large": Examples(
        _design([ORDER], [_PUT]),
        _design([ORDER], [_PUT]),
        (_volumes(500_000), _volumes(5_000)),
    ),
    "unused-acceptance": Examples(
        {**_design([CUSTOMER, ORDER]), "accepted": [_ACCEPTED]},
        {**_design([CUSTOMER, _ORDER_BESIDE]), "accepted": [_ACCEPTED]},
    ),
}
