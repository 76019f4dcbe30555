"""Dependencies that let a request with a key go on if it is its turn, and otherwise end it.

They come after what refuses a caller whatever there is in the table, and before what looks at
the state: after the effect that would refuse the repetition.
"""

from __future__ import annotations

from datetime import datetime

from fastapi import Request, Response
from starlette.concurrency import run_in_threadpool

from app.auth.caller import Caller
from app.auth.guard import OptionalCaller
from app.clock import Now
from app.http.source import source_of
from app.idempotency.answers import Answer
from app.idempotency.asked import asked
from app.idempotency.claims import Claim, Claims
from app.idempotency.keys import SentKeys, key_of
from app.wiring import wiring_of


class Replayed(Exception):
    """The request was answered before; `response` says so."""

    def __init__(self, response: Response) -> None:
        super().__init__("answered before")
        self.response = response


async def claimed_by_caller(
    request: Request, caller: OptionalCaller, now: Now, idempotency_key: SentKeys = None
) -> None:
    """For operations that look at who asks."""
    await _claim(request, caller, now, idempotency_key)


async def claimed_by_stranger(request: Request, now: Now, idempotency_key: SentKeys = None) -> None:
    """For operations that do not."""
    await _claim(request, None, now, idempotency_key)


def claim_of(request: Request) -> Claim | None:
    """What the request holds; None without a key, or as long as it has not come to its turn."""
    claim: Claim | None = getattr(request.state, "claim", None)
    return claim


async def _claim(
    request: Request, caller: Caller | None, now: datetime, sent: list[str] | None
) -> None:
    key = key_of(sent)
    if key is None:
        return
    body = await request.body()
    turn = await run_in_threadpool(_turn, request, caller, now, key, body)
    if isinstance(turn, Answer):
        raise Replayed(turn.replayed())
    request.state.claim = turn


def _turn(
    request: Request, caller: Caller | None, now: datetime, key: str, body: bytes
) -> Claim | Answer:
    wiring = wiring_of(request)
    claims = Claims.over(wiring.repository, wiring.settings)
    named = asked(claims.secrets, request, caller, key, body)
    claim = claims.open(named, now)
    if claim is not None:
        return claim
    if caller is None:
        _count_attempt(request, named.identity)
    return claims.known(named)


def _count_attempt(request: Request, identity: str) -> None:
    """Before it is judged: whoever has a stranger's key might try passwords on its body."""
    route: str = request.scope["route"].path
    wiring_of(request).attempts.spend(route, source_of(request), identity)
