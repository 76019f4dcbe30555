"""The DynamoDB requests of a query: one for each partition that it has to ask."""

from __future__ import annotations

import json
import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import Any

from singletable.codec import AttributeValue, is_attribute_value
from singletable.errors.request import InvalidOperation, InvalidStoredItem
from singletable.expressions import Binder, Condition, attribute_exists, fit_expressions
from singletable.expressions.absence import any_of
from singletable.expressions.condition import Not, stored_equals
from singletable.expressions.scope import STORED_NAMES
from singletable.operations.protocol import Context, Origin, Request
from singletable.operations.reads.cursor import Position
from singletable.operations.reads.key_conditions import KeyCondition, Operator
from singletable.operations.reads.key_query import IndexRead
from singletable.operations.reads.own_items import ItemTest
from singletable.operations.reads.reader import Reader
from singletable.operations.reads.views import projection_text
from singletable.records import record
from singletable.schema import CompiledKey

_ENCODE = json.JSONEncoder(default=repr, sort_keys=True).encode
_LEAST_FILTERED = 100
GREATEST_LIMIT = 2**31 - 1
"""DynamoDB's `Limit` is a signed integer of 32 bits."""


def _is_other(attribute: str, kind: AttributeValue) -> Condition:
    """The condition that an item is of another entity, as its type says."""
    return attribute_exists(attribute) & Not(stored_equals(attribute, kind))


@record
class Filter:
    """The filter of a query: items are discarded after they were read, and paid for."""

    condition: Condition | None
    hides_expired: bool
    own: ItemTest | None = None

    @property
    def is_empty(self) -> bool:
        """Whether it discards nothing."""
        return self.condition is None and self.own is None and not self.hides_expired

    def render(self, binder: Binder, reader: Reader[object], context: Context) -> str:
        """The filter expression; empty if nothing is discarded."""
        texts = list[str]()
        if self.own is not None:
            texts += filter(None, [self.own.render(binder)])
        if reader.skipped and reader.table.type_attribute is not None:
            texts.append(self._type_text(binder, reader))
        if self.condition is not None:
            text = self.condition.render(binder, reader.scope())
            names = [
                f"attribute_not_exists({binder.name(each)})" for each in self.undecided(reader)
            ]
            texts.append(" OR ".join([f"({text})", *names]) if names else text)
            texts += self._texts_on_absence(binder, reader, self.condition.fields())
        if self.hides_expired and reader.expiry is not None:
            name = binder.name(reader.expiry)
            now = binder.value({"N": str(int(context.now.timestamp()))}, reader.expiry)
            texts.append(f"NOT {name} <= {now}")  # true of what is absent, or no number
        return " AND ".join(f"({text})" for text in texts) if len(texts) > 1 else "".join(texts)

    def check_held(self, key: CompiledKey, held: frozenset[str], reader: Reader[object]) -> None:
        """Raises `InvalidOperation` if the index holds these alone, and not what this goes by."""
        fields = sorted(self.condition.fields()) if self.condition is not None else ()
        names = {reader.attribute(field).stored: field for field in fields}
        others = (
            reader.expiry if self.hides_expired else None,
            reader.table.type_attribute if reader.skipped else None,
        )
        names |= {name: name for name in others if name is not None}
        if self.own is not None:
            binder = Binder()
            self.own.render(binder)
            names |= {name: name for name in binder.names.values()}
        lacking = [name for stored, name in names.items() if stored not in held]
        if lacking:
            raise InvalidOperation(
                where=key.label,
                declared=f"a filter by {', '.join(lacking)}, which index {key.index.label} does"
                " not hold",
                allowed="filters by attributes that the index projects",
            )

    def undecided(self, reader: Reader[object]) -> tuple[str, ...]:
        """The attributes that the condition is about, and items may have in their key alone.

        What lacks one passes the filter, which cannot tell, and is refused once it was received.
        """
        if self.condition is None:
            return ()
        asked = self.condition.fields()
        known = {
            name: each for schema in reader.schemas for name, each in schema.may_be_in_key.items()
        }
        return tuple(sorted(name for name, field in known.items() if field in asked))

    def _texts_on_absence(
        self, binder: Binder, reader: Reader[object], fields: frozenset[str]
    ) -> Iterator[str]:
        """The conditions that nothing which is asked for stands under a former name alone."""
        for schema in reader.schemas:
            if schema.upgrade is None:
                continue
            known = [field for field in sorted(fields) if field in schema.attributes]
            names = [schema.attributes[field].stored for field in known]
            for condition in schema.reach.conditions_on_absence(names, schema.implied):
                is_one = len(reader.schemas) == 1  # else it is asked of this member alone
                others = () if is_one else (_is_other(*each) for each in schema.type_item.items())
                yield any_of(condition, *others).render(binder, STORED_NAMES)

    def _type_text(self, binder: Binder, reader: Reader[object]) -> str:
        """The condition that an item is of no skipped entity; one without type is not skipped."""
        attribute = reader.table.type_attribute or ""
        name = binder.name(attribute)
        values = [binder.value({"S": each}, attribute) for each in reader.skipped]
        is_one = len(values) == 1
        return f"{name} <> {values[0]}" if is_one else f"NOT ({name} IN ({', '.join(values)}))"


