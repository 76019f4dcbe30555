"""Refusals that operations on posts share. A status of the router's has to be said in whole."""

from __future__ import annotations

from app.http.refusals import (
    Conflict,
    MalformedBody,
    MalformedHeader,
    NotFound,
    PreconditionFailed,
    PreconditionRequired,
    Refusal,
    VersionConflict,
)

CONDITIONAL: tuple[type[Refusal], ...] = (
    NotFound,
    MalformedBody,
    MalformedHeader,
    PreconditionFailed,
    VersionConflict,
)
"""If-Match may be sent; without it a lost race is a version conflict."""

CERTAIN = (NotFound, MalformedBody, MalformedHeader, PreconditionFailed, PreconditionRequired)
"""If-Match must be sent."""

TRANSITION = (*CONDITIONAL, Conflict)
"""Not every state leads to every other."""
