"""`Search` finds the items whose vectors are nearest to one: SearchVectors. Sends nothing."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import field
from typing import Any, Generic, Self, TypeGuard, TypeVar, cast

from pydantic import BaseModel

from singletable.errors.base import abridge
from singletable.errors.request import InvalidOperation, InvalidStoredItem
from singletable.expressions import Binder, fit_expressions
from singletable.operations.protocol import Context, Read, Request, Steps, evolve
from singletable.operations.reads.hydration import Hydration
from singletable.operations.reads.reader import Item, Reader, check_expires
from singletable.operations.reads.views import ViewOf, projection_text, read_only
from singletable.records import record
from singletable.schema import CompiledKey, Values
from singletable.schema.registry import registry_of
from singletable.schema.schema import AnySchema
from singletable.schema.vectors import vector_field
from singletable.tracing import Symbol

E_co = TypeVar("E_co", covariant=True)
E = TypeVar("E", bound=BaseModel)
V = TypeVar("V", bound=BaseModel)

MOST_MATCHES = 100
_MATCHES = 10


@record
class Matches(Generic[E_co]):
    """What a search found, nearest first, each with its score: `for post, score in matches`.

    The least score is the nearest, but of the dot product the greatest. `unreadable`: what a search
    with `.tolerating_unreadable()` left out. `missing`: the primary keys of what the index of one
    with `.hydrated()` has and the table has not.
    """

    items: tuple[E_co, ...]
    scores: tuple[float, ...]
    unreadable: tuple[InvalidStoredItem, ...] = field(default=(), repr=False)
    missing: tuple[str, ...] = field(default=(), repr=False)

    def __iter__(self) -> Iterator[tuple[E_co, float]]:
        return iter(zip(self.items, self.scores, strict=True))

    def __len__(self) -> int:
        return len(self.items)


@record
class Search(Read[Matches[E]], Generic[E]):
    """Finds the items whose vectors are nearest, in one request: 10 of them unless `.nearest()`
    says how many. The index follows the table, and may not have its last writes yet.

    `asked`: the vector, the fields of the partition key, and those that leave items out.
    """

    key: CompiledKey
    reader: Reader[E]
    asked: Values
    most: int = _MATCHES
    hides_expired: bool = False
    tolerates_unreadable: bool = False
    hydration: Hydration | None = None

    def nearest(self, count: int) -> Self:
        """Finds so many items at most, 1 to 100."""
        return evolve(self, most=self._most(count))

    def _most(self, count: object) -> int:
        if type(count) is int and 1 <= count <= MOST_MATCHES:
            return count
        allowed = f"1 to {MOST_MATCHES}"
        if isinstance(count, Symbol):
            allowed = "a number; who calls the pattern says `.nearest(count)` of its answer"
        raise self._invalid(f"nearest({abridge(count)})", allowed)

    def only(self, view: ViewOf[E, V]) -> Search[V]:
        """Reads the fields of a view alone, and asks DynamoDB for no others."""
        only = read_only(self.reader, view, self.key.label)
        return cast("Search[V]", evolve(self, reader=cast(Reader[Any], only)))

    def hydrated(self) -> Self:
        """Reads the keys from the index and the items from the table, one read unit or more each.

        `Matches.missing` has the keys of those that are gone.
        """
        return evolve(self, hydration=Hydration())

    def excluding_expired(self) -> Self:
        """Leaves out what has expired once it was read, although DynamoDB has not deleted it."""
        check_expires(self.reader)
        return evolve(self, hides_expired=True)

    def tolerating_unreadable(self) -> Self:
        """Leaves out stored items that do not fit their model; `Matches.unreadable` has them."""
        return evolve(self, tolerates_unreadable=True)

    def steps(self, context: Context) -> Steps[Matches[E]]:
        (response,) = yield (self.request(context),)
        results: list[Mapping[str, Any]] = response["SearchResults"]
        scored = [(each["Item"], float(each["Score"])) for each in results]
        missing, load = list[str](), self.reader.loader(self.key)
        if self.hydration is not None:
            load = self.reader.load
            scored = yield from self._hydrate(self.hydration, scored, missing, context)
        items, scores, unreadable = list[E](), list[float](), list[InvalidStoredItem]()
        for item, score in scored:
            if self.hides_expired and self.reader.is_expired(item, context.now):
                continue
            try:
                items.append(load(item))
            except InvalidStoredItem as error:
                unreadable.append(error)
            else:
                scores.append(score)
        if unreadable and not self.tolerates_unreadable:
            raise unreadable[0]
        return Matches(tuple(items), tuple(scores), tuple(unreadable), tuple(missing))

    def _hydrate(
        self,
        hydration: Hydration,
        scored: list[tuple[Item, float]],
        missing: list[str],
        context: Context,
    ) -> Steps[list[tuple[Item, float]]]:
        """The items as the table has them; the keys of those that are gone are `missing`."""
        batch = hydration.batch(self)
        found = yield from batch.read([self._table_key(item) for item, _ in scored], context)
        items = [(found.get(batch.identity_of(item)), item, score) for item, score in scored]
        missing += [self.reader.key_text(key) for item, key, _ in items if item is None]
        return [(item, score) for item, _, score in items if item is not None]

    def _table_key(self, item: Item) -> Item:
        return {name: item[name] for name in self.key.table_key}

    def request(self, context: Context) -> Request:
        """The request, after the check that it can be answered and meets no other entity."""
        self._check_readable()
        binder = Binder()
        conditions = " AND ".join(
            f"{binder.name(name)} = {binder.value(value, name)}"
            for name, value in self.conditions().items()
        )
        expressions: dict[str, object] = {
            "SearchConditionExpression": conditions,
            "ProjectionExpression": projection_text(binder, self.projected()),
        }
        expressions = {name: text for name, text in expressions.items() if text}
        parameters = {
            "TableName": context.name_of(self.reader.table),
            "IndexName": self.key.index.label,
            **fit_expressions(self.key.label, expressions | binder.parameters()),
            "SearchVector": self._elements(),
            "TopK": self.most,
        }
        return Request("SearchVectors", parameters)

    def _elements(self) -> list[object]:
        """The search vector, which is no list of DynamoDB's; of an argument its name alone."""
        vector = vector_field(self.schema.attributes, self.key.index) or ""
        encoded = self.schema.attribute(vector).encode(self.asked[vector]) or {}
        elements: list[object] = encoded.get("L", [encoded])
        return elements

    @property
    def schema(self) -> AnySchema:
        return self.reader.schemas[0]

    def conditions(self) -> Mapping[str, Any]:
        """What is asked of attributes: the partition key, the type, and what the caller filters."""
        asked = self.key.render(self.asked)
        if self._filters_type:
            asked |= self.schema.type_item
        filters = {each.name for each in self.key.index.filters}
        for name, value in self.asked.items():
            attribute = self.schema.attribute(name)
            if attribute.stored in filters:
                asked[attribute.stored] = attribute.encode(value) or {}
        return asked

    @property
    def _filters_type(self) -> bool:
        """Whether the type tells its items: not where they may lack it, or an upgrade gives it."""
        names, upgrade = {each.name for each in self.key.index.filters}, self.schema.upgrade
        is_given = upgrade is not None and upgrade.function is not None
        is_told = not (self.reader.table.knows_by_key or is_given)
        return is_told and self.reader.table.type_attribute in names

    def projected(self) -> tuple[str, ...]:
        """The attributes to ask for. The vector is left out unless it is asked for by name, so that
        all of them are named."""
        key, schema, held = self.key, self.schema, self.key.held
        if self.hydration is not None:
            return key.table_key
        names = self.reader.projected(key) or (
            *key.position_attributes,
            *schema.type_item,
            *schema.by_stored_name,
            *sorted(schema.owned_names),
            *(schema.upgrade.former_names(schema.owned_names) if schema.upgrade else ()),
        )
        expiry = (self.reader.expiry,) if self.hides_expired and self.reader.expiry else ()
        known = dict.fromkeys((*names, *expiry))
        return tuple(name for name in known if held is None or name in held)

    def _check_readable(self) -> None:
        key, schema = self.key, self.schema
        if self.hydration is None:
            self.reader.check_readable(key)
            expiry = self.reader.expiry if self.hides_expired else None
            if expiry is not None and key.held is not None and expiry not in key.held:
                raise self._invalid(
                    f"index {key.index.label} does not hold {expiry}", "indexes that project it"
                )
        other = None if self._filters_type else registry_of(schema.table).find_neighbour(key)
        if other is not None:
            raise self._invalid(
                f"items of {other.entity} ({other.label}) may be in the same partition of"
                f" {key.index.label}, and no type attribute tells them apart",
                "a partition key whose literal parts keep the entities apart",
            )

    def _invalid(self, declared: str, allowed: str) -> InvalidOperation:
        return InvalidOperation(where=self.key.label, declared=declared, allowed=allowed)


def is_search(operation: object) -> TypeGuard[Search[Any]]:
    """Whether this is a Search; for type checkers, which lose generic arguments in `isinstance`."""
    return isinstance(operation, Search)
