"""Route classes and routers: which requests are counted, guarded and read strictly.

A caller is counted once a token is authentic; whoever shows none is counted by source address.
"""

from __future__ import annotations

from collections.abc import Callable, Coroutine, Iterable, Iterator, Mapping, Sequence
from typing import Any

from fastapi import APIRouter, Depends, Request, Response
from starlette.concurrency import run_in_threadpool

from app.api.guards.callers import QuotaCount, authenticate_once, dead_cookies
from app.api.guards.permission import Guarding, optional_caller, require_caller
from app.api.kit.answers import answer
from app.api.kit.container import container_of
from app.api.kit.idempotency import METHOD, Once, settle_claims, with_key
from app.api.kit.openapi import (
    OF_BODIES,
    OF_CREDENTIALS,
    OF_REQUESTS,
    Responses,
    problems,
    together,
)
from app.api.kit.requests import StrictJsonRoute, only_known_parameters
from app.core.asks import asking, declared_patterns
from app.core.problems import CredentialsMissing, Forbidden, ForeignOrigin, Problem
from app.services.audit import ENTRY
from app.services.limits import Kind
from app.services.policy import ResourceKind

Handler = Callable[[Request], Coroutine[Any, Any, Response]]


class CountedRoute(StrictJsonRoute):
    """Counts first; its refusals are answered as all others."""

    def get_route_handler(self) -> Handler:
        handle = super().get_route_handler()
        kind = _kind(self.calls, self.methods or set())
        looks_at_callers = optional_caller in self.calls

        async def handle_counted(request: Request) -> Response:
            await run_in_threadpool(_enter, request, kind, looks_at_callers)
            return await handle(request)

        return handle_counted


class GuardedRoute(StrictJsonRoute):
    """Shows its actions in OpenAPI, and where credentials are welcome."""

    def __init__(self, path: str, endpoint: Any, **options: Any) -> None:
        super().__init__(path, endpoint, **with_key(options))
        guards = list(guards_of(self.calls))
        if not guards:
            raise UnguardedRoute(f"{', '.join(sorted(self.methods or ()))} {path}")
        actions = {action: each.kind for each in guards for action in each.policy_actions}
        known_by = {each.known_by: each.kind for each in guards}
        self.kinds: Mapping[str, ResourceKind[Any]] = {**known_by, **actions}
        shown: dict[str, Any] = {IN_OPENAPI: {name: kind.name for name, kind in actions.items()}}
        if optional_caller in self.calls and require_caller not in self.calls:
            shown["security"] = WELCOME
        self.openapi_extra = {**(self.openapi_extra or {}), **shown}

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        handle = super().get_route_handler()
        methods = ", ".join(sorted(self.methods or ()))
        if METHOD in (self.methods or ()):
            handle = settle_claims(handle, writes_once=Once in self.calls)

        caller, patterns = f"{methods} {self.path_format}", declared_patterns(self.calls) | {ENTRY}

        async def handle_taking_back(request: Request) -> Response:
            try:
                with asking(caller, patterns):
                    return await handle(request)
            except Exception as error:
                names = dead_cookies(request, error)
                if not names:
                    raise
                refused = await answer(request, error)
                container_of(request).cookies.clear(refused, names)
                return refused

        return handle_taking_back


class LimitedRoute(GuardedRoute, CountedRoute):
    """Guarded and counted; a refused cookie is taken back here as well."""


def _enter(request: Request, kind: Kind, looks_at_callers: bool) -> None:
    counting = QuotaCount(request, container_of(request).requests, kind)
    try:
        caller = authenticate_once(request) if looks_at_callers else None
    except Exception:
        counting.by_source()
        raise
    if caller is None:
        counting.by_source()
    else:
        counting.by_caller(caller.subject)


def _kind(calls: Iterable[object], methods: set[str]) -> Kind:
    """What counts attempts says so by `counts_as`; all else goes by its method."""
    for call in calls:
        if isinstance(kind := getattr(call, "counts_as", None), Kind):
            return kind
    return Kind.READ if methods <= {"GET", "HEAD"} else Kind.WRITE


IN_OPENAPI = "x-policy-actions"


WELCOME: list[dict[str, list[str]]] = [{}, {"bearer": []}, {"cookie": []}]


class UnguardedRoute(Exception):
    """Raised while routes are declared: add a dependency that asks the policy."""

    def __init__(self, route: str) -> None:
        super().__init__(
            f"{route} asks the policy nothing; add a guard, such as Depends(Allowed(...))"
        )


def guards_of(calls: Iterable[object]) -> Iterator[Guarding]:
    """A class asks nothing: it makes a guard."""
    for guard in calls:
        if isinstance(guard, Guarding) and not isinstance(guard, type):
            yield guard


Guard = Callable[..., Any]


CLOSED: tuple[type[Problem], ...] = (CredentialsMissing, *OF_CREDENTIALS, Forbidden)


def open_router(prefix: str, tag: str) -> APIRouter:
    """For those who come to get credentials: whatever they carry is not looked at."""
    return _router(prefix, tag, (*OF_REQUESTS, *OF_BODIES, ForeignOrigin))


def welcoming_router(prefix: str, tag: str) -> APIRouter:
    """For writes that strangers may do as well, though known callers may do more."""
    refused = (*OF_REQUESTS, *OF_BODIES, *OF_CREDENTIALS, ForeignOrigin)
    return _router(prefix, tag, refused, optional_caller)


def read_router(prefix: str, tag: str, *guards: Guard) -> APIRouter:
    """For GET. What the policy shows to a known caller only, it refuses to others."""
    return _router(prefix, tag, (*OF_REQUESTS, *OF_CREDENTIALS), optional_caller, *guards)


def private_read_router(prefix: str, tag: str, *guards: Guard) -> APIRouter:
    """For GET of what is not everyone's to see: each operation needs a caller."""
    return _router(prefix, tag, (*OF_REQUESTS, *CLOSED), require_caller, *guards)


def write_router(prefix: str, tag: str, *guards: Guard) -> APIRouter:
    """For everything else: each operation needs a caller."""
    refused = (*OF_REQUESTS, *CLOSED, *OF_BODIES, ForeignOrigin)
    return _router(prefix, tag, refused, require_caller, *guards)


class Router(APIRouter):
    """What all its operations refuse, each of them says beside its own refusals."""

    def add_api_route(self, path: str, endpoint: Guard, **options: Any) -> None:
        own: Responses = options.pop("responses", None) or {}
        super().add_api_route(path, endpoint, responses=together(self.responses, own), **options)


def _router(prefix: str, tag: str, refused: Sequence[type[Problem]], *guards: Guard) -> APIRouter:
    return Router(
        prefix=prefix,
        tags=[tag],
        route_class=LimitedRoute,
        dependencies=[*map(Depends, guards), Depends(only_known_parameters)],
        responses=problems(*refused),
    )
