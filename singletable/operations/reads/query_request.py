"""The DynamoDB requests of a query: one for each partition that it has to ask."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from functools import cached_property
from typing import TYPE_CHECKING, Any

from singletable.codec import AttributeValue
from singletable.errors.request import InvalidCursor, InvalidStoredItem
from singletable.expressions import Binder
from singletable.expressions.limits import check_expressions
from singletable.operations.protocol import Context, Request
from singletable.operations.reads.cursor import Position
from singletable.operations.reads.key_condition import SortCondition, sort_condition
from singletable.operations.scopes import entity_scope
from singletable.table.key_declaration import SHARD

if TYPE_CHECKING:
    from singletable.operations.reads.query import Query

_LEAST_READ = 2


class QueryRequests:
    """Renders a query for a context; knows where each of its partitions starts."""

    def __init__(self, query: Query[Any], context: Context) -> None:
        self._query = query
        self._context = context

    @cached_property
    def partitions(self) -> tuple[AttributeValue, ...]:
        """The partition-key values to ask: one, or one a shard."""
        key, equals = self._query.key, self._query.equals
        if self._query.partition_count == 1:
            return (key.partition.render(equals),)
        known = [{**equals, SHARD: shard} for shard in range(self._query.partition_count)]
        return tuple(key.partition.render(values) for values in known)

    @cached_property
    def _sort(self) -> SortCondition | None:
        return sort_condition(self._query.key, self._query.equals, self._query.bounds)

    @property
    def is_backwards(self) -> bool:
        return self._query.is_backwards

    def starts(self) -> list[Position]:
        """Where each partition starts: at its beginning, or where the cursor left it."""
        if self._query.after is None:
            return [False for _ in self.partitions]
        positions = self._context.cursors.open(self._query.after, self._binding)
        if len(positions) != len(self.partitions):
            raise InvalidCursor
        return positions

    def cursor(self, positions: Sequence[Position]) -> str | None:
        """The text to continue from these positions; None when all are at their end."""
        if all(position is True for position in positions):
            return None
        return self._context.cursors.seal(positions, self._binding)

    @cached_property
    def _binding(self) -> bytes:
        """What a cursor is bound to: the pattern and everything that decides which items."""
        query, binder = self._query, Binder()
        condition = query.condition
        filter_text = ""
        if condition is not None:
            filter_text = condition.render(binder, entity_scope(query.schema))
        sort = self._sort
        facts = [
            self._context.table,
            query.origin.pattern if query.origin else None,
            query.key.label,
            self.partitions,
            (sort.text, sort.values) if sort else None,
            query.is_backwards,
            query.hides_expired,
            (filter_text, binder.names, binder.values),
        ]
        return json.dumps(facts, default=repr, sort_keys=True).encode()

    def first(self) -> tuple[Request, ...]:
        """The requests that the query opens with."""
        limit = self.limit(self._query.items_in_all)
        starts = zip(range(len(self.partitions)), self.starts(), strict=True)
        return tuple(
            self.request(lane, start, limit) for lane, start in starts if start is not True
        )

    def limit(self, wanted: int | None) -> int | None:
        """Items for one request, so that `wanted` and one more, the proof of more, are read."""
        if self._query.items_per_request is not None:
            return self._query.items_per_request
        if wanted is None:
            return None
        lanes = len(self.partitions)
        return max(-(-wanted // lanes) + 1, _LEAST_READ)

    def request(self, lane: int, start: Position, limit: int | None) -> Request:
        """The request that reads partition `lane` on from `start`."""
        query, binder = self._query, Binder()
        parameters: dict[str, Any] = {"TableName": self._context.table}
        if query.key.index.name is not None:
            parameters["IndexName"] = query.key.index.name
        parameters["KeyConditionExpression"] = self._key_condition(binder, lane)
        filter_text = self._filter(binder)
        if filter_text:
            parameters["FilterExpression"] = filter_text
        check_expressions(query.key.label, parameters)
        parameters |= binder.parameters()
        if query.is_backwards:
            parameters["ScanIndexForward"] = False
        if query.is_consistent:
            parameters["ConsistentRead"] = True
        if limit is not None:
            parameters["Limit"] = limit
        if isinstance(start, Mapping):
            parameters["ExclusiveStartKey"] = dict(start)
        return Request("Query", parameters)

    def _key_condition(self, binder: Binder, lane: int) -> str:
        key = self._query.key
        name = binder.name(key.partition.attribute.name)
        text = f"{name} = {binder.value(self.partitions[lane])}"
        if self._sort is not None and key.sort is not None:
            text += f" AND {self._sort.render(binder, key.sort.attribute.name)}"
        return text

    def _filter(self, binder: Binder) -> str:
        query, texts = self._query, list[str]()
        if query.condition is not None:
            texts.append(query.condition.render(binder, entity_scope(query.schema)))
        if query.hides_expired and query.schema.ttl is not None:
            name = binder.name(query.schema.ttl.stored)
            now = binder.value({"N": str(int(self._context.now.timestamp()))})
            texts.append(f"attribute_not_exists({name}) OR {name} > {now}")
        return " AND ".join(f"({text})" for text in texts) if len(texts) > 1 else "".join(texts)

    def position_of(self, item: Mapping[str, AttributeValue]) -> Position:
        """The key attributes DynamoDB needs to go on after this item."""
        query = self._query
        names = (
            *query.key.index.attribute_names,
            *query.schema.table.primary.index.attribute_names,
        )
        return {name: self._key_attribute(item, name) for name in names}

    def sort_value(self, item: Mapping[str, AttributeValue]) -> AttributeValue:
        """What partitions are merged by."""
        sort = self._query.key.sort
        return {} if sort is None else self._key_attribute(item, sort.attribute.name)

    def _key_attribute(self, item: Mapping[str, AttributeValue], name: str) -> AttributeValue:
        if name in item:
            return item[name]
        schema = self._query.schema
        raise InvalidStoredItem(
            entity=schema.name,
            key=schema.key_text(item),
            problems=f"it is answered without its key attribute {name}",
        )
