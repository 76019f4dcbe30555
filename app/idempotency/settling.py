"""The end of an attempt: the answer is kept, the key given up, or the lock left to run out."""

from __future__ import annotations

from collections.abc import Callable, Coroutine
from http import HTTPStatus
from typing import Any, TypeAlias

from fastapi import Request, Response
from starlette.concurrency import run_in_threadpool

from app.http.answers import refusal_to
from app.http.refusals import Busy, NotConfigured
from app.idempotency.answers import Answer
from app.idempotency.claiming import Replayed, claim_of
from app.idempotency.claims import Claim

Handler: TypeAlias = Callable[[Request], Coroutine[Any, Any, Response]]


def settled(handle: Handler, *, writes_once: bool) -> Handler:
    """`writes_once`: the operation's only effect is the write that keeps its answer."""

    async def handle_once(request: Request) -> Response:
        try:
            response = await handle(request)
        except Replayed as replayed:
            return replayed.response
        except Exception as error:
            if claim := claim_of(request):
                await _refused(request, claim, error, writes_once=writes_once)
            raise
        if claim := claim_of(request):
            await _answered(claim, response)
        return response

    return handle_once


async def _answered(claim: Claim, response: Response) -> None:
    if response.status_code < HTTPStatus.BAD_REQUEST:
        await run_in_threadpool(claim.keep, Answer.of(response))
    elif response.status_code < HTTPStatus.INTERNAL_SERVER_ERROR:
        await run_in_threadpool(claim.release)


async def _refused(request: Request, claim: Claim, error: Exception, *, writes_once: bool) -> None:
    """Nobody knows what became of a fault of ours, unless nothing was sent."""
    refusal = refusal_to(request, error)
    is_harmless = refusal.status < HTTPStatus.INTERNAL_SERVER_ERROR or isinstance(
        refusal, (Busy, NotConfigured)
    )
    if is_harmless or (writes_once and not claim.is_sent):
        await run_in_threadpool(claim.release)
