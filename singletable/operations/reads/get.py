"""Reads one item by its primary key."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Self, TypeGuard, TypeVar, cast

from pydantic import BaseModel

from singletable.errors.request import InvalidOperation
from singletable.operations.protocol import Context, Read, Request, Response, Steps, evolve
from singletable.operations.reads.reader import Reader, check_expires
from singletable.operations.reads.views import ViewOf, projection_of, read_only
from singletable.records import record
from singletable.schema import CompiledKey, Values
from singletable.schema.schema import AnySchema

E = TypeVar("E", bound=BaseModel)
V = TypeVar("V", bound=BaseModel)


@record
class Get(Read[E | None]):
    """Reads one item; None if there is no such item."""

    reader: Reader[E]
    key: CompiledKey
    identity: Values
    is_consistent: bool = False
    hides_expired: bool = False

    def consistent(self) -> Self:
        """Makes the read strongly consistent; it costs twice the read units."""
        return evolve(self, is_consistent=True)

    def only(self, view: ViewOf[E, V]) -> Get[V]:
        """Reads the fields of a view alone, and asks DynamoDB for no others."""
        only = read_only(self.reader, view, self.key.label)
        return cast("Get[V]", evolve(self, reader=cast(Reader[Any], only)))

    def excluding_expired(self) -> Self:
        """Reads an expired item as None, although DynamoDB has not deleted it yet."""
        check_expires(self.reader)
        return evolve(self, hides_expired=True)

    def steps(self, context: Context) -> Steps[E | None]:
        parameters = self.part(context)
        if self.is_consistent:
            parameters["ConsistentRead"] = True
        (response,) = yield (Request("GetItem", parameters),)
        return self.load(response, context)

    def part(self, context: Context) -> dict[str, Any]:
        """The parameters that say what is read: as a request, or in a transaction."""
        part: dict[str, Any] = {
            "TableName": context.name_of(self.reader.table),
            "Key": self.key.render(self.identity),
        }
        if self.reader.is_partial:
            part |= projection_of(self.reader, self.key, expires=self.hides_expired)
        return part

    def load(self, response: Response, context: Context) -> E | None:
        """The entity that DynamoDB's answer holds, if any."""
        item = response.get("Item")
        if item is None:
            return None
        if self.hides_expired and self.reader.is_expired(item, context.now):
            return None
        return self.reader.load(item)


def identity_of(schema: AnySchema, values: Mapping[str, object]) -> dict[str, object]:
    """Validated values of exactly the primary key's fields."""
    check_identity(schema, values)
    attributes = schema.attributes
    return {name: attributes[name].validate(values[name]) for name in schema.primary.fields}


def check_identity(schema: AnySchema, values: Mapping[str, object]) -> None:
    """Raises `InvalidOperation` unless exactly the primary key's fields are given."""
    fields = schema.primary.fields
    if len(values) == len(fields) and all(map(values.__contains__, fields)):
        return
    unknown = [name for name in values if name not in fields]
    absent = [name for name in fields if name not in values]
    if unknown or absent:
        problem = f"{', '.join(unknown)} given" if unknown else f"{', '.join(absent)} missing"
        raise InvalidOperation(
            where=schema.primary.label, declared=problem, allowed="exactly " + ", ".join(fields)
        )


def is_get(operation: object) -> TypeGuard[Get[Any]]:
    """Whether this is a Get; for type checkers, which lose generic arguments in `isinstance`."""
    return isinstance(operation, Get)
