"""The class of all routes: none exists that does not ask the policy."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from fastapi.dependencies.models import Dependant

from app.auth.guard import Guarding
from app.http.strict_json import StrictJsonRoute

IN_OPENAPI = "x-policy-actions"


class UnguardedRoute(Exception):
    """Raised while routes are declared: add a dependency that asks the policy."""

    def __init__(self, route: str) -> None:
        super().__init__(
            f"{route} asks the policy nothing; add a guard, such as Depends(Allowed(...))"
        )


class GuardedRoute(StrictJsonRoute):
    """Shows its actions in OpenAPI."""

    def __init__(self, path: str, endpoint: Any, **options: Any) -> None:
        super().__init__(path, endpoint, **options)
        actions = dict(_actions(self.dependant))
        if not actions:
            raise UnguardedRoute(f"{', '.join(sorted(self.methods))} {path}")
        self.openapi_extra = {**(self.openapi_extra or {}), IN_OPENAPI: actions}


def _actions(dependant: Dependant) -> Iterator[tuple[str, str]]:
    """Each action with the type of what it is done to."""
    if isinstance(dependant.call, Guarding):
        yield from (
            (action, dependant.call.resource_type) for action in dependant.call.policy_actions
        )
    for inner in dependant.dependencies:
        yield from _actions(inner)
