"""The present time, as a dependency: by the app's clock, which tests may set."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Annotated

from fastapi import Depends, Request


def utc_now() -> datetime:
    return datetime.now(UTC)


async def moment(request: Request) -> datetime:
    """Of the request; async, since a thread of its own would take longer than the clock."""
    now: datetime = request.app.state.clock()
    return now


NowDep = Annotated[datetime, Depends(moment)]
