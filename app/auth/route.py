"""The class of all routes: each asks the policy, and takes back cookies that are refused.

Each POST may be repeated with an Idempotency-Key.
"""

from __future__ import annotations

from collections.abc import Callable, Coroutine, Iterator, Sequence
from typing import Any

from fastapi import Request, Response

from app.auth.dead_cookies import dead_cookies
from app.auth.guard import Guarding, optional_caller, require_caller
from app.http.answers import answer
from app.http.cookies import clear_cookies
from app.http.dependants import calls_of
from app.http.strict_json import StrictJsonRoute
from app.idempotency.declaring import METHOD, with_key
from app.idempotency.once import Repeatable
from app.idempotency.settling import settled

IN_OPENAPI = "x-policy-actions"
WELCOME: list[dict[str, list[str]]] = [{}, {"bearer": []}, {"cookie": []}]


class UnguardedRoute(Exception):
    """Raised while routes are declared: add a dependency that asks the policy."""

    def __init__(self, route: str) -> None:
        super().__init__(
            f"{route} asks the policy nothing; add a guard, such as Depends(Allowed(...))"
        )


class GuardedRoute(StrictJsonRoute):
    """Shows its actions in OpenAPI, and where credentials are welcome."""

    def __init__(self, path: str, endpoint: Any, **options: Any) -> None:
        super().__init__(path, endpoint, **with_key(options))
        calls = list(calls_of(self.dependant))
        actions = dict(_actions(calls))
        if not actions:
            raise UnguardedRoute(f"{', '.join(sorted(self.methods or ()))} {path}")
        shown: dict[str, Any] = {IN_OPENAPI: actions}
        if optional_caller in calls and require_caller not in calls:
            shown["security"] = WELCOME
        self.openapi_extra = {**(self.openapi_extra or {}), **shown}

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        handle = super().get_route_handler()
        if METHOD in (self.methods or ()):
            handle = settled(handle, writes_once=Repeatable in calls_of(self.dependant))

        async def handle_taking_back(request: Request) -> Response:
            try:
                return await handle(request)
            except Exception as error:
                names = dead_cookies(request, error)
                if not names:
                    raise
                refused = await answer(request, error)
                clear_cookies(refused, names)
                return refused

        return handle_taking_back


def _actions(calls: Sequence[object]) -> Iterator[tuple[str, str]]:
    """Each action with the type of what it is done to. A class asks nothing: it makes a guard."""
    for guard in calls:
        if isinstance(guard, Guarding) and not isinstance(guard, type):
            yield from ((action, guard.resource_type) for action in guard.policy_actions)
