"""How requests are read: strict JSON, known parameters, pages, source; how long refusals take."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Awaitable, Callable, Coroutine, Iterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from functools import cached_property
from time import monotonic
from typing import Annotated, Any, Generic, TypeVar

import anyio
from fastapi import Depends, Query, Request, Response
from fastapi.dependencies.models import Dependant
from fastapi.routing import APIRoute
from pydantic import Field

from app.api.kit.openapi import calls_of
from app.core.problems import Unprocessable, UnsupportedMediaType
from app.core.strict_json import parse_json
from app.core.wire import Detail, Out


def source_of(request: Request) -> str:
    """The client's IP address; empty if the server does not know it."""
    return request.client.host if request.client else ""


class StrictJsonRoute(APIRoute):
    @cached_property
    def calls(self) -> tuple[object, ...]:
        """The endpoint, and its dependencies down to the last."""
        return tuple(calls_of(self.dependant))

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
    sent = set(request.query_params)
    if not sent:
        return
    known = sorted(set(_names(route.dependant)))
    unknown = sorted(sent - set(known))
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


T = TypeVar("T")


@dataclass(frozen=True)
class PageRequest:
    """`limit`: items at most; `cursor`: what the page before gave as `nextCursor`."""

    limit: int
    cursor: str | None


def page_request(
    limit: Annotated[int, Query(ge=1, le=100, description="Items at most.")] = 20,
    cursor: Annotated[
        str | None,
        Query(
            min_length=1,
            max_length=4096,
            description="`nextCursor` of the page before; good for the same list and filters only.",
        ),
    ] = None,
) -> PageRequest:
    return PageRequest(limit, cursor)


class PageOut(Out, Generic[T]):
    """May be short, even empty, and not be the last: follow `nextCursor` until it is null."""

    items: Sequence[T]
    next_cursor: str | None = Field(description="Opaque; null on the last page.")


Paging = Annotated[PageRequest, Depends(page_request)]


STEP = 0.5


@asynccontextmanager
async def pad_duration(
    *evened: type[Exception],
    step: float = STEP,
    clock: Callable[[], float] = monotonic,
    sleep: Callable[[float], Awaitable[None]] = anyio.sleep,
) -> AsyncGenerator[None]:
    """What raises one of `evened` ends a whole number of steps (seconds) after it began.

    Unknown users are refused sooner by a user pool than wrong passwords; both take one step.
    """
    began = clock()
    try:
        yield
    except evened:
        await sleep(step - (clock() - began) % step)
        raise


@asynccontextmanager
async def pad_to_step(
    step: float = STEP,
    clock: Callable[[], float] = monotonic,
    sleep: Callable[[float], Awaitable[None]] = anyio.sleep,
) -> AsyncGenerator[None]:
    """The same for what succeeds: it ends at a step, whatever there was to do."""
    began = clock()
    yield
    await sleep(step - (clock() - began) % step)
