"""Pages: how many items, after which cursor, and the address of the next page."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated, Generic, TypeVar

from fastapi import Depends, Query
from pydantic import Field

from app.core.wire import Out

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
