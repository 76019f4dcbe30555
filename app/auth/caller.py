"""Who asks, whatever the credentials were. Knows no HTTP."""

from __future__ import annotations

from dataclasses import dataclass

from model import Role


@dataclass(frozen=True)
class Caller:
    """`subject` is stable for a person; the roles are what the credentials say now."""

    subject: str
    roles: frozenset[Role]
