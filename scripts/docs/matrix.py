"""The authorisation matrix: every combination of facts that an action can meet, and its verdict.

Knows neither routes nor HTTP; who prints or tests the matrix joins actions to routes.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import product
from typing import Final, Literal

from app.services.actors import Caller
from app.services.policy import Decisions, Question, Resource
from model import MediaStatus, PostStatus, Role

Who = Literal["anonymous", "viewer", "editor", "admin"]


Ownership = Literal["own", "other"]


ROLES: Final[tuple[Who, ...]] = ("anonymous", "viewer", "editor", "admin")


OWNERSHIPS: Final[tuple[Ownership, ...]] = ("own", "other")


STATUSES: Final = tuple(PostStatus)


STATUSES_OF: Final[Mapping[str, Sequence[PostStatus | MediaStatus]]] = {
    "post": STATUSES,
    "media": tuple(MediaStatus),
}


OWNED: Final = frozenset({"post", "session", "media"})


WANTED: Final = (Role.VIEWER, Role.EDITOR, Role.ADMIN)


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


def cells(action: str, resource_type: str) -> Iterator[Cell]:
    """Roles × ownership × status for a post or a file, × ownership for a session, × the wanted
    role for an account; roles alone for any other type. The anonymous own nothing.
    """
    statuses = STATUSES_OF.get(resource_type, (None,))
    wanted = WANTED if resource_type == "account" else (None,)
    for who in ROLES:
        ownerships = _ownerships(who) if resource_type in OWNED else (None,)
        for ownership, status, role in product(ownerships, statuses, wanted):
            yield Cell(who, action, resource_type, ownership, status, role)


def verdict(decisions: Decisions, cell: Cell) -> bool:
    """Whether the policy allows it."""
    return decisions.allows(cell.question()).allowed


def _ownerships(who: Who) -> tuple[Ownership, ...]:
    return ("other",) if who == "anonymous" else OWNERSHIPS
