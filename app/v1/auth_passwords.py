"""Passwords in the hands of their owners: the first lasting one, another one, a forgotten one."""

from __future__ import annotations

from fastapi import Depends, Request, Response
from starlette.concurrency import run_in_threadpool

from app.accounts import passwords, signing_in
from app.accounts.pool_errors import ResetRefused, SignInRefused
from app.auth.authenticator import bearer_token
from app.auth.even_time import in_even_time, to_the_step
from app.auth.guard import Allowed, AllowedToAnyone, KnownCaller
from app.clock import Now
from app.http.cookies import access_cookie
from app.http.documented import empty, problems
from app.http.envelope import Envelope
from app.http.refusals import LoginRefused
from app.routers import open_router, write_router
from app.v1.accounts_desk import Accounts
from app.v1.auth_cookies import signed_in
from app.v1.auth_guards import Attempt, NoForeignPage, choosing_password
from app.v1.auth_schemas import ChallengeAnswer, Forgotten, PasswordChange, Reset, SignedInOut
from app.v1.user_agent import UserAgent

router = open_router("/v1/auth/password", "auth")
changing = write_router("/v1/auth/password", "auth")


@router.post(
    "/challenge",
    summary="Choose a lasting password",
    dependencies=[Depends(AllowedToAnyone("auth.challenge")), NoForeignPage],
    responses=problems(LoginRefused),
)
async def challenge(
    answer: ChallengeAnswer,
    attempt: Attempt,
    desk: Accounts,
    now: Now,
    response: Response,
    user_agent: UserAgent,
) -> Envelope[SignedInOut]:
    """Answers the challenge of a sign-in with a temporary password, and signs in."""
    async with in_even_time(SignInRefused), choosing_password():
        await run_in_threadpool(attempt, answer.email)
        signed = await run_in_threadpool(
            signing_in.choose_password,
            desk,
            answer.email,
            answer.challenge.get_secret_value(),
            answer.new_password.get_secret_value(),
            user_agent,
            now,
        )
    return signed_in(response, signed, now)


@router.post(
    "/forgot",
    status_code=204,
    summary="Have a code mailed",
    dependencies=[Depends(AllowedToAnyone("auth.forgot")), NoForeignPage],
    responses={**empty(204, "A code is on its way, if there is such an account.")},
)
async def forgot(wanted: Forgotten, attempt: Attempt, desk: Accounts) -> Response:
    """Says nothing of whether there is an account with this address, not by its time either."""
    async with to_the_step():
        await run_in_threadpool(attempt, wanted.email)
        await run_in_threadpool(desk.pool.send_reset_code, wanted.email)
    return Response(status_code=204)


@router.post(
    "/confirm",
    status_code=204,
    summary="Set a forgotten password anew",
    dependencies=[Depends(AllowedToAnyone("auth.confirm")), NoForeignPage],
    responses={**empty(204, "Sign in with the new password.")} | problems(LoginRefused),
)
async def confirm(reset: Reset, attempt: Attempt, desk: Accounts) -> Response:
    """Takes the mailed code; all sessions end."""
    async with in_even_time(ResetRefused), choosing_password():
        await run_in_threadpool(attempt, reset.email)
        await run_in_threadpool(
            passwords.reset,
            desk,
            reset.email,
            reset.code.get_secret_value(),
            reset.new_password.get_secret_value(),
        )
    return Response(status_code=204)


@changing.post(
    "/change",
    summary="Change the password",
    dependencies=[Depends(Allowed("auth.change-password"))],
    responses=problems(LoginRefused),
)
async def change(
    wanted: PasswordChange,
    request: Request,
    caller: KnownCaller,
    attempt: Attempt,
    desk: Accounts,
    now: Now,
    response: Response,
    user_agent: UserAgent,
) -> Envelope[SignedInOut]:
    """Ends all sessions and opens a new one with the new password."""
    async with in_even_time(SignInRefused), choosing_password():
        await run_in_threadpool(attempt, caller.subject)
        signed = await run_in_threadpool(
            passwords.change,
            desk,
            caller,
            _access_token(request),
            wanted.old_password.get_secret_value(),
            wanted.new_password.get_secret_value(),
            user_agent,
            now,
        )
    return signed_in(response, signed, now)


def _access_token(request: Request) -> str:
    sent = bearer_token(request)
    return sent.decode("latin-1") if sent else access_cookie(request) or ""
