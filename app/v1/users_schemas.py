"""Users as they are written on the wire."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

from pydantic import Field

from app.http.wire import In, Out
from model import Email, Role, User, UserId
from model.ids import UserKey


class UserIn(In):
    """A new account."""

    user_id: UserKey = Field(examples=["ada"], description="The user pool's `sub`.")
    email: Email = Field(examples=["ada@example.com"], description="Kept in lower case.")
    name: Annotated[str, Field(max_length=100, examples=["Ada"])] = ""
    role: Role = Field(default=Role.VIEWER, examples=[Role.EDITOR.value])


class RoleChange(In):
    role: Role = Field(examples=[Role.EDITOR.value])


class UserOut(Out):
    user_id: UserId = Field(examples=["ada"])
    email: str = Field(examples=["ada@example.com"])
    name: str = Field(examples=["Ada"])
    role: Role = Field(examples=[Role.EDITOR.value])
    is_disabled: bool = Field(examples=[False])
    last_login_at: datetime | None = Field(examples=["2026-03-15T09:26:53Z"])
    created_at: datetime = Field(examples=["2026-03-14T09:26:53Z"])
    updated_at: datetime | None = Field(examples=["2026-03-15T09:26:53Z"])


def shown(user: User) -> UserOut:
    return UserOut.model_validate(user)
