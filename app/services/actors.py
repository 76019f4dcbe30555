"""Who asks, and which action the policy allowed."""

from __future__ import annotations

from dataclasses import dataclass

from model import Role, SessionId


@dataclass(frozen=True)
class Caller:
    """`subject` is stable for a person; the roles are what the credentials say now.

    `session_id` is None for credentials that belong to no session: the development token.
    """

    subject: str
    roles: frozenset[Role]
    session_id: SessionId | None = None


@dataclass
class RequestActor:
    """`caller`: None for the anonymous, and where no credentials were looked at.

    `action`: the last that the policy allowed; the routes ask for their own last.
    """

    caller: Caller | None = None
    action: str = ""
