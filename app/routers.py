"""The kinds of routers: for everyone, for reading, for private reading, for writing.

Which operation a caller may do, the policy says: each route has a guard of its own that asks.
How often anyone may ask is limited on all of them.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from fastapi import APIRouter, Depends

from app.auth.guard import optional_caller, require_caller
from app.auth.limited_route import LimitedRoute
from app.http.documented import Responses, problems, together
from app.http.known_parameters import only_known_parameters
from app.http.refusals import (
    Busy,
    CredentialsMissing,
    CredentialsWrong,
    Forbidden,
    ForeignOrigin,
    InternalError,
    MalformedBody,
    Refusal,
    SessionEnded,
    TooLarge,
    TooManyRequests,
    Unavailable,
    Unprocessable,
    UnsupportedMediaType,
)

Guard = Callable[..., Any]

ANYWHERE = (Unprocessable, TooManyRequests, InternalError, Busy, Unavailable)
WRONG = (CredentialsWrong, SessionEnded)
CLOSED: tuple[type[Refusal], ...] = (CredentialsMissing, *WRONG, Forbidden)
BODY = (MalformedBody, TooLarge, UnsupportedMediaType)


def open_router(prefix: str, tag: str) -> APIRouter:
    """For those who come to get credentials: whatever they carry is not looked at."""
    return _router(prefix, tag, (*ANYWHERE, *BODY, ForeignOrigin))


def welcoming_router(prefix: str, tag: str) -> APIRouter:
    """For writes that strangers may do as well, though known callers may do more."""
    return _router(prefix, tag, (*ANYWHERE, *BODY, *WRONG, ForeignOrigin), optional_caller)


def read_router(prefix: str, tag: str, *guards: Guard) -> APIRouter:
    """For GET. What the policy shows to a known caller only, it refuses to others."""
    return _router(prefix, tag, (*ANYWHERE, *WRONG), optional_caller, *guards)


def private_read_router(prefix: str, tag: str, *guards: Guard) -> APIRouter:
    """For GET of what is not everyone's to see: each operation needs a caller."""
    return _router(prefix, tag, (*ANYWHERE, *CLOSED), require_caller, *guards)


def write_router(prefix: str, tag: str, *guards: Guard) -> APIRouter:
    """For everything else: each operation needs a caller."""
    refused = (*ANYWHERE, *CLOSED, *BODY, ForeignOrigin)
    return _router(prefix, tag, refused, require_caller, *guards)


class Router(APIRouter):
    """What all its operations refuse, each of them says beside its own refusals."""

    def add_api_route(self, path: str, endpoint: Guard, **options: Any) -> None:
        own: Responses = options.pop("responses", None) or {}
        super().add_api_route(path, endpoint, responses=together(self.responses, own), **options)


def _router(prefix: str, tag: str, refused: Sequence[type[Refusal]], *guards: Guard) -> APIRouter:
    return Router(
        prefix=prefix,
        tags=[tag],
        route_class=LimitedRoute,
        dependencies=[*map(Depends, guards), Depends(only_known_parameters)],
        responses=problems(*refused),
    )
