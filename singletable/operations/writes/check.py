"""A condition on an item that is not written: part of a transaction."""

from __future__ import annotations

from dataclasses import dataclass

from singletable.expressions import Binder
from singletable.operations.protocol import Context
from singletable.operations.writes.write import PredictableWrite, Prepared
from singletable.schema import Values


@dataclass(frozen=True)
class Check(PredictableWrite[None]):
    """The item must exist and meet the conditions given with `when`."""

    identity: Values

    def prepare(self, context: Context) -> Prepared[None]:
        key = self.schema.primary.render(self.identity)
        own = self.action("ConditionCheck", key, self.condition, Binder(), Key=key)
        return Prepared((own,), lambda _: None)
