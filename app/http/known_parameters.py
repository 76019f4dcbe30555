"""Refuses query parameters that an operation does not know: a misspelt filter is no filter."""

from __future__ import annotations

from collections.abc import Iterator

from fastapi import Request
from fastapi.dependencies.models import Dependant
from fastapi.routing import APIRoute

from app.http.envelope import Detail
from app.http.refusals import Unprocessable


def only_known_parameters(request: Request) -> None:
    """Ends the request with 422, naming each parameter that is unknown, and those that are not."""
    route = request.scope.get("route")
    if not isinstance(route, APIRoute):
        return
    known = sorted(set(_names(route.dependant)))
    unknown = sorted(set(request.query_params) - set(known))
    if unknown:
        allowed = ", ".join(known) or "none"
        raise Unprocessable(wrong=[_detail(name, allowed) for name in unknown])


def _names(dependant: Dependant) -> Iterator[str]:
    yield from (field.alias for field in dependant.query_params)
    for inner in dependant.dependencies:
        yield from _names(inner)


def _detail(name: str, allowed: str) -> Detail:
    return Detail(
        location=f"query.{name[:64]}",
        code="unknown-parameter",
        message=f"this parameter is unknown here; known are: {allowed}",
    )
