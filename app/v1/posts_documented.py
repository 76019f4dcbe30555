"""Refusals that operations on posts share."""

from __future__ import annotations

from app.http.refusals import (
    Conflict,
    MalformedHeader,
    NotFound,
    PreconditionFailed,
    PreconditionRequired,
    Refusal,
    VersionConflict,
)

CONDITIONAL: tuple[type[Refusal], ...] = (
    NotFound,
    MalformedHeader,
    PreconditionFailed,
    VersionConflict,
)
"""If-Match may be sent; without it a lost race is a version conflict."""

CERTAIN = (NotFound, MalformedHeader, PreconditionFailed, PreconditionRequired)
"""If-Match must be sent."""

TRANSITION = (*CONDITIONAL, Conflict)
"""Not every state leads to every other."""
