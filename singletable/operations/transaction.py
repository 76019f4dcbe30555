"""Several writes and checks as one: all of them, or none."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Any, Generic, TypeVar, cast

from singletable.errors.request import TransactionCancelled, TransactionRefused, WriteRefused
from singletable.operations.protocol import Context, Origin, Request, Steps
from singletable.operations.transact import transact, transact_request
from singletable.operations.writes.action import Action
from singletable.operations.writes.write import Settled, Write

R = TypeVar("R")
A = TypeVar("A")

_TOKEN_CHARACTERS = 36


@dataclass(frozen=True)
class Transaction(Generic[R]):
    """`TransactionCancelled` says which writes were refused, and why."""

    writes: tuple[Write[Any], ...]
    token: str | None = None
    answers: Settled[R] | None = None
    origin: Origin | None = field(default=None, compare=False)

    def requests(self, context: Context) -> tuple[Request, ...]:
        actions = [action for group in self._groups(context) for action in group]
        return (transact_request(actions, context, self.token),)

    def steps(self, context: Context) -> Steps[R]:
        groups = self._groups(context)
        actions = [action for group in groups for action in group]
        refused = yield from transact(actions, context, self.token)
        if refused:
            raise TransactionCancelled(failures=by_write(groups, refused))
        return cast(R, self.answers.result({}, context) if self.answers else None)

    def answering(self, write: Settled[A]) -> Transaction[A]:
        """The same transaction, with the result of one of its writes."""
        if not isinstance(cast(object, write), Settled):
            raise TransactionRefused(
                problem=f"it answers a {type(write).__name__}, which DynamoDB tells nothing of",
                allowed="create, put, update, delete or remove",
            )
        if not any(write is known for known in self.writes):
            raise TransactionRefused(
                problem="it answers a write that is not its own", allowed="one of its writes"
            )
        return Transaction(self.writes, self.token, write, self.origin)

    def also(self, *writes: Write[Any]) -> Transaction[R]:
        """The same transaction with more writes, for those whose number varies."""
        for write in writes:
            check_is_write(write)
        return replace(self, writes=(*self.writes, *writes))

    def _groups(self, context: Context) -> list[tuple[Action, ...]]:
        return [write.actions(context) for write in self.writes]


def check_is_write(write: object) -> None:
    if not isinstance(write, Write):
        raise TransactionRefused(
            problem=f"it has a {type(write).__name__}", allowed="writes, such as create(entity)"
        )


def by_write(
    groups: list[tuple[Action, ...]], refused: dict[int, WriteRefused]
) -> dict[int, WriteRefused]:
    """The first refusal of each write, by the write's position."""
    failures, start = dict[int, WriteRefused](), 0
    for position, group in enumerate(groups):
        own = [refused[at] for at in range(start, start + len(group)) if at in refused]
        if own:
            failures[position] = own[0]
        start += len(group)
    return failures


def transaction(*writes: Write[Any], token: str | None = None) -> Transaction[None]:
    """All writes or none; `.answering(write)` makes the result that of one of them.

    `token`, up to 36 characters, makes repetitions within ten minutes harmless: of the same
    requests to the letter, so of entities without stamps.
    """
    if not writes:
        raise TransactionRefused(problem="it has no write", allowed="1 or more")
    for write in writes:
        check_is_write(write)
    if token is not None and not 1 <= len(token) <= _TOKEN_CHARACTERS:
        raise TransactionRefused(
            problem=f"its token has {len(token)} characters", allowed=f"1 to {_TOKEN_CHARACTERS}"
        )
    return Transaction(writes, token)
