"""The kinds of routers: open reading, reading behind a guard, writing behind a guard."""

from __future__ import annotations

from collections.abc import Callable

from fastapi import APIRouter, Depends

from app.auth.caller import Caller
from app.auth.guard import require_admin, require_caller
from app.http.documented import problems
from app.http.known_parameters import only_known_parameters
from app.http.refusals import (
    Busy,
    CredentialsMissing,
    CredentialsWrong,
    Forbidden,
    InternalError,
    MalformedBody,
    Refusal,
    TooLarge,
    Unavailable,
    Unprocessable,
    UnsupportedMediaType,
)
from app.http.strict_json import StrictJsonRoute

Guard = Callable[..., Caller]

ANYWHERE = (Unprocessable, InternalError, Busy, Unavailable)
BODY = (MalformedBody, TooLarge, UnsupportedMediaType)


def read_router(prefix: str, tag: str) -> APIRouter:
    """For GET. What shows more to a known caller takes `OptionalCaller`."""
    return _router(prefix, tag, (*ANYWHERE, CredentialsWrong))


def private_read_router(prefix: str, tag: str, guard: Guard = require_caller) -> APIRouter:
    """For GET of what is not everyone's to see: each operation needs a caller."""
    return _router(prefix, tag, (*ANYWHERE, *_refused_by(guard)), guard)


def write_router(prefix: str, tag: str, guard: Guard = require_caller) -> APIRouter:
    """For everything else: each operation needs a caller."""
    return _router(prefix, tag, (*ANYWHERE, *_refused_by(guard), *BODY), guard)


def _router(prefix: str, tag: str, refused: tuple[type[Refusal], ...], *guards: Guard) -> APIRouter:
    return APIRouter(
        prefix=prefix,
        tags=[tag],
        route_class=StrictJsonRoute,
        dependencies=[*map(Depends, guards), Depends(only_known_parameters)],
        responses=problems(*refused),
    )


def _refused_by(guard: Guard) -> tuple[type[Refusal], ...]:
    known = (CredentialsMissing, CredentialsWrong)
    return (*known, Forbidden) if guard is require_admin else known
