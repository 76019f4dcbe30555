"""What a policy is asked: who wants to do what with which resource, and when."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from app.auth.caller import Caller
from model import MediaStatus, PostStatus


@dataclass(frozen=True)
class Resource:
    """Facts about what is acted on; None: there is no such fact.

    `owner` is a user's identity: a post's author, a session's user, a file's uploader, the author
    that a list is asked for. `role` is the one wanted for an account.
    """

    type: str
    owner: str | None = None
    status: PostStatus | MediaStatus | None = None
    category: str | None = None
    role: str | None = None

    def document(self) -> dict[str, str]:
        facts = {
            "type": self.type,
            "owner": self.owner,
            "status": self.status,
            "category": self.category,
            "role": self.role,
        }
        return {name: str(fact) for name, fact in facts.items() if fact is not None}


@dataclass(frozen=True)
class Question:
    """`action` is `<resource>.<verb>`; `caller` None is an anonymous one; `now` has a time zone."""

    caller: Caller | None
    action: str
    resource: Resource
    now: datetime

    @property
    def subject(self) -> str | None:
        return self.caller.subject if self.caller else None

    def document(self) -> dict[str, object]:
        """The input of the policy: JSON values only, and no null."""
        return {
            "caller": _caller_document(self.caller),
            "action": self.action,
            "resource": self.resource.document(),
            "facts": {"now": int(self.now.timestamp())},
        }


def _caller_document(caller: Caller | None) -> dict[str, object]:
    if caller is None:
        return {"id": "", "roles": [], "known": False}
    return {"id": caller.subject, "roles": sorted(map(str, caller.roles)), "known": True}
