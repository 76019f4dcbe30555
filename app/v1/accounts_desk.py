"""The desk as a dependency: routes of accounts end with 503 where there is no user pool."""

from __future__ import annotations

from typing import Annotated

from fastapi import Depends, Request

from app.accounts.desk import Desk
from app.http.refusals import Unavailable
from app.wiring import wiring_of


def _desk(request: Request) -> Desk:
    desk = wiring_of(request).desk
    if desk is None:
        raise Unavailable()
    return desk


Accounts = Annotated[Desk, Depends(_desk)]
