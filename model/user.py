"""People with an account."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Annotated

from pydantic import AwareDatetime, Field

from model.ids import UserKey
from model.table import blog, gsi1, gsi2, gsi3, primary
from singletable import UPDATED, Entity, text, unique


class Role(StrEnum):
    """What a user may do; the names are shared with the front end and the user pool."""

    ADMIN = "fm-web:admin"
    EDITOR = "fm-web:editor"
    VIEWER = "fm-web:viewer"


# ASCII alone: beyond it, several letters are one in lower case, and two addresses would be one.
_EMAIL = r"^[!-\"$-?A-~]+@[0-9A-Za-z-]+(\.[0-9A-Za-z-]+)+$"
Email = Annotated[str, Field(pattern=_EMAIL), text(max_bytes=254, lower=True)]


class User(Entity, table=blog):
    """An account. `user_id` is the user pool's `sub`; e-mail addresses are kept in lower case.

    What stands here holds, and the user pool follows: since `pool_behind_since` it has not yet
    been told of a change. Sessions of a former `generation` are over, and no sign-in from before
    `sessions_ended_at` opens another. Nobody has vouched for the address of a self-made account.
    """

    user_id: UserKey
    email: Email = Field(examples=["ada@example.com"])
    name: Annotated[str, Field(max_length=100)] = Field(default="", examples=["Ada"])
    role: Role = Field(default=Role.VIEWER, examples=["fm-web:editor", "fm-web:admin"])
    is_self_made: bool = False
    is_disabled: bool = False
    is_leaving: bool = False
    generation: int = Field(default=0, examples=[2])
    sessions_ended_at: AwareDatetime | None = None
    pool_behind_since: AwareDatetime | None = None
    last_login_at: AwareDatetime | None = None
    created_at: AwareDatetime
    updated_at: Annotated[datetime | None, UPDATED] = None

    key = primary.key("USER#{user_id}", "USER")
    by_role = gsi1.key("ROLE#{role}", "{email}")
    by_lag = gsi2.key("POOL-BEHIND", "{pool_behind_since}#{user_id}")
    by_email = gsi3.key("EMAIL#{email}", "USER")
    unique_email = unique("email")
