"""Accounts, for administrators: listed, created, given roles, disabled, deleted."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from typing import Annotated

from fastapi import Depends, Query, Request, Response
from pydantic import Field, SecretStr

from access_patterns import registrations, users
from app.api.guards.permission import Allowed
from app.api.guards.routes import private_router
from app.api.kit.answers import Envelope
from app.api.kit.container import (
    NowDep,
    RepositoryDep,
    container_of,
    repository_of,
    state_of,
)
from app.api.kit.idempotency import Idempotent
from app.api.kit.openapi import CREATED, problems
from app.api.kit.requests import PageOut, Paging
from app.core.context import asks
from app.core.problems import Conflict, NotConfigured, Taken, invalid, require_found
from app.core.wire import In, Out, TypedName, like
from app.services import accounts, registration
from app.services.accounts import AccountService
from app.services.registration import FindingOut, NewAccount, register
from model import Email, Role, User, UserId
from model.ids import UserKey

router = private_router("/v1/auth/users", "users")
beside = private_router("/v1/auth", "users")

FOLLOWING = (users.by_id, users.mark_synced, users.delete)
"""Brings the user pool into step with an account."""
KEEPING_AN_ADMIN = (users.in_role, users.check_active_admin)
REGISTERING = (
    users.by_email,
    users.by_id,
    registrations.by_email,
    registrations.begin,
    registrations.resume,
    registrations.complete,
    registrations.cancel,
)


class UserIn(In):
    """A new account for someone else."""

    model_config = like(User, email="new@example.com", temporary_password="Example-1")  # noqa: S106

    email: Email = Field(description="Kept in lower case.")
    name: TypedName = ""
    role: Role = Role.VIEWER
    temporary_password: Annotated[SecretStr, Field(min_length=8, max_length=256)] | None = Field(
        default=None,
        description="To be changed at the first sign-in; without one the user pool makes it up.",
    )


class RoleChange(In):
    model_config = like(User)

    role: Role


class UserOut(Out):
    model_config = like(User)

    user_id: UserId = Field(description="The user pool's `sub`.")
    email: str
    name: str
    about: str
    role: Role
    self_registered: bool = Field(
        description="By its own sign-up: nobody has vouched for the address. Mind who gets a role."
    )
    is_disabled: bool
    last_login_at: datetime | None
    created_at: datetime
    updated_at: datetime | None
    sync_pending_since: datetime | None = Field(
        description="Since when the user pool has not been told of a change; usually null."
    )


def _answer(user: User) -> Envelope[UserOut]:
    return Envelope(data=UserOut.model_validate(user))


async def _service(request: Request) -> AccountService:
    """What it writes, and what it refuses, is recorded as the request's."""
    container = container_of(request)
    if container.service is None:
        raise NotConfigured(settings="COGNITO_USER_POOL_ID")
    audit = container.auditing(state_of(request).actor)
    return replace(container.service, repository=repository_of(request), audit=audit)


AccountServiceDep = Annotated[AccountService, Depends(_service)]

InRole = Annotated[
    Role | None, Query(description="Everyone in one role.", examples=[Role.EDITOR.value])
]
WithEmail = Annotated[
    Email | None, Query(description="The one with this address.", examples=["ada@example.com"])
]


@router.get("", summary="Users", dependencies=[Depends(Allowed("users.list"))])
@asks(users.in_role, users.by_email)
def find_users(
    repository: RepositoryDep, paging: Paging, role: InRole = None, email: WithEmail = None
) -> Envelope[PageOut[UserOut]]:
    """All users by role and e-mail address, those in a role, or the one with an address.

    At most one of `role` and `email` may be given.
    """
    match role, email:
        case None, None:
            found, cursor = accounts.page_of_everyone(repository, paging.limit, paging.cursor)
        case Role(), None:
            page = repository.fetch(users.in_role(role).page(paging.limit, paging.cursor))
            found, cursor = list(page), page.cursor
        case None, str():
            user = repository.fetch(users.by_email(email))
            found, cursor = [user] if user else [], None
        case _:
            raise invalid("query", "one-of", "give `role` or `email`, not both")
    items = [UserOut.model_validate(user) for user in found]
    return Envelope(data=PageOut(items=items, next_cursor=cursor))


