"""Who asks, whatever the credentials were. Knows no HTTP."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Role(StrEnum):
    """Written `{service}:{role}`; those of other services are not ours to know."""

    ADMIN = "fm-web:admin"
    EDITOR = "fm-web:editor"
    VIEWER = "fm-web:viewer"


@dataclass(frozen=True)
class Caller:
    """`subject` is stable for a person; the roles are what the credentials say now."""

    subject: str
    roles: frozenset[Role]
