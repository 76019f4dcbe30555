"""In and out: signing up, signing in, fresh tokens, signing out. Tokens travel in cookies alone."""

from __future__ import annotations

from fastapi import Depends, Request, Response
from starlette.concurrency import run_in_threadpool

from app.accounts import signing_in
from app.accounts.pool import NewPasswordNeeded
from app.accounts.pool_errors import SignInRefused
from app.accounts.registering import COMPLETED, NewAccount, register
from app.auth.authenticator import bearer_token
from app.auth.dead_cookies import rely_on_cookies
from app.auth.even_time import in_even_time
from app.auth.guard import AllowedToAnyone
from app.clock import Now
from app.http.cookies import access_cookie, clear_cookies, refresh_cookie
from app.http.documented import empty, problems
from app.http.envelope import Envelope, ok
from app.http.refusals import (
    Conflict,
    CredentialsMissing,
    Forbidden,
    LoginRefused,
    SessionEnded,
    Taken,
)
from app.idempotency.once import Once
from app.routers import open_router, welcoming_router
from app.v1.accounts_desk import Accounts
from app.v1.auth_cookies import renewed, signed_in
from app.v1.auth_guards import (
    Attempt,
    NoForeignPage,
    OwnPage,
    WantedAccount,
    from_own_pages,
)
from app.v1.auth_schemas import ChallengeOut, Login, SignedInOut
from app.v1.user_agent import UserAgent
from app.v1.users_schemas import UserOut
from app.v1.users_schemas import shown as user_shown

signing_up = welcoming_router("/v1/auth", "auth")
router = open_router("/v1/auth", "auth")


@signing_up.post(
    "/signup",
    status_code=201,
    summary="Sign up",
    dependencies=[NoForeignPage],
    responses=problems(Forbidden, Conflict, Taken),
)
def sign_up(
    wanted: WantedAccount, attempt: Attempt, desk: Accounts, now: Now, once: Once
) -> Envelope[UserOut]:
    """A new account with a password of your own: yours, as a viewer.

    Administrators may give another role. Sign in afterwards.
    """
    attempt(wanted.email)
    password = wanted.password.get_secret_value()
    account = NewAccount(wanted.email, wanted.role, wanted.name, password)
    return once(
        lambda stored: register(desk.over(stored), account, now),
        lambda user: ok(user_shown(user)),
        by=COMPLETED,
    )


@router.post(
    "/login",
    summary="Sign in",
    dependencies=[Depends(AllowedToAnyone("auth.login")), NoForeignPage],
    responses=problems(LoginRefused),
)
async def log_in(
    wanted: Login,
    attempt: Attempt,
    desk: Accounts,
    now: Now,
    response: Response,
    user_agent: UserAgent,
) -> Envelope[SignedInOut | ChallengeOut]:
    """Opens a session. The tokens come as cookies that scripts cannot read.

    An account with a temporary password is answered with a challenge instead. Whatever is
    wrong, the refusal is the same and takes equally long.
    """
    async with in_even_time(SignInRefused):
        await run_in_threadpool(attempt, wanted.email)
        signed = await run_in_threadpool(
            signing_in.sign_in,
            desk,
            wanted.email,
            wanted.password.get_secret_value(),
            user_agent,
            now,
        )
    if isinstance(signed, NewPasswordNeeded):
        return Envelope(data=ChallengeOut(challenge=signed.challenge))
    return Envelope(data=signed_in(response, signed, now).data)


@router.post(
    "/refresh",
    summary="Fresh tokens",
    dependencies=[Depends(AllowedToAnyone("auth.refresh")), OwnPage],
    responses=problems(CredentialsMissing, SessionEnded),
)
def refresh(
    request: Request, attempt: Attempt, desk: Accounts, now: Now, response: Response
) -> Envelope[SignedInOut]:
    """Fresh cookies for those that expire, as long as the session is open.

    Where it is over, the answer takes all cookies back.
    """
    rely_on_cookies(request)
    cookie = refresh_cookie(request)
    if cookie is None:
        raise CredentialsMissing()
    attempt(cookie.username)
    return signed_in(response, renewed(desk, cookie, now), now)


@router.post(
    "/logout",
    status_code=204,
    summary="Sign out",
    dependencies=[Depends(AllowedToAnyone("auth.logout"))],
    responses=empty(204, "No cookie of a sign-in opens anything any more."),
)
def log_out(request: Request, desk: Accounts, now: Now) -> Response:
    """Ends the session at once, a bearer token's too, and takes the cookies back.

    Harmless without either.
    """
    access, cookie = access_cookie(request), refresh_cookie(request)
    if access is not None or cookie is not None:
        from_own_pages(request)
    if sent := bearer_token(request):
        signing_in.sign_out_by_access_token(desk, sent.decode("latin-1"), now)
    is_out = access is not None and signing_in.sign_out_by_access_token(desk, access, now)
    if not is_out and cookie is not None:
        signing_in.sign_out_by_refresh_token(desk, cookie.token, cookie.username, now)
    if cookie is not None:
        signing_in.revoke(desk, cookie.token)
    gone = Response(status_code=204)
    clear_cookies(gone)
    return gone
