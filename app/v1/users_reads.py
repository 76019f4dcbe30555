"""Reading accounts. For administrators, as all of accounts."""

from __future__ import annotations

from typing import Annotated

from fastapi import Depends, Query

from access_patterns import users
from app.auth.guard import Allowed
from app.http.documented import problems
from app.http.envelope import Envelope, ok
from app.http.pagination import PageOut, Paging
from app.http.refusals import InvalidCursor, NotFound
from app.http.validation import invalid
from app.routers import private_read_router
from app.v1.users_schemas import UserOut, shown
from app.wiring import Stored
from model import Email, Role
from model.ids import UserKey

router = private_read_router("/v1/auth/users", "users")

InRole = Annotated[
    Role | None, Query(description="Everyone in one role.", examples=[Role.EDITOR.value])
]
WithEmail = Annotated[
    Email | None, Query(description="The one with this address.", examples=["ada@example.com"])
]


@router.get(
    "",
    summary="Users in a role, or with an address",
    dependencies=[Depends(Allowed("users.list"))],
    responses=problems(InvalidCursor),
)
def find(
    repository: Stored, paging: Paging, role: InRole = None, email: WithEmail = None
) -> Envelope[PageOut[UserOut]]:
    """Exactly one of `role` and `email` has to be given.

    Users in a role come by e-mail address; an address is one user's at most.
    """
    match role, email:
        case Role(), None:
            page = repository.fetch(users.in_role(role).page(paging.limit, paging.cursor))
            return ok(PageOut(items=[shown(user) for user in page], next_cursor=page.cursor))
        case None, str():
            user = repository.fetch(users.by_email(email))
            return ok(PageOut(items=[shown(user)] if user else [], next_cursor=None))
        case _:
            raise invalid("query", "one-of", "give either `role` or `email`")


@router.get(
    "/{user_id}",
    summary="A user",
    dependencies=[Depends(Allowed("users.read"))],
    responses=problems(NotFound),
)
def by_id(user_id: UserKey, repository: Stored) -> Envelope[UserOut]:
    """An account by its identity in the user pool."""
    user = repository.fetch(users.by_id(user_id))
    if user is None:
        raise NotFound(what="the user")
    return ok(shown(user))
