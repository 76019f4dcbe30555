"""What time it is, as a dependency: tests put another moment in its place."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Annotated

from fastapi import Depends


def utc_now() -> datetime:
    return datetime.now(UTC)


async def moment() -> datetime:
    """Of the request; async, since a thread of its own would take longer than the clock."""
    return utc_now()


Now = Annotated[datetime, Depends(moment)]