def _all_of(conditions: Iterable[KeyCondition], binder: Binder) -> str:
    return " AND ".join([condition.render(binder) for condition in conditions])


def _key_expressions(
    where: str, conditions: Sequence[KeyCondition], projection: tuple[str, ...]
) -> dict[str, object]:
    """The expressions of a request without a filter: only their values differ between calls."""
    shape = tuple([(each.attribute, each.operator, len(each.values)) for each in conditions])
    texts, names, placeholders = _template(where, shape, projection)
    parameters: dict[str, object] = dict(texts)
    if names:
        parameters["ExpressionAttributeNames"] = dict(names)
    if placeholders:
        values = [value for each in conditions for value in each.values]
        parameters["ExpressionAttributeValues"] = dict(zip(placeholders, values, strict=True))
    return parameters


@lru_cache(maxsize=4096)
def _template(
    where: str, shape: Sequence[tuple[str, Operator, int]], projection: tuple[str, ...]
) -> tuple[Mapping[str, object], Mapping[str, str], Sequence[str]]:
    """Expressions of key conditions of this shape, the names in them, and the values' placeholders,
    in the order of the conditions."""
    binder, parameters = Binder(), dict[str, object]()
    unknown: AttributeValue = {}
    conditions = [
        KeyCondition(name, operator, (unknown,) * count) for name, operator, count in shape
    ]
    if conditions:
        parameters["KeyConditionExpression"] = _all_of(conditions, binder)
    if projection:
        parameters["ProjectionExpression"] = projection_text(binder, dict.fromkeys(projection))
    fitting: dict[str, Any] = fit_expressions(where, parameters | binder.parameters())
    names = fitting.pop("ExpressionAttributeNames", {})
    return fitting, names, tuple(fitting.pop("ExpressionAttributeValues", ()))


