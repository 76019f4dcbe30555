"""Sign-up, sign-in, refresh, sign-out, passwords and `me`."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Annotated, Concatenate, ParamSpec, TypeVar

from fastapi import Depends, Request, Response
from starlette.concurrency import run_in_threadpool

from access_patterns import registrations, sessions, users
from app.api.guards.permission import (
    Allowed,
    AllowedToAnyone,
    KnownCaller,
    allowed_actions,
)
from app.api.guards.routes import SIGNED_IN, private_router, public_router
from app.api.kit.answers import Envelope
from app.api.kit.container import (
    NowDep,
    RepositoryDep,
    bearer_token,
    container_of,
    source_of,
    state_of,
)
from app.api.kit.cookies import RefreshCookie
from app.api.kit.idempotency import Idempotent
from app.api.kit.openapi import COOKIES, REFRESHING, carrying, problems
from app.api.kit.requests import UserAgent, pad_duration, pad_to_step
from app.api.v1 import auth_schemas as schemas
from app.api.v1 import sessions as session_routes
from app.api.v1.users import FOLLOWING, REGISTERING, AccountServiceDep, UserOut
from app.core.context import asks
from app.core.problems import Conflict, CredentialsMissing, LoginRefused, SessionEnded, Taken
from app.services import sign_in
from app.services.accounts import AccountService
from app.services.limits import Kind
from app.services.registration import NewAccount, register
from app.services.sign_in import SignedIn
from app.services.user_pool import NewPasswordNeeded, PasswordTooWeak
from model import UserId

P = ParamSpec("P")
R = TypeVar("R")

opening = public_router("/v1/auth", "auth")
about_me = private_router("/v1/auth", "auth", Allowed("auth.me"))
recovering = public_router("/v1/auth/password", "auth")
changing = private_router("/v1/auth/password", "auth")


def from_no_foreign_page(request: Request) -> None:
    """For what sets cookies: nobody is to be signed in by a stranger's page."""
    container_of(request).pages.check_if_sent(request)


NoForeignPage = Depends(from_no_foreign_page)


class Trying:
    """Counts attempts at accounts, carries them out, and answers sign-ins."""

    counts_as = Kind.SIGN_IN

    def __init__(
        self,
        request: Request,
        response: Response,
        service: AccountServiceDep,
        user_agent: UserAgent,
        now: NowDep,
    ) -> None:
        self._request, self._response = request, response
        self.service, self.user_agent, self.now = service, user_agent, now

    def count(self, account: str) -> None:
        """`account` is the one that is tried. Call it before it is."""
        route: str = self._request.scope["route"].path
        container_of(self._request).attempts.hit(route, source_of(self._request), account)

    async def carry_out(
        self,
        account: str,
        act: Callable[Concatenate[AccountService, P], R],
        *arguments: P.args,
        **options: P.kwargs,
    ) -> R:
        """A refusal takes equally long, whatever it is; weak is what `newPassword` has."""
        async with pad_duration(LoginRefused):
            await run_in_threadpool(self.count, account)
            try:
                return await run_in_threadpool(act, self.service, *arguments, **options)
            except PasswordTooWeak as weak:
                raise PasswordTooWeak(location="body.newPassword", cause=weak.cause) from None

    def answer(
        self, signed: SignedIn, place: schemas.TokenPlace = "cookies"
    ) -> Envelope[schemas.SignedInOut]:
        """The tokens go into cookies, or into the body where that was asked for. The refresh cookie
        lasts as long as the session, the others as long as their tokens."""
        tokens, sent, session = signed.tokens, None, signed.session
        refresh = RefreshCookie(signed.username, tokens.refresh) if tokens.refresh else None
        if place == "body":
            sent = schemas.TokensOut(
                access_token=tokens.access,
                identity_token=tokens.identity,
                refresh_token=refresh.text() if refresh else None,
                expires_in=tokens.seconds,
            )
        else:
            left = int((session.expires_at - self.now).total_seconds())
            kept = tokens.access, tokens.identity, refresh, tokens.seconds
            container_of(self._request).cookies.set(self._response, *kept, refresh_age=left)
        out = schemas.SignedInOut(
            user=UserOut.model_validate(signed.user),
            session=session_routes.shown(session, signed.user, session.session_id),
            access_expires_at=self.now + timedelta(seconds=tokens.seconds),
            tokens=sent,
        )
        return Envelope(data=out)


