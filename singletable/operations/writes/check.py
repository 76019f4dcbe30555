"""A condition on an item that is not written: part of a transaction."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from singletable.expressions import Binder
from singletable.operations.protocol import Context, Response
from singletable.operations.writes.action import Action
from singletable.operations.writes.write import Settled


@dataclass(frozen=True)
class Check(Settled[None]):
    """The item must exist and meet the conditions given with `when`."""

    identity: Mapping[str, Any]

    def actions(self, context: Context) -> tuple[Action, ...]:
        key = self.schema.primary.render(self.identity)
        return (self.action("ConditionCheck", key, self.guard, Binder(), Key=key),)

    def result(self, response: Response, context: Context) -> None:
        return None
