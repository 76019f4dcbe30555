"""Liveness and readiness probes."""

from __future__ import annotations

from typing import Literal

from fastapi import APIRouter, Depends, Request
from pydantic import BaseModel

from app.api.guards.permission import AllowedToAnyone
from app.api.guards.routes import GuardedRoute
from app.api.kit.answers import Envelope
from app.api.kit.container import container_of
from app.api.kit.openapi import problems
from app.core.problems import InternalError, NotReady
from app.core.wire import Out

router = APIRouter(
    tags=["probes"],
    route_class=GuardedRoute,
    dependencies=[Depends(AllowedToAnyone("probes.read"))],
    responses=problems(InternalError),
)


class Health(BaseModel):
    status: Literal["ok"] = "ok"


class Ready(Out):
    status: Literal["ready"] = "ready"


@router.get("/health")
async def check_health() -> Health:
    """The process answers; whatever is behind it is not asked. The only answer without envelope."""
    # async: it needs none of the threads, which may all be waiting for a store that is silent
    return Health()


@router.get("/ready", responses=problems(NotReady))
def check_readiness(request: Request) -> Envelope[Ready]:
    """What the app needs is there: the table and its indexes."""
    if missing := container_of(request).readiness():
        raise NotReady(missing=missing)
    return Envelope(data=Ready())