Attempt = Annotated[Trying, Depends(Trying)]


@opening.post(
    "/signup",
    status_code=201,
    summary="Sign up",
    dependencies=[NoForeignPage],
    responses=problems(Conflict, Taken),
)
@asks(*REGISTERING)
def sign_up(
    wanted: schemas.WantedAccount,
    attempt: Attempt,
    once: Idempotent,
) -> Envelope[UserOut]:
    """A new account with a password of your own: yours, as a viewer.

    Administrators may give another role. Sign in afterwards.
    """
    attempt.count(wanted.email)
    password = wanted.password.get_secret_value()
    account = NewAccount(wanted.email, wanted.role, wanted.name, password)
    return once(
        lambda stored: register(attempt.service.over(stored), account, attempt.now),
        lambda user: Envelope(data=UserOut.model_validate(user)),
        by=registrations.complete,
    )


@opening.post(
    "/login",
    summary="Sign in",
    dependencies=[Depends(AllowedToAnyone("auth.login")), NoForeignPage],
    responses={**COOKIES, **problems(LoginRefused)},
)
@asks(users.by_email, users.record_login, sessions.start, *FOLLOWING)
async def log_in(
    wanted: schemas.Login, attempt: Attempt
) -> Envelope[schemas.SignedInOut | schemas.ChallengeOut]:
    """Opens a session. The tokens come as cookies that scripts cannot read.

    An account with a temporary password is answered with a challenge instead. Whatever is
    wrong, the refusal is the same and takes equally long.
    """
    email, password = wanted.email, wanted.password.get_secret_value()
    signed = await attempt.carry_out(
        email, sign_in.sign_in, email, password, attempt.user_agent, attempt.now
    )
    if isinstance(signed, NewPasswordNeeded):
        return Envelope(data=schemas.ChallengeOut(challenge=signed.challenge))
    return Envelope(data=attempt.answer(signed, wanted.tokens).data)


@opening.post(
    "/refresh",
    summary="Fresh tokens",
    dependencies=[Depends(AllowedToAnyone("auth.refresh")), NoForeignPage],
    openapi_extra={"security": [{}, {REFRESHING: []}]},
    responses={**COOKIES, **problems(CredentialsMissing, SessionEnded)},
)
@asks(sessions.by_id, users.by_id)
def refresh_tokens(
    request: Request, attempt: Attempt, sent: schemas.Refreshing | None = None
) -> Envelope[schemas.SignedInOut]:
    """Fresh cookies for those that expire, as long as the session is open.

    Where it is over, the answer takes all cookies back. A refresh token in the body is answered
    by tokens in the body; a cookie never is, so that no script can turn it into tokens.
    """
    if sent is None:
        container_of(request).pages.check(request)
        state_of(request).relies_on_cookies = True
        refresh = container_of(request).cookies.refresh(request)
    else:
        refresh = RefreshCookie.parse(sent.refresh_token.get_secret_value())
    if refresh is None:
        raise CredentialsMissing() if sent is None else SessionEnded()
    attempt.count(refresh.username)
    try:
        signed = sign_in.refresh(attempt.service, refresh.token, refresh.username, attempt.now)
    except LoginRefused as refused:  # the pool takes the token no more: revoked, expired, forged
        raise SessionEnded(cause=refused.cause) from None
    return attempt.answer(signed, "body" if sent else "cookies")


@opening.post(
    "/logout",
    status_code=204,
    summary="Sign out",
    dependencies=[Depends(AllowedToAnyone("auth.logout"))],
    response_description="No cookie of a sign-in opens anything any more.",
    openapi_extra={"security": [{}, *SIGNED_IN, {REFRESHING: []}]},
    responses={204: carrying("Set-Cookie")},
)
@asks(sessions.by_id, sessions.revoke)
def log_out(request: Request, service: AccountServiceDep, now: NowDep) -> Response:
    """Ends the session at once, a bearer token's too, and takes the cookies back.

    Harmless without either.
    """
    cookies = container_of(request).cookies
    access, cookie = cookies.access(request), cookies.refresh(request)
    if access is not None or cookie is not None:
        container_of(request).pages.check(request)
    if sent := bearer_token(request):
        sign_in.sign_out_by_access_token(service, sent.decode("latin-1"), now)
    is_out = access is not None and sign_in.sign_out_by_access_token(service, access, now)
    if not is_out and cookie is not None:
        sign_in.sign_out_by_refresh_token(service, cookie.token, cookie.username, now)
    if cookie is not None:
        sign_in.revoke(service, cookie.token)
    gone = Response(status_code=204)
    cookies.clear(gone)
    return gone


