"""A request that is valid but for the question whether it is allowed, and what it would change."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, TypeAlias

from httpx2 import Response

from app.api.kit.cookies import RefreshCookie
from scripts.docs.matrix import Cell
from tests.app.api.matrix.harness import MatrixHarness
from tests.app.api.v1.auth.answers import ACCESS, REFRESH
from tests.app.services.accounts.user_pool import ORIGIN


def _nothing() -> object:
    return None


@dataclass(frozen=True)
class Attempt:
    """`seen` gives the present state of what the request is about."""

    path: str
    json: Any = None
    params: Mapping[str, str] = field(default_factory=dict[str, str])
    headers: Mapping[str, str] = field(default_factory=dict[str, str])
    token: str | None = None
    seen: Callable[[], object] = _nothing

    def send(self, harness: MatrixHarness, method: str) -> Response:
        authorization = {"Authorization": f"Bearer {self.token}"} if self.token else {}
        answer: Response = harness.client.request(
            method,
            self.path,
            json=self.json,
            params=dict(self.params),
            headers={**self.headers, **authorization},
            follow_redirects=False,
        )
        harness.client.cookies.clear()
        return answer


Making: TypeAlias = Callable[[MatrixHarness, Cell], Attempt]
"""Makes the state that a cell speaks of, and the request of one operation."""


def token_of(harness: MatrixHarness, cell: Cell) -> str | None:
    """The bearer token of the cell's caller; None for the anonymous."""
    caller = harness.caller(cell.who)
    return caller.tokens.access if caller else None


def cookies_of(harness: MatrixHarness) -> dict[str, str]:
    """Headers as a browser sends them that has just signed in."""
    signed = harness.sign_in(harness.someone_else)
    assert signed.tokens.refresh is not None
    refresh = RefreshCookie(signed.username, signed.tokens.refresh).text()
    return {"Origin": ORIGIN, "Cookie": f"{ACCESS}={signed.tokens.access}; {REFRESH}={refresh}"}