@dataclass(eq=False)
class QueryRequests:
    """Renders the requests of a query for a context, and its cursors.

    `projection`: the attributes that are asked for; none for all that the index holds.
    """

    key_query: IndexRead
    reader: Reader[object]
    filter: Filter
    tolerates_unreadable: bool
    page_size: int | None
    origin: Origin | None
    context: Context
    projection: tuple[str, ...] = ()

    @cached_property
    def undecided(self) -> tuple[str, ...]:
        """The attributes without which an item is not known to meet the condition."""
        return self.filter.undecided(self.reader)

    def check_decided(self, item: Mapping[str, AttributeValue]) -> None:
        """Raises `InvalidStoredItem` for an item of which the filter could not tell."""
        for name in self.undecided:
            if name not in item:
                raise InvalidStoredItem(
                    entity=" | ".join(schema.name for schema in self.reader.schemas),
                    key=self.reader.key_text(item),
                    problems=f"its {name} stands in the key alone, where no filter looks",
                )

    @cached_property
    def table(self) -> str:
        return self.context.name_of(self.reader.table)

    def starts(self, cursor: str | None) -> list[Position]:
        """The positions where partitions start: at its beginning, or where the cursor left it."""
        if cursor is None:
            return [self.key_query.is_empty] * self.key_query.partition_count
        return self.context.cursors.open(cursor, self._binding)

    def cursor(self, positions: Sequence[Position]) -> str | None:
        """The text to continue from these positions; None when all are at their end."""
        if all(position is True for position in positions):
            return None
        return self.context.cursors.seal(positions, self._binding)

    @cached_property
    def _binding(self) -> bytes:
        """The facts that a cursor is bound to: the pattern and all that decides which items."""
        binder, condition = Binder(), self.filter.condition
        text = condition.render(binder, self.reader.scope()) if condition is not None else ""
        facts = [
            self.table,
            self.origin.pattern if self.origin else None,
            self.key_query.facts(),
            self.filter.hides_expired,
            self.reader.skipped,
            (text, binder.names, binder.values),
        ]
        return _ENCODE(facts).encode()

    def limit(self, wanted: int | None, rounds: int) -> int | None:
        """The limit of a request, so that `wanted` items and one more, the proof of more, are read.

        Of what is discarded nobody knows how much: a filter reads 100 items at least, and after
        every round, of which there were `rounds`, twice as many. Expired and unreadable items are
        few: for them the first round asks for no more than is wanted.
        """
        if self.page_size is not None or wanted is None or self.is_drained:
            return self.page_size
        shards = self.key_query.partition_count
        least = (wanted if shards == 1 else self._share(wanted, shards)) + 1
        is_filtered = self.filter.condition is not None or self.reader.skipped or self.filter.own
        if is_filtered or (rounds and self._may_discard):
            least = max(least, _LEAST_FILTERED << min(rounds, 24))
        return min(least, GREATEST_LIMIT)

    @property
    def _may_discard(self) -> bool:
        return self.filter.hides_expired or self.tolerates_unreadable

    def _share(self, wanted: int, shards: int) -> int:
        """How many of the wanted items one of several partitions is asked for.

        It is its share and twice the standard deviation of a random share more, so that one round
        of requests is nearly always enough.
        """
        share = wanted / shards
        spread = 2 * math.sqrt(share * (1 - 1 / shards))
        return min(math.ceil(share + spread), wanted)

    def request(self, partition: int, start: Position, limit: int | None) -> Request:
        """The request that reads one of the partitions on from `start`."""
        query = self.key_query
        conditions = query.conditions(query.partitions[partition])
        parameters = query.source(self.table)
        if self.filter.is_empty and not self.reader.skipped:
            parameters |= _key_expressions(query.label, conditions, self.projection)
        else:
            parameters |= self._expressions(conditions)
        parameters |= query.manner(partition)
        if limit is not None:
            parameters["Limit"] = limit
        if isinstance(start, Mapping):
            parameters["ExclusiveStartKey"] = dict(start)
        return Request(query.operation, parameters)

    def _expressions(self, conditions: Sequence[KeyCondition]) -> dict[str, object]:
        """The expressions of a request with a filter, and what they bind."""
        binder, parameters = Binder(), dict[str, object]()
        if conditions:
            parameters["KeyConditionExpression"] = _all_of(conditions, binder)
        filter_text = self.filter.render(binder, self.reader, self.context)
        if filter_text:
            parameters["FilterExpression"] = filter_text
        if self.projection:
            names = dict.fromkeys((*self.projection, *self.undecided))
            parameters["ProjectionExpression"] = projection_text(binder, names)
        return fit_expressions(self.key_query.label, parameters | binder.parameters())

    @property
    def operation(self) -> str:
        return self.key_query.operation

    @property
    def is_ordered(self) -> bool:
        return self.key_query.is_ordered

    @property
    def is_drained(self) -> bool:
        return self.key_query.is_drained

    @property
    def is_backwards(self) -> bool:
        return self.key_query.is_backwards

    def position_of(self, item: Mapping[str, AttributeValue]) -> Position:
        """The key attributes that DynamoDB needs to go on after this item."""
        names = self.key_query.key.position_attributes
        return {name: self._key_attribute(item, name) for name in names}

    def table_key_of(self, item: Mapping[str, AttributeValue]) -> dict[str, AttributeValue]:
        """The primary key of an item."""
        names = self.key_query.key.table_key
        return {name: self._key_attribute(item, name) for name in names}

    def sort_values(self, item: Mapping[str, AttributeValue]) -> list[AttributeValue]:
        """The sort key values by which partitions are merged."""
        sort = self.key_query.key.sort
        return [self._key_attribute(item, part.attribute.name) for part in sort]

    def _key_attribute(self, item: Mapping[str, AttributeValue], name: str) -> AttributeValue:
        value = item.get(name)
        if is_attribute_value(value):
            return value
        raise InvalidStoredItem(
            entity=" | ".join(schema.name for schema in self.reader.schemas),
            key=self.reader.key_text(item),
            problems=f"it is answered without its key attribute {name}",
        )
