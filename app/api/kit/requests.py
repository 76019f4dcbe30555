"""How requests are read: strict JSON, known parameters, pages; how long refusals take."""

from __future__ import annotations

import re
from collections.abc import AsyncGenerator, Awaitable, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from time import monotonic
from typing import Annotated, Any, Generic, TypeVar, cast

import anyio
from fastapi import Depends, Request
from fastapi import Query as QueryParameter
from fastapi.dependencies.models import Dependant
from pydantic import BaseModel, BeforeValidator, Field

from app.api.kit.answers import Envelope
from app.api.kit.container import repository_of
from app.core.details import detail
from app.core.problems import Unprocessable, UnsupportedMediaType
from app.core.strict_json import parse_json
from app.core.wire import Out
from singletable import Query, Repository


class StrictRequest(Request):
    """A request whose body was read and parsed; an empty one is left to the model."""

    parsed: Any

    @classmethod
    async def read(cls, request: Request) -> StrictRequest:
        """Raises `UnsupportedMediaType`, or `MalformedBody`."""
        strict = cls(request.scope, request.receive)
        if body := await strict.body():
            media = request.headers.get("content-type", "").partition(";")[0].strip().lower()
            if media != "application/json" and not _OTHER_JSON.fullmatch(media):
                raise UnsupportedMediaType()
            strict.parsed = parse_json(body)
        return strict

    async def json(self) -> Any:
        return self.parsed


_OTHER_JSON = re.compile(r"application/.*\+json")


def parameters_of(dependant: Dependant) -> dict[str, bool]:
    """The names in the query that an operation and its dependencies know, and whether each may
    be repeated."""
    fields = dependant.query_params
    known = {each.alias: "list[" in str(each.field_info.annotation) for each in fields}
    for below in dependant.dependencies:
        known |= parameters_of(below)
    return known


def check_parameters(request: Request, known: Mapping[str, bool]) -> None:
    """Raises `Unprocessable`: names each parameter that is unknown, and those that are not; and
    those of which one would be taken of several."""
    allowed = ", ".join(sorted(known)) or "none"
    message = f"this parameter is unknown here; known are: {allowed}"
    sent = [name for name, _ in request.query_params.multi_items()]
    wrong = [
        detail(place, "repeated") if name in known else detail(place, "unknown-parameter", message)
        for name, place in sorted({name: f"query.{name[:64]}" for name in sent}.items())
        if name not in known or (sent.count(name) > 1 and not known[name])
    ]
    if wrong:
        raise Unprocessable(wrong=wrong)


def _split(given: object) -> object:
    if not isinstance(given, list):
        return given
    return [part for line in cast("list[str]", given) for part in line.split(",")]


Separated = BeforeValidator(_split)
"""Of a parameter that may be repeated: `a,b` is taken as well."""

T = TypeVar("T")
E = TypeVar("E", bound=BaseModel)


@dataclass(frozen=True)
class PageRequest:
    """`limit`: items at most; `cursor`: what the page before gave as `nextCursor`."""

    repository: Repository
    limit: int
    cursor: str | None

    def load(self, query: Query[E], show: Callable[[E], T]) -> Envelope[PageOut[T]]:
        """The answer that has the page of a list."""
        page = self.repository.fetch(query.page(self.limit, self.cursor))
        items = [show(each) for each in page]
        return Envelope(data=PageOut(items=items, next_cursor=page.cursor))


async def page_request(
    request: Request,
    limit: Annotated[int, QueryParameter(ge=1, le=100, description="Items at most.")] = 20,
    cursor: Annotated[
        str | None,
        QueryParameter(
            min_length=1,
            max_length=4096,
            description="`nextCursor` of the page before; good for the same list and filters only.",
        ),
    ] = None,
) -> PageRequest:
    return PageRequest(repository_of(request), limit, cursor)


class PageOut(Out, Generic[T]):
    """May be short, even empty, and not be the last: follow `nextCursor` until it is null."""

    items: Sequence[T]
    next_cursor: str | None = Field(description="Opaque; null on the last page.")


Paging = Annotated[PageRequest, Depends(page_request)]

LONGEST_AGENT = 300


async def _user_agent(request: Request) -> str:
    """As much of the header as is kept."""
    return request.headers.get("user-agent", "")[:LONGEST_AGENT]


UserAgent = Annotated[str, Depends(_user_agent)]

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
