"""The two kinds of routers: one that reads, one that writes and lets nobody in without a caller."""

from __future__ import annotations

from fastapi import APIRouter, Depends

from app.auth.guard import require_caller
from app.http.documented import problems
from app.http.refusals import (
    Busy,
    CredentialsMissing,
    CredentialsWrong,
    InternalError,
    MalformedBody,
    TooLarge,
    Unavailable,
    Unprocessable,
    UnsupportedMediaType,
)
from app.http.strict_json import StrictJsonRoute

ANYWHERE = (Unprocessable, InternalError, Busy, Unavailable)
CALLER = (CredentialsMissing, CredentialsWrong)
BODY = (MalformedBody, TooLarge, UnsupportedMediaType)


def read_router(prefix: str, tag: str) -> APIRouter:
    """For GET. What shows more to a known caller takes `OptionalCaller`."""
    return APIRouter(
        prefix=prefix,
        tags=[tag],
        route_class=StrictJsonRoute,
        responses=problems(*ANYWHERE, CredentialsWrong),
    )


def write_router(prefix: str, tag: str) -> APIRouter:
    """For everything else: each operation needs a caller."""
    return APIRouter(
        prefix=prefix,
        tags=[tag],
        route_class=StrictJsonRoute,
        dependencies=[Depends(require_caller)],
        responses=problems(*ANYWHERE, *CALLER, *BODY),
    )
