"""An action on one item: a request of its own, or a part of a transaction."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Literal

from singletable.codec import AttributeValue, greatest_item_size, item_size, same_value
from singletable.errors.request import InvalidItem, WriteRefused
from singletable.expressions import Binder
from singletable.expressions.effects import is_as_updated
from singletable.operations.protocol import Context, Request
from singletable.records import record
from singletable.table import TableDefinition

Kind = Literal["Put", "Update", "Delete", "ConditionCheck"]
Item = Mapping[str, AttributeValue]

ITEM_BYTES = 400 * 1024
_LONGEST_CHARACTER = 4


@record
class Action:
    """One action; `parameters` lack the table, `refusal` makes the error from the stored item."""

    table: TableDefinition
    kind: Kind
    key: Item
    parameters: Mapping[str, Any]
    refusal: Callable[[Item | None], WriteRefused]

    def alone(self, context: Context, returning: str | None) -> Request:
        """The action as a request of its own."""
        parameters = self._parameters(context)
        if returning is not None:
            parameters["ReturnValues"] = returning
        return Request(f"{self.kind}Item", parameters)

    def part(self, context: Context) -> dict[str, object]:
        """The action as one of a transaction's."""
        return {self.kind: self._parameters(context)}

    def _parameters(self, context: Context) -> dict[str, object]:
        name = context.name_of(self.table)
        parameters: dict[str, object] = {"TableName": name, **self.parameters}
        if "ConditionExpression" in parameters:
            parameters["ReturnValuesOnConditionCheckFailure"] = "ALL_OLD"
        return parameters

    def is_done(self, stored: Item | None) -> bool:
        """Whether the stored item is as the action leaves it."""
        if stored is None:
            return False
        if self.kind == "Update":
            return is_as_updated(self.parameters, stored)
        written: Item = self.parameters.get("Item", {})
        return written.keys() == stored.keys() and all(
            same_value(stored[name], value) for name, value in written.items()
        )

    @property
    def shown(self) -> str:
        """The item as shown in errors: `Post POST#1 / POST`."""
        key = " / ".join(str(next(iter(value.values()))) for value in self.key.values())
        return f"{self.refusal(None).entity} {key}"

    def size(self, count: Callable[[Item], int] = item_size) -> int:
        """The bytes that it has in a transaction, as `count` tells those of an item."""
        written = self.parameters.get("Item", self.key)
        return count(written) + count(self.parameters.get("ExpressionAttributeValues", {}))


def may_be_too_large(key: Item, written: Binder) -> bool:
    """Whether what an update binds may exceed an item's size: the exact count takes its time."""
    names = _LONGEST_CHARACTER * sum(map(len, written.names.values()))
    return greatest_item_size(key) + greatest_item_size(written.values) + names > ITEM_BYTES


def check_item_size(entity: str, item: Item) -> None:
    """Raises `InvalidItem` if DynamoDB would refuse the item for its size."""
    if greatest_item_size(item) <= ITEM_BYTES:
        return
    size = item_size(item)
    if size > ITEM_BYTES:
        raise InvalidItem(
            entity=entity, problems=f"the item has {size} bytes; DynamoDB allows {ITEM_BYTES}"
        )