@router.get("/{user_id}", summary="A user", dependencies=[Depends(Allowed("users.read"))])
@asks(users.by_id)
def get_user(user_id: UserKey, repository: RepositoryDep) -> Envelope[UserOut]:
    """An account by its identity in the user pool."""
    return _answer(require_found(repository.fetch(users.by_id(user_id)), "the user"))


@router.post(
    "",
    status_code=201,
    summary="A new user",
    dependencies=[Depends(Allowed("users.create"))],
    responses={**CREATED, **problems(Taken, Conflict)},
)
@asks(*REGISTERING)
def create_user(
    wanted: UserIn, service: AccountServiceDep, now: NowDep, once: Idempotent, response: Response
) -> Envelope[UserOut]:
    """Creates an account in the user pool and here; an address is one user's only."""
    given = wanted.temporary_password
    temporary = given.get_secret_value() if given else None
    account = NewAccount(wanted.email, wanted.role, wanted.name, temporary=temporary)

    def answered(user: User) -> Envelope[UserOut]:
        response.headers["Location"] = f"{router.prefix}/{user.user_id}"
        return _answer(user)

    return once(
        lambda stored: register(service.over(stored), account, now),
        answered,
        by=registrations.complete,
    )


@router.patch(
    "/{user_id}/role",
    summary="Give a user another role",
    dependencies=[Depends(Allowed("users.change-role"))],
    responses=problems(Conflict),
)
@asks(users.change_role, *KEEPING_AN_ADMIN, *FOLLOWING)
def change_user_role(
    user_id: UserKey, wanted: RoleChange, service: AccountServiceDep, now: NowDep
) -> Envelope[UserOut]:
    """A role in place of the one before, here and in the user pool; all sessions end.

    The last administrator keeps the role.
    """
    return _answer(accounts.change_role(service, user_id, wanted.role, now))


@router.post(
    "/{user_id}/disable",
    summary="Shut a user out",
    dependencies=[Depends(Allowed("users.disable"))],
    responses=problems(Conflict),
)
@asks(users.disable, *KEEPING_AN_ADMIN, *FOLLOWING)
def disable_user(user_id: UserKey, service: AccountServiceDep, now: NowDep) -> Envelope[UserOut]:
    """Nobody signs in with this account any more, and all sessions end; twice is once."""
    return _answer(accounts.disable(service, user_id, now))


@router.post(
    "/{user_id}/enable",
    summary="Let a user in again",
    dependencies=[Depends(Allowed("users.enable"))],
    responses=problems(Conflict),
)
@asks(users.enable, *FOLLOWING)
def enable_user(user_id: UserKey, service: AccountServiceDep, now: NowDep) -> Envelope[UserOut]:
    """The user may sign in again; sessions that ended stay so."""
    return _answer(accounts.enable(service, user_id, now))


@router.delete(
    "/{user_id}",
    status_code=204,
    summary="Let a user go",
    dependencies=[Depends(Allowed("users.delete"))],
    response_description="Neither pool nor table know the account.",
    responses=problems(Conflict),
)
@asks(users.by_id, users.begin_deletion, users.delete, *KEEPING_AN_ADMIN)
def delete_user(user_id: UserKey, service: AccountServiceDep, now: NowDep) -> Response:
    """Deletes an account, in the user pool too. Posts stay; the address is free again."""
    accounts.remove(service, user_id, now)
    return Response(status_code=204)


@beside.post(
    "/reconcile",
    summary="Bring the user pool into step",
    dependencies=[Depends(Allowed("users.reconcile"))],
)
@asks(
    users.pool_sync_pending,
    users.in_role,
    registrations.pending,
    registrations.resume,
    registrations.cancel,
    *FOLLOWING,
)
def reconcile_users(
    service: AccountServiceDep,
    now: NowDep,
    compare: Annotated[bool, Query(description="Look at every account of the pool.")] = False,
) -> Envelope[list[FindingOut]]:
    """Brings interrupted changes of accounts to an end, and says what it found."""
    found = list(registration.resume(service, now))
    if compare:
        found.extend(registration.compare(service))
    return Envelope(data=found)
