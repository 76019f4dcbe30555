"""What a caller may do, asked of the policy, question by question. Knows no HTTP."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from app.auth.caller import Caller
from app.policy.decisions import Decision, Decisions
from app.policy.question import Question, Resource
from model import PostStatus


@dataclass(eq=False)
class NotAllowed(Exception):
    """The policy does not allow it; `is_known`: the caller has shown who it is."""

    action: str
    is_known: bool

    def __str__(self) -> str:
        return f"{self.action} is not allowed"


@dataclass(frozen=True)
class Permission:
    """`note` is told of every decision: for logs."""

    decisions: Decisions
    caller: Caller | None
    now: datetime
    note: Callable[[Decision], None]

    @property
    def is_known(self) -> bool:
        return self.caller is not None

    def allows(self, action: str, resource: Resource) -> bool:
        decision = self.decisions.allows(Question(self.caller, action, resource, self.now))
        self.note(decision)
        return decision.allowed

    def require(self, action: str, resource: Resource) -> None:
        """Raises `NotAllowed`."""
        if not self.allows(action, resource):
            raise NotAllowed(action, self.is_known)

    def visible_statuses(self, resource: Resource) -> frozenset[PostStatus]:
        """In which states the caller may list posts: shapes the query, filters nothing."""
        question = Question(self.caller, "posts.list", resource, self.now)
        return self.decisions.visible_statuses(question)
