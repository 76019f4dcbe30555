"""Making accounts, giving them roles, shutting them out, letting them go. For administrators."""

from __future__ import annotations

from typing import Annotated

from fastapi import Depends, Query, Response

from app.accounts import changing, reconciling
from app.accounts.registering import COMPLETED, NewAccount, register
from app.auth.guard import Allowed
from app.clock import Now
from app.http.documented import empty, problems
from app.http.envelope import Envelope, ok
from app.http.refusals import Conflict, NotFound, Taken
from app.idempotency.once import Once
from app.routers import write_router
from app.v1.accounts_desk import Accounts
from app.v1.users_schemas import FindingOut, RoleChange, UserIn, UserOut, shown
from model import User
from model.ids import UserKey

router = write_router("/v1/auth/users", "users")
beside = write_router("/v1/auth", "users")


@router.post(
    "",
    status_code=201,
    summary="A new user",
    dependencies=[Depends(Allowed("users.create"))],
    responses=problems(Taken, Conflict),
)
def add(
    wanted: UserIn, desk: Accounts, now: Now, once: Once, response: Response
) -> Envelope[UserOut]:
    """Creates an account in the user pool and here; an address is one user's only."""
    given = wanted.temporary_password
    temporary = given.get_secret_value() if given else None
    account = NewAccount(wanted.email, wanted.role, wanted.name, temporary=temporary)

    def answered(user: User) -> Envelope[UserOut]:
        response.headers["Location"] = f"{router.prefix}/{user.user_id}"
        return ok(shown(user))

    return once(lambda stored: register(desk.over(stored), account, now), answered, by=COMPLETED)


@router.patch(
    "/{user_id}/role",
    summary="Give a user another role",
    dependencies=[Depends(Allowed("users.change-role"))],
    responses=problems(NotFound, Conflict),
)
def change_role(
    user_id: UserKey, wanted: RoleChange, desk: Accounts, now: Now
) -> Envelope[UserOut]:
    """A role in place of the one before, here and in the user pool; all sessions end.

    The last administrator keeps the role.
    """
    return ok(shown(changing.change_role(desk, user_id, wanted.role, now)))


@router.post(
    "/{user_id}/disable",
    summary="Shut a user out",
    dependencies=[Depends(Allowed("users.disable"))],
    responses=problems(NotFound, Conflict),
)
def disable(user_id: UserKey, desk: Accounts, now: Now) -> Envelope[UserOut]:
    """Nobody signs in with this account any more, and all sessions end; twice is once."""
    return ok(shown(changing.disable(desk, user_id, now)))


@router.post(
    "/{user_id}/enable",
    summary="Let a user in again",
    dependencies=[Depends(Allowed("users.enable"))],
    responses=problems(NotFound, Conflict),
)
def enable(user_id: UserKey, desk: Accounts, now: Now) -> Envelope[UserOut]:
    """The user may sign in again; sessions that ended stay so."""
    return ok(shown(changing.enable(desk, user_id, now)))


@router.delete(
    "/{user_id}",
    status_code=204,
    summary="Let a user go",
    dependencies=[Depends(Allowed("users.delete"))],
    responses={**empty(204, "Neither pool nor table know the account."), **problems(NotFound)}
    | problems(Conflict),
)
def remove(user_id: UserKey, desk: Accounts, now: Now) -> Response:
    """Deletes an account, in the user pool too. Posts stay; the address is free again."""
    changing.remove(desk, user_id, now)
    return Response(status_code=204)


@beside.post(
    "/reconcile",
    summary="Bring the user pool into step",
    dependencies=[Depends(Allowed("users.reconcile"))],
)
def reconcile(
    desk: Accounts,
    now: Now,
    compare: Annotated[bool, Query(description="Look at every account of the pool.")] = False,
) -> Envelope[list[FindingOut]]:
    """Brings interrupted changes of accounts to an end, and says what it found."""
    found = list(reconciling.resume(desk, now))
    if compare:
        found.extend(reconciling.compare(desk))
    return ok([FindingOut.model_validate(each) for each in found])
