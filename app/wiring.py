"""What a request may reach, put together once by `create_app`. Knows no route."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Annotated, TypeAlias

from fastapi import Depends, Request

from app.auth.authenticator import Authenticator
from app.settings import Settings
from singletable import Repository

# What keeps the app from working, in words for the one who runs it; empty: it is ready.
Readiness: TypeAlias = Callable[[], Sequence[str]]


@dataclass(frozen=True)
class Wiring:
    settings: Settings
    repository: Repository
    authenticators: Sequence[Authenticator]
    readiness: Readiness


def wiring_of(request: Request) -> Wiring:
    wiring: Wiring = request.app.state.wiring
    return wiring


def _repository(request: Request) -> Repository:
    return wiring_of(request).repository


Stored = Annotated[Repository, Depends(_repository)]
