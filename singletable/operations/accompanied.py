"""A write with companions: all in one transaction, while its result and its errors stay its own."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, Generic, TypeGuard, TypeVar, cast

from singletable.errors.request import (
    CompanionRefused,
    InvalidOperation,
    ItemMissing,
    RequestError,
    TransactionCancelled,
    WriteRefused,
)
from singletable.operations.protocol import Context, Operation, Origin, Request, Steps
from singletable.operations.reads.get import Get
from singletable.operations.transact import transact, transact_request
from singletable.operations.transaction import Transaction, by_write, check_is_write
from singletable.operations.writes.action import Action
from singletable.operations.writes.partial_update import Change
from singletable.operations.writes.write import Settled, Write

R = TypeVar("R")

GONE = "it was changed as asked, and someone deleted it right afterwards"


@dataclass(frozen=True)
class Accompanied(Generic[R]):
    """Where the write alone would be refused, the same error is raised, and nothing is written.

    `CompanionRefused` where the companions alone are the reason. A partial change answers the
    item as it is read again afterwards.
    """

    operation: Write[R] | Transaction[R]
    companions: tuple[Write[Any], ...]

    @property
    def origin(self) -> Origin | None:
        return self.operation.origin

    @property
    def writes(self) -> tuple[Write[Any], ...]:
        return (*_writes(self.operation), *self.companions)

    def requests(self, context: Context) -> tuple[Request, ...]:
        actions = [action for group in self._groups(context) for action in group]
        return (transact_request(actions, context, self._token),)

    def steps(self, context: Context) -> Steps[R]:
        groups = self._groups(context)
        actions = [action for group in groups for action in group]
        refused = yield from transact(actions, context, self._token)
        if refused:
            raise self._refusal(by_write(groups, refused))
        return (yield from self._result(context))

    @property
    def _token(self) -> str | None:
        return self.operation.token if _is_transaction(self.operation) else None

    def _groups(self, context: Context) -> list[tuple[Action, ...]]:
        return [write.actions(context) for write in self.writes]

    def _refusal(self, failures: Mapping[int, WriteRefused]) -> RequestError:
        """What the write alone would raise."""
        end = len(_writes(self.operation))
        own = {at: failures[at] for at in sorted(failures) if at < end}
        if not own:
            return CompanionRefused(failures={at - end: failures[at] for at in failures})
        return TransactionCancelled(failures=own) if _is_transaction(self.operation) else own[0]

    def _result(self, context: Context) -> Steps[R]:
        if _is_change(self.operation):
            return cast(R, (yield from _as_changed(self.operation, context)))
        return foreseen(self.operation, context)


def _as_changed(change: Change[Any], context: Context) -> Steps[Any]:
    """What a transaction does not tell: the item with the change in it."""
    key = change.schema.primary.render(change.identity)
    question = Get(change.schema, change.identity, is_consistent=True)
    response = yield question.requests(context)[0]
    if "Item" not in response:
        raise ItemMissing(entity=change.schema.name, key=change.schema.key_text(key), reason=GONE)
    return change.result({"Attributes": response["Item"]}, context)


def accompanied(operation: Operation[R], *companions: Write[Any]) -> Accompanied[R]:
    """The write, with other writes that are carried out if and only if it is.

    More companions join those it has. `TransactionRefused` for what is no write.
    """
    for companion in companions:
        check_is_write(companion)
    if _is_accompanied(operation):
        return replace(operation, companions=(*operation.companions, *companions))
    if _is_transaction(operation):
        return Accompanied(cast("Transaction[R]", operation), companions)
    check_is_write(operation)
    return Accompanied(cast("Write[R]", operation), companions)


def foreseen(operation: Operation[R], context: Context) -> R:
    """The result that a write will have if nothing refuses it. Sends nothing.

    `InvalidOperation` for partial changes, whose results only DynamoDB knows.
    """
    if _is_accompanied(operation):
        return cast(R, foreseen(operation.operation, context))
    if _is_transaction(operation):
        return cast(R, operation.answers.result({}, context) if operation.answers else None)
    if _is_settled(operation):
        return cast(R, operation.result({}, context))
    raise InvalidOperation(
        where=type(operation).__name__,
        declared="its result is not known before it is written",
        allowed="create, put, update, delete, remove, and transactions",
    )


def _writes(operation: Write[Any] | Transaction[Any]) -> tuple[Write[Any], ...]:
    return operation.writes if _is_transaction(operation) else (cast("Write[Any]", operation),)


def _is_accompanied(operation: object) -> TypeGuard[Accompanied[Any]]:
    return isinstance(operation, Accompanied)


def _is_transaction(operation: object) -> TypeGuard[Transaction[Any]]:
    return isinstance(operation, Transaction)


def _is_settled(operation: object) -> TypeGuard[Settled[Any]]:
    return isinstance(operation, Settled)


def _is_change(operation: object) -> TypeGuard[Change[Any]]:
    return isinstance(operation, Change)