@about_me.get("/me", summary="Who am I?")
@asks(users.by_id, sessions.by_id)
def get_me(
    request: Request, caller: KnownCaller, repository: RepositoryDep
) -> Envelope[schemas.MeOut]:
    """The caller's account, the roles that count now and what they allow, and the session."""
    user_id = UserId(caller.subject)
    user = repository.fetch(users.by_id(user_id))
    current = caller.session_id
    session = repository.fetch(sessions.by_id(current)) if current else None
    return Envelope(
        data=schemas.MeOut(
            user_id=user_id,
            roles=sorted(caller.roles),
            user=UserOut.model_validate(user) if user else None,
            session=session_routes.shown(session, user, current) if session and user else None,
            access_expires_at=state_of(request).token_ends_at,
            allowed=allowed_actions(request),
        )
    )


@recovering.post(
    "/challenge",
    summary="Choose a lasting password",
    dependencies=[Depends(AllowedToAnyone("auth.challenge")), NoForeignPage],
    responses={**COOKIES, **problems(LoginRefused)},
)
@asks(users.by_id, users.by_email, users.record_login, sessions.start)
async def answer_challenge(
    answer: schemas.ChallengeAnswer, attempt: Attempt
) -> Envelope[schemas.SignedInOut]:
    """Answers the challenge of a sign-in with a temporary password, and signs in."""
    email, challenge = answer.email, answer.challenge.get_secret_value()
    chosen = answer.new_password.get_secret_value()
    given = email, challenge, chosen, attempt.user_agent, attempt.now
    signed = await attempt.carry_out(email, sign_in.choose_password, *given)
    return attempt.answer(signed, answer.tokens)


@recovering.post(
    "/forgot",
    status_code=204,
    summary="Have a code mailed",
    dependencies=[Depends(AllowedToAnyone("auth.forgot")), NoForeignPage],
    response_description="A code is on its way, if there is such an account.",
)
async def request_password_reset(wanted: schemas.Forgotten, attempt: Attempt) -> Response:
    """Says nothing of whether there is an account with this address, not by its time either."""
    async with pad_to_step():
        await run_in_threadpool(attempt.count, wanted.email)
        await run_in_threadpool(attempt.service.pool.send_reset_code, wanted.email)
    return Response(status_code=204)


@recovering.post(
    "/confirm",
    status_code=204,
    summary="Set a forgotten password anew",
    dependencies=[Depends(AllowedToAnyone("auth.confirm")), NoForeignPage],
    response_description="Sign in with the new password.",
    responses=problems(LoginRefused),
)
@asks(users.by_email, users.end_sessions)
async def reset_password(reset: schemas.Reset, attempt: Attempt) -> Response:
    """Takes the mailed code; all sessions end."""
    code, chosen = reset.code.get_secret_value(), reset.new_password.get_secret_value()
    await attempt.carry_out(reset.email, sign_in.reset, reset.email, code, chosen)
    return Response(status_code=204)


@changing.post(
    "/change",
    summary="Change the password",
    dependencies=[Depends(Allowed("auth.change-password"))],
    responses={**COOKIES, **problems(LoginRefused)},
)
@asks(users.by_email, users.end_sessions, users.record_login, sessions.start, *FOLLOWING)
async def change_password(
    wanted: schemas.PasswordChange,
    request: Request,
    caller: KnownCaller,
    attempt: Attempt,
) -> Envelope[schemas.SignedInOut]:
    """Ends all sessions and opens a new one with the new password."""
    sent = bearer_token(request)
    token = sent.decode("latin-1") if sent else container_of(request).cookies.access(request) or ""
    old, new = wanted.old_password.get_secret_value(), wanted.new_password.get_secret_value()
    given = caller, token, old, new, attempt.user_agent, attempt.now
    signed = await attempt.carry_out(caller.subject, sign_in.change, *given)
    return attempt.answer(signed, wanted.tokens)
