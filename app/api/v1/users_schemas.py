"""Schemas of users."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

from pydantic import Field, SecretStr

from app.core.wire import In, Out, TypedName
from model import Email, Role, User, UserId


class UserIn(In):
    """A new account for someone else."""

    email: Email = Field(examples=["new@example.com"], description="Kept in lower case.")
    name: TypedName = Field(default="", examples=["Ada"])
    role: Role = Field(default=Role.VIEWER, examples=[Role.EDITOR.value])
    temporary_password: Annotated[SecretStr, Field(min_length=8, max_length=256)] | None = Field(
        default=None,
        examples=["Temporary-password-1"],
        description="To be changed at the first sign-in; without one the user pool makes it up.",
    )


class RoleChange(In):
    role: Role = Field(examples=[Role.EDITOR.value])


class UserOut(Out):
    user_id: UserId = Field(examples=["ada"], description="The user pool's `sub`.")
    email: str = Field(examples=["ada@example.com"])
    name: str = Field(examples=["Ada"])
    role: Role = Field(examples=[Role.EDITOR.value])
    self_registered: bool = Field(
        examples=[False],
        description="By its own sign-up: nobody has vouched for the address. Mind who gets a role.",
    )
    is_disabled: bool = Field(examples=[False])
    last_login_at: datetime | None = Field(examples=["2026-03-15T09:26:53Z"])
    created_at: datetime = Field(examples=["2026-03-14T09:26:53Z"])
    updated_at: datetime | None = Field(examples=["2026-03-15T09:26:53Z"])
    sync_pending_since: datetime | None = Field(
        examples=["2026-03-15T09:26:53Z"],
        description="Since when the user pool has not been told of a change; usually null.",
    )


class FindingOut(Out):
    """What was found of one account."""

    account: str = Field(examples=["ada"], description="`-`: one that is in the making.")
    says: str = Field(examples=["the pool was behind since 2026-03-15 09:26:53+00:00"])
    is_mended: bool = Field(examples=[True])


def shown(user: User) -> UserOut:
    return UserOut.model_validate(user)
