"""How requests are read: size limit, strict JSON, known parameters, HEAD, source address."""

from __future__ import annotations

from collections.abc import Callable, Coroutine, Iterator
from typing import Any

from fastapi import Request, Response
from fastapi.dependencies.models import Dependant
from fastapi.routing import APIRoute
from starlette.datastructures import Headers
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from app.core.problems import TooLarge, Unprocessable, UnsupportedMediaType
from app.core.strict_json import parse_json
from app.core.wire import Detail


def source_of(request: Request) -> str:
    """The client's IP address; empty if the server does not know it."""
    return request.client.host if request.client else ""


class BodyLimitMiddleware:
    """Raises `TooLarge`: before reading if Content-Length says so, else while reading."""

    def __init__(self, app: ASGIApp, limit: int) -> None:
        self.app = app
        self.limit = limit

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        if self._declares_too_much(Headers(scope=scope).get("content-length", "")):
            raise TooLarge(limit=self.limit)
        await self.app(scope, self._counted(receive), send)

    def _declares_too_much(self, length: str) -> bool:
        digits = length.strip().lstrip("0")
        if not (digits.isascii() and digits.isdigit()):
            return False  # the server refuses odd lengths, and what arrives is counted
        return len(digits) > len(str(self.limit)) or int(digits) > self.limit

    def _counted(self, receive: Receive) -> Receive:
        size = 0

        async def counting() -> Message:
            nonlocal size
            message = await receive()
            size += len(message.get("body", b""))
            if size > self.limit:
                raise TooLarge(limit=self.limit)
            return message

        return counting


class StrictJsonRoute(APIRoute):
    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        handle = super().get_route_handler()
        if self.body_field is None:
            return handle

        async def handle_strictly(request: Request) -> Response:
            return await handle(await _StrictRequest.read(request))

        return handle_strictly


class _StrictRequest(Request):
    """A request whose body was read and parsed; an empty one is left to the model."""

    parsed: Any

    @classmethod
    async def read(cls, request: Request) -> _StrictRequest:
        strict = cls(request.scope, request.receive)
        body = await strict.body()
        if body:
            if not _is_json(request.headers.get("content-type", "")):
                raise UnsupportedMediaType()
            strict.parsed = parse_json(body)
        return strict

    async def json(self) -> Any:
        return self.parsed


def _is_json(content_type: str) -> bool:
    media = content_type.partition(";")[0].strip().lower()
    return media == "application/json" or (
        media.startswith("application/") and media.endswith("+json")
    )


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


class HeadMiddleware:
    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or scope["method"] != "HEAD":
            await self.app(scope, receive, send)
            return

        async def without_body(message: Message) -> None:
            if message["type"] == "http.response.body":
                message = {**message, "body": b""}
            await send(message)

        scope["method"] = "GET"  # in place: the access line reads the route from this scope
        await self.app(scope, receive, without_body)
