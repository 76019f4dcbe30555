"""What a browser calls itself, as sessions show it to their users."""

from __future__ import annotations

from typing import Annotated

from fastapi import Depends, Request

LONGEST = 300


def user_agent(request: Request) -> str:
    """As much of the header as is kept."""
    return request.headers.get("user-agent", "")[:LONGEST]


UserAgent = Annotated[str, Depends(user_agent)]
