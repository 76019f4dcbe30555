"""What all writes share: conditions, the conversation, the meaning of a refusal."""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass, field, replace
from typing import Any, ClassVar, Generic, Self, TypeVar

from singletable.errors.transport import CONDITIONAL, Fault
from singletable.expressions import Binder, Condition, check_is_condition
from singletable.expressions.limits import check_expressions
from singletable.operations.protocol import Context, Origin, Request, Response, Steps
from singletable.operations.transact import transact, transact_request
from singletable.operations.writes.action import Action, Kind
from singletable.operations.writes.write_condition import Guard
from singletable.schema import Schema

R = TypeVar("R")


@dataclass(frozen=True)
class Write(ABC, Generic[R]):
    """A write of one entity's item, and of the sentinels that keep its unique fields."""

    schema: Schema[Any]
    guard: Guard
    origin: Origin | None = field(default=None, kw_only=True, compare=False)

    returning: ClassVar[str | None] = None

    def when(self, condition: Condition, *, otherwise: str | None = None) -> Self:
        """Writes only if the stored item meets `condition`; `otherwise` words the refusal."""
        check_is_condition(self.schema.name, condition)
        for name in sorted(condition.fields()):
            self.schema.attribute(name)
        return replace(self, guard=self.guard.requiring(condition, otherwise))

    def otherwise(self, words: str) -> Self:
        """Words the refusal, whatever it was that did not hold: `slug is taken`."""
        return replace(self, guard=replace(self.guard, words=words))

    @abstractmethod
    def actions(self, context: Context) -> tuple[Action, ...]:
        """The actions it takes, the entity's own first."""

    @abstractmethod
    def result(self, response: Response, context: Context) -> R:
        """What the caller gets."""

    def requests(self, context: Context) -> tuple[Request, ...]:
        own, *others = actions = self.actions(context)
        if others or own.kind == "ConditionCheck":
            return (transact_request(actions, context),)
        return (own.alone(context.table, self.returning),)

    def steps(self, context: Context) -> Steps[R]:
        own, *others = actions = self.actions(context)
        if others or own.kind == "ConditionCheck":
            failures = yield from transact(actions, context)
            for _, refusal in sorted(failures.items()):
                raise refusal
            return self.result({}, context)
        try:
            response = yield own.alone(context.table, self.returning)
        except Fault as fault:
            if fault.code != CONDITIONAL:
                raise
            raise own.refusal(fault.item) from None
        return self.result(response, context)

    def action(
        self, kind: Kind, key: dict[str, Any], guard: Guard, binder: Binder, **parameters: Any
    ) -> Action:
        """An action on the entity's own item under a guard."""
        condition = guard.render(self.schema, binder)
        if condition is not None:
            parameters["ConditionExpression"] = condition
        parameters |= binder.parameters()
        check_expressions(f"{kind.lower()} of {self.schema.name}", parameters)
        return Action(kind, key, parameters, lambda stored: guard.refusal(self.schema, key, stored))


@dataclass(frozen=True)
class Settled(Write[R]):
    """A write whose result is known without an answer, so also within a transaction."""
