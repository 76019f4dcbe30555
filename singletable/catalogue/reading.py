"""What a read asks, in words: its key condition, order, filter and limits. Sends nothing."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from singletable.catalogue.kinds import is_get, query_of
from singletable.catalogue.readable import SYMBOLIC, expression, key_text
from singletable.formats.number import Integer
from singletable.operations import Get, Query
from singletable.operations.reads.key_condition import SortCondition, sort_condition
from singletable.table import SHARD
from singletable.templates import Part
from singletable.tracing import Symbol

_WORDS = {
    "begins_with({name}, {0})": "{name} begins with {0}",
    "{name} BETWEEN {0} AND {1}": "{name} between {0} and {1}",
}


@dataclass(frozen=True)
class Reading:
    """`requests` are those of one page; more only where a partition is sharded."""

    key: str
    key_condition: tuple[str, ...]
    order: str
    ordered_by: tuple[str, ...]
    filter: str
    requests: int
    consistent: bool
    limits: tuple[str, ...]


def reading_of(operation: object) -> Reading | None:
    """The reading of a Get or a query, of symbols or real values; None for writes."""
    query = query_of(operation)
    if query is not None:
        return _query(query if query is operation else replace(query, items_in_all=None))
    return _get(operation) if is_get(operation) else None


def _get(get: Get[Any]) -> Reading:
    key = get.schema.primary.render(get.identity)
    limits = ("expired items are left out",) if get.hides_expired else ()
    return Reading(
        get.schema.primary.label, equalities(key), "", (), "", 1, get.is_consistent, limits
    )


def equalities(key: Mapping[str, Mapping[str, Any]]) -> tuple[str, ...]:
    """`PK = POST#1` for each attribute of a key."""
    return tuple(f"{name} = {key_text(value)}" for name, value in key.items())


def _query(query: Query[Any]) -> Reading:
    requests = query.requests(SYMBOLIC)
    return Reading(
        key=query.key.label,
        key_condition=_condition(query),
        order=_order(query),
        ordered_by=tuple(part.field for part in _free_parts(query)),
        filter=expression(requests[0].parameters, "FilterExpression") if requests else "",
        requests=len(requests),
        consistent=query.is_consistent,
        limits=tuple(_limits(query)),
    )


def _condition(query: Query[Any]) -> tuple[str, ...]:
    key, equals = query.key, dict(query.equals)
    if key.shards is not None:
        equals.setdefault(SHARD, Symbol(f"{{{SHARD}}}", SHARD, int))
    partition = equalities({key.partition.attribute.name: key.partition.render(equals)})
    sort = sort_condition(key, query.equals, query.bounds)
    if sort is None or key.sort is None:
        return partition
    return (*partition, _sort_text(sort, key.sort.attribute.name))


def _sort_text(sort: SortCondition, name: str) -> str:
    text = _WORDS.get(sort.text, sort.text)
    return text.format(*map(key_text, sort.values), name=name)


def _order(query: Query[Any]) -> str:
    free = _free_parts(query)
    if free and free[0].format.chronological and not isinstance(free[0].format, Integer):
        return "newest first" if query.is_backwards else "oldest first"
    direction = "descending" if query.is_backwards else "ascending"
    return direction if free else ""


def _free_parts(query: Query[Any]) -> list[Part]:
    """The parts of the sort key by which the answer is ordered."""
    parts = query.key.sort.template.parts if query.key.sort else ()
    return [part for part in parts if part.field not in query.equals]


def _limits(query: Query[Any]) -> list[str]:
    """How much is read at most; what leaves expired items out is the filter."""
    facts = [
        (query.items_in_all, "at most {} in all", "item"),
        (query.items_per_request, "at most {} read by each request", "item"),
        (query.request_bound, "at most {} a page", "request"),
    ]
    return [
        text.format(f"{number} {noun}{'' if number == 1 else 's'}")
        for number, text, noun in facts
        if number is not None
    ]
