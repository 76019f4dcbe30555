"""Making accounts, giving them roles, shutting them out. For administrators."""

from __future__ import annotations

from fastapi import Response

from access_patterns import users
from app.auth.guard import require_admin
from app.clock import Now
from app.http.documented import problems
from app.http.envelope import Envelope, ok
from app.http.refusals import AlreadyExists, NotFound, Taken, VersionConflict
from app.routers import write_router
from app.v1.users_schemas import RoleChange, UserIn, UserOut, shown
from app.wiring import Stored
from model import User
from model.ids import UserKey

router = write_router("/v1/auth/users", "users", require_admin)


@router.post("", status_code=201, summary="A new user", responses=problems(AlreadyExists, Taken))
def add(wanted: UserIn, repository: Stored, now: Now, response: Response) -> Envelope[UserOut]:
    """Creates the account of someone whom the user pool knows; an address is one user's only."""
    user = repository.write(users.add(User(**dict(wanted), created_at=now)))
    response.headers["Location"] = f"{router.prefix}/{user.user_id}"
    return ok(shown(user))


@router.patch(
    "/{user_id}/role",
    summary="Give a user another role",
    responses=problems(NotFound, VersionConflict),
)
def change_role(user_id: UserKey, wanted: RoleChange, repository: Stored) -> Envelope[UserOut]:
    """Gives a user a role in place of the one before."""
    before = repository.fetch(users.by_id(user_id).consistent())
    if before is None:
        raise NotFound(what="the user")
    after = before.model_copy(update={"role": wanted.role})
    return ok(shown(repository.write(users.change_role(before, after))))


@router.post("/{user_id}/disable", summary="Shut a user out", responses=problems(NotFound))
def disable(user_id: UserKey, repository: Stored) -> Envelope[UserOut]:
    """No session can be opened for the user from now on; doing it twice changes nothing."""
    return ok(shown(repository.write(users.disable(user_id))))


@router.post("/{user_id}/enable", summary="Let a user in again", responses=problems(NotFound))
def enable(user_id: UserKey, repository: Stored) -> Envelope[UserOut]:
    """Sessions can be opened for the user again."""
    return ok(shown(repository.write(users.enable(user_id))))
