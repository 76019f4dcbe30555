"""`.returning_old()`: a write of one item that answers what stood there before."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Generic, NoReturn, TypeGuard, TypeVar, cast

from pydantic import BaseModel

from singletable.codec import AttributeValue, same_value
from singletable.errors.request import InvalidOperation
from singletable.errors.service import ServiceUnavailable
from singletable.errors.transport import CONDITION_FAILED, MISMATCHED, TransportError
from singletable.operations.protocol import Context, Steps
from singletable.operations.writes.action import Action
from singletable.operations.writes.write import AnyWrite, PredictableWrite, SeparateWrites
from singletable.records import record

R = TypeVar("R")


@record
class OldItem(SeparateWrites[R], Generic[R]):
    """A write whose result is the item as it was before; None, if it may be new and there was none.

    It is sent once: after a lost answer nobody knows the old item, so that is an error, whose
    `written` is "unknown". `WrittenUnreadable` if the old item does not fit the model.
    """

    may_be_new: bool

    @property
    def write(self) -> AnyWrite:
        (write,) = self.writes
        return write

    def with_writes(self, *writes: Any) -> NoReturn:
        """Raises `InvalidOperation`: a transaction answers no old items."""
        raise InvalidOperation(
            where=f"{_verb(self.write)} returning the old item",
            declared="attached writes, in a transaction, of which DynamoDB answers no old item",
            allowed="the write without returning_old(), or a read and a write of its version",
        )

    def steps(self, context: Context) -> Steps[R]:
        (own,) = self.write.prepare(context).actions
        try:
            (response,) = yield (own.alone(context, "ALL_OLD"),)
        except TransportError as error:
            if error.code != CONDITION_FAILED:
                raise
            raise own.refusal(error.item) from None
        old: Mapping[str, AttributeValue] | None = response.get("Attributes")
        if not old and self.may_be_new:
            return cast(R, None)
        return cast(R, self._decode(own, old or {}))

    def _decode(self, own: Action, old: Mapping[str, AttributeValue]) -> BaseModel:
        """The old item; raises if it is not that of the key, as where connections are mixed up."""
        if not all(same_value(old.get(name), value) for name, value in own.key.items()):
            operation, detail = f"{own.kind}Item", "the response is about another item, or none"
            raise ServiceUnavailable(operation=operation, code=MISMATCHED, detail=detail)
        found: BaseModel = self.write.schema.decode(old)
        return found


def returning_old(write: AnyWrite, *, may_be_new: bool) -> OldItem[Any]:
    """Makes the result of a write the item as it was before.

    `InvalidOperation` for writes that may be transactions, because of unique fields.
    """
    # Partial updates change no unique fields, and are predictable in nothing.
    if write.schema.uniques and isinstance(write, PredictableWrite):
        names = ", ".join(unique.field for unique in write.schema.uniques)
        raise InvalidOperation(
            where=f"{_verb(write)} returning the old item",
            declared=f"a transaction, because of the unique {names}: DynamoDB answers no old item",
            allowed=f"{_verb(write)} without returning_old(), of the entity as it was read",
        )
    return OldItem((write,), may_be_new, origin=write.origin)


def is_old_item(operation: object) -> TypeGuard[OldItem[Any]]:
    """Whether this is an OldItem; for type checkers, which lose generic arguments otherwise."""
    return isinstance(operation, OldItem)


def _verb(write: AnyWrite) -> str:
    return f"{type(write).__name__.lower()} of {write.schema.name}"
