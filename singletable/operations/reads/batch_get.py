"""Reads many items by their primary keys: BatchGetItem, in the caller's order."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import cached_property
from typing import Any, Self, TypeGuard, TypeVar, cast

from pydantic import BaseModel

from singletable.codec import AttributeValue, key_comparer
from singletable.errors.request import InvalidOperation
from singletable.errors.service import Unprocessed
from singletable.operations.protocol import Context, Read, Request, Response, Steps, evolve
from singletable.operations.reads.reader import Item, Reader, check_expires
from singletable.operations.reads.views import ViewOf, projection_of, read_only
from singletable.records import record
from singletable.schema import CompiledKey, Values
from singletable.schema.schema import AnySchema

E = TypeVar("E", bound=BaseModel)
V = TypeVar("V", bound=BaseModel)
KeyItem = Mapping[str, AttributeValue]
Identity = tuple[object, ...]
"""A primary key as `key_comparer` makes it."""

KEYS_AT_ONCE = 100
"""How many keys DynamoDB takes in one request."""
_ROUNDS = 8
"""After so many rounds in a row in which no key was processed, those that are left are given up."""


@record
class BatchGet(Read[tuple[E | None, ...]]):
    """Reads many items; None where there is no such item. Each key is asked for once.

    `Unprocessed` where DynamoDB leaves keys unprocessed for too long.
    """

    reader: Reader[E]
    key: CompiledKey
    identities: tuple[Values, ...]
    is_consistent: bool = False
    hides_expired: bool = False

    def consistent(self) -> Self:
        """Makes the reads strongly consistent; they cost twice the read units."""
        return evolve(self, is_consistent=True)

    def only(self, view: ViewOf[E, V]) -> BatchGet[V]:
        """Reads the fields of a view alone, and asks DynamoDB for no others."""
        only = read_only(self.reader, view, self.key.label)
        return cast("BatchGet[V]", evolve(self, reader=cast(Reader[Any], only)))

    def excluding_expired(self) -> Self:
        """Reads expired items as None, although DynamoDB has not deleted them yet."""
        check_expires(self.reader)
        return evolve(self, hides_expired=True)

    def steps(self, context: Context) -> Steps[tuple[E | None, ...]]:
        asked = list(map(self.key.render, self.identities))
        order = list(map(self.identity_of, asked))
        found = yield from self._read(dict(zip(order, asked, strict=True)), context)
        if self.hides_expired:
            return tuple([self.load(found.get(each), context) for each in order])
        load = self.reader.load
        return tuple([load(found[each]) if each in found else None for each in order])

    def read(self, asked: Sequence[KeyItem], context: Context) -> Steps[Mapping[Identity, Item]]:
        """Reads the items of these primary keys, as they are stored."""
        return self._read({self.identity_of(key): key for key in asked}, context)

    def _read(
        self, left: Mapping[Identity, KeyItem], context: Context
    ) -> Steps[Mapping[Identity, Item]]:
        name, asked = context.name_of(self.reader.table), len(left)
        found, rounds = dict[Identity, Item](), 0
        while left:
            requests = tuple(self._requests(name, list(left.values()), rounds))
            responses = yield requests
            before, left = len(left), self._accept(name, responses, found)
            rounds = 1 if len(left) < before else rounds + 1
            if left and rounds > _ROUNDS:
                raise Unprocessed(
                    operation=self.key.label,
                    asked=asked,
                    keys=tuple(self.reader.key_text(key) for key in left.values()),
                )
        return found

    def _requests(self, name: str, keys: Sequence[KeyItem], rounds: int) -> Iterator[Request]:
        """A request for each hundred keys, side by side."""
        manner = self.manner()
        for start in range(0, len(keys), KEYS_AT_ONCE):
            part = {"Keys": list(keys[start : start + KEYS_AT_ONCE]), **manner}
            yield Request("BatchGetItem", {"RequestItems": {name: part}}, rounds)

    def manner(self) -> dict[str, object]:
        """The parameters that say what is read of each item, and how."""
        projection = projection_of(self.reader, self.key, expires=self.hides_expired)
        return {**projection, "ConsistentRead": True} if self.is_consistent else projection

    def _accept(
        self,
        name: str,
        responses: Sequence[Response],
        found: dict[Identity, Item],
    ) -> dict[Identity, KeyItem]:
        """Keeps the items; returns the keys that are left to ask for."""
        left = dict[Identity, KeyItem]()
        for response in responses:
            for item in response["Responses"].get(name, ()):
                found[self.identity_of(item)] = item
            unprocessed: Mapping[str, Any] = response.get("UnprocessedKeys") or {}
            again: list[KeyItem] = unprocessed[name]["Keys"] if name in unprocessed else []
            left |= {self.identity_of(key): key for key in again}
        return left

    @cached_property
    def identity_of(self) -> Callable[[Item], Identity]:
        """Tells the primary key of an item, comparable."""
        return key_comparer(self.key.index.attribute_names)

    def load(self, item: Item | None, context: Context) -> E | None:
        """The entity of an item; None where it is absent, or has expired and is left out."""
        if item is None or (self.hides_expired and self.reader.is_expired(item, context.now)):
            return None
        return self.reader.load(item)


def is_several(value: object) -> TypeGuard[Sequence[object]]:
    """Whether this is a sequence of values, and no text."""
    return isinstance(value, Sequence) and not isinstance(value, (str, bytes))


def each_identity(
    schema: AnySchema, label: str, identities: Mapping[str, object]
) -> tuple[Values, ...]:
    """Validated values of each item: sequences side by side, other values the same in all.

    `InvalidOperation` unless there is a sequence, and all of them are as long.
    """
    lists = {name: list(value) for name, value in identities.items() if is_several(value)}
    lengths = {len(value) for value in lists.values()}
    if len(lengths) != 1:
        shown = ", ".join(f"{len(value)} of {name}" for name, value in lists.items())
        raise InvalidOperation(
            where=f"{label}.get_each",
            declared=shown or "no field that has several values",
            allowed="a sequence of values for each field that varies, all of one length",
        )
    validate = {name: schema.attributes[name].validate for name in schema.primary.fields}
    [count] = lengths
    columns = [
        list(map(check, lists[name])) if name in lists else [check(identities[name])] * count
        for name, check in validate.items()
    ]
    return tuple([dict(zip(validate, each, strict=True)) for each in zip(*columns, strict=True)])


def is_batch_get(operation: object) -> TypeGuard[BatchGet[Any]]:
    """Whether this is a BatchGet; for type checkers, which lose generic arguments otherwise."""
    return isinstance(operation, BatchGet)
