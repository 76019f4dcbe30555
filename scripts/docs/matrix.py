"""The authorisation matrix: every combination of facts that an action can meet, and its verdict.

Knows neither routes nor HTTP; who prints or tests the matrix joins actions to routes.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import product
from typing import Any, Final, Literal

from app.services.policy import Caller, Decisions, Question, Resource, ResourceKind
from model import MediaStatus, PostStatus, Role

Who = Literal["anonymous", "viewer", "editor", "admin"]


Ownership = Literal["own", "other"]


ROLES: Final[tuple[Who, ...]] = ("anonymous", "viewer", "editor", "admin")


OWNERSHIPS: Final[tuple[Ownership, ...]] = ("own", "other")


CALLER = "caller"


SOMEONE_ELSE = "someone-else"


MOMENT = datetime(2026, 1, 1, tzinfo=UTC)


@dataclass(frozen=True)
class Cell:
    """One combination; None where the resource type has no such fact."""

    who: Who
    action: str
    resource_type: str
    ownership: Ownership | None = None
    status: PostStatus | MediaStatus | None = None
    wanted_role: Role | None = None

    def question(self) -> Question:
        """The cell as a policy is asked it."""
        resource = Resource(
            self.resource_type, owner=self._owner(), status=self.status, role=self.wanted_role
        )
        return Question(self._caller(), self.action, resource, MOMENT)

    def _owner(self) -> str | None:
        return {"own": CALLER, "other": SOMEONE_ELSE, None: None}[self.ownership]

    def _caller(self) -> Caller | None:
        if self.who == "anonymous":
            return None
        return Caller(CALLER, frozenset({Role[self.who.upper()]}))


def cells(action: str, kind: ResourceKind[Any]) -> Iterator[Cell]:
    """Roles × ownership × status × the wanted role, as far as the kind has such facts.

    The anonymous own nothing.
    """
    for who in ROLES:
        ownerships = _ownerships(who) if "owner" in kind.facts else (None,)
        for facts in product(ownerships, values_of(kind, "status"), values_of(kind, "role")):
            yield Cell(who, action, kind.name, *facts)


def values_of(kind: ResourceKind[Any], fact: str) -> tuple[Any, ...]:
    """The members of the enumeration that a fact is of; None where there is no such fact."""
    field = kind.facts.get(fact)
    if field is None or kind.model is None:
        return (None,)
    members: Any = kind.model.model_fields[field].annotation
    return tuple(members)


def verdict(decisions: Decisions, cell: Cell) -> bool:
    """Whether the policy allows it."""
    return decisions.allows(cell.question()).allowed


def _ownerships(who: Who) -> tuple[Ownership, ...]:
    return ("other",) if who == "anonymous" else OWNERSHIPS
