"""The class of routes whose requests are counted, before their body is read or the policy asked.

A caller is counted as soon as a token proves to be authentic; whoever shows none, or a wrong one,
is counted by source. Knows no store of counts.
"""

from __future__ import annotations

from collections.abc import Callable, Coroutine
from typing import Any

from fastapi import Request, Response
from starlette.concurrency import run_in_threadpool

from app.auth.counting import Counting
from app.auth.guard import optional_caller
from app.auth.route import GuardedRoute
from app.auth.showing import shown_caller
from app.http.dependants import calls_of
from app.http.documented import limited
from app.http.strict_json import StrictJsonRoute
from app.limits.kinds import Kind
from app.wiring import wiring_of

Handler = Callable[[Request], Coroutine[Any, Any, Response]]


class CountedRoute(StrictJsonRoute):
    """Counts first, and says so in OpenAPI; its refusals are answered as all others."""

    def __init__(self, path: str, endpoint: Any, **options: Any) -> None:
        answers = limited(options.pop("responses", None) or {}, options.get("status_code") or 200)
        super().__init__(path, endpoint, responses=answers, **options)

    def get_route_handler(self) -> Handler:
        handle = super().get_route_handler()
        calls = list(calls_of(self.dependant))
        kind = _kind(calls, self.methods or set())
        looks_at_callers = optional_caller in calls

        async def handle_counted(request: Request) -> Response:
            await run_in_threadpool(_enter, request, kind, looks_at_callers)
            return await handle(request)

        return handle_counted


class LimitedRoute(GuardedRoute, CountedRoute):
    """Guarded and counted; a refused cookie is taken back here as well."""


def _enter(request: Request, kind: Kind, looks_at_callers: bool) -> None:
    counting = Counting(request, wiring_of(request).requests, kind)
    try:
        caller = shown_caller(request) if looks_at_callers else None
    except Exception:
        counting.by_source()
        raise
    if caller is None:
        counting.by_source()
    else:
        counting.by_caller(caller.subject)


def _kind(calls: list[object], methods: set[str]) -> Kind:
    """What counts attempts says so by `counts_as`; all else goes by its method."""
    for call in calls:
        if isinstance(kind := getattr(call, "counts_as", None), Kind):
            return kind
    return Kind.READ if methods <= {"GET", "HEAD"} else Kind.WRITE
