"""Who asks, and what for, as far as the guards of a request have come. Knows no store."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from fastapi import Request

from app.auth.caller import Caller


@dataclass
class Asked:
    """`caller`: None for the anonymous, and where no credentials were looked at.

    `action`: the last that the policy allowed; the routes ask for their own last.
    """

    caller: Caller | None = None
    action: str = ""


def asked_in(request: Request) -> Asked:
    """The request's own, the same each time."""
    state: dict[str, Any] = request.scope.setdefault("state", {})
    asked: Asked = state.setdefault("asked", Asked())
    return asked
