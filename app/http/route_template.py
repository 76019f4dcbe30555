"""The path of a request as it was declared: paths themselves may hold secrets."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from fastapi.routing import iter_route_contexts
from starlette.types import Scope


class RouteTemplates:
    """Of one app, whose routes are looked through when the first request was answered."""

    def __init__(self) -> None:
        self._by_endpoint: Mapping[Callable[..., Any], str | None] = {}

    def of(self, scope: Scope) -> str | None:
        """None if there is no such route. Known once the request was routed."""
        endpoint = scope.get("endpoint")
        if endpoint is None:
            return None
        if endpoint not in self._by_endpoint:
            contexts = iter_route_contexts(scope["app"].routes)
            self._by_endpoint = {
                each.endpoint: each.path_format for each in contexts if each.endpoint
            }
        return self._by_endpoint.get(endpoint)
