"""The desk as a dependency: routes of accounts end with 503 where there is no user pool."""

from __future__ import annotations

from dataclasses import replace
from typing import Annotated

from fastapi import Depends, Request

from app.accounts.desk import Desk
from app.http.refusals import NotConfigured
from app.wiring import Stored, wiring_of


def _desk(request: Request, repository: Stored) -> Desk:
    """What it writes is noted as the request's."""
    desk = wiring_of(request).desk
    if desk is None:
        raise NotConfigured(settings="COGNITO_USER_POOL_ID")
    return replace(desk, repository=repository)


Accounts = Annotated[Desk, Depends(_desk)]
