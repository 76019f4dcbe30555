"""Reads one item by its primary key."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, Generic, TypeVar

from pydantic import BaseModel

from singletable.errors.request import InvalidOperation
from singletable.operations.protocol import Context, Origin, Request, Response, Steps
from singletable.schema import Schema

E = TypeVar("E", bound=BaseModel)


@dataclass(frozen=True)
class Get(Generic[E]):
    """Answers the entity, or None if there is no such item."""

    schema: Schema[E]
    identity: Mapping[str, Any]
    is_consistent: bool = False
    hides_expired: bool = False
    origin: Origin | None = None

    def consistent(self) -> Get[E]:
        """Reads what every earlier write left; costs twice the read units."""
        return replace(self, is_consistent=True)

    def unexpired(self) -> Get[E]:
        """None for an item whose TTL has passed, although DynamoDB has not deleted it yet."""
        check_has_ttl(self.schema)
        return replace(self, hides_expired=True)

    def requests(self, context: Context) -> tuple[Request, ...]:
        parameters: dict[str, Any] = {
            "TableName": context.table,
            "Key": self.schema.primary.render(self.identity),
        }
        if self.is_consistent:
            parameters["ConsistentRead"] = True
        return (Request("GetItem", parameters),)

    def steps(self, context: Context) -> Steps[E | None]:
        response = yield self.requests(context)[0]
        return self.load(response, context)

    def load(self, response: Response, context: Context) -> E | None:
        """The answer in a response of DynamoDB."""
        item = response.get("Item")
        if item is None:
            return None
        if self.hides_expired and self.schema.is_expired(item, context.now.timestamp()):
            return None
        return self.schema.decode(item)


def check_has_ttl(schema: Schema[Any]) -> None:
    """`InvalidOperation` unless the entity has a TTL field."""
    if schema.ttl is None:
        raise InvalidOperation(
            where=schema.name,
            declared="unexpired() without a TTL field",
            allowed="entities with an `Annotated[datetime, TTL]` field",
        )


def identity_of(schema: Schema[Any], values: Mapping[str, Any]) -> dict[str, Any]:
    """Validated values of exactly the primary key's fields."""
    fields = schema.primary.fields
    unknown = [field for field in values if field not in fields]
    absent = [field for field in fields if field not in values]
    if unknown or absent:
        problem = f"{', '.join(unknown)} given" if unknown else f"{', '.join(absent)} missing"
        raise InvalidOperation(
            where=schema.primary.label, declared=problem, allowed="exactly " + ", ".join(fields)
        )
    return {field: schema.attribute(field).validate(values[field]) for field in fields}
