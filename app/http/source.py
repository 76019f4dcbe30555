"""From where a request comes, as far as the app can see. Knows no caller."""

from __future__ import annotations

from fastapi import Request


def source_of(request: Request) -> str:
    """The client's IP address; empty if the server does not know it."""
    return request.client.host if request.client else ""
