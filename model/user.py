"""People with an account."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Annotated

from pydantic import AwareDatetime, Field

from model.ids import UserKey
from model.table import blog, gsi1, gsi3, primary
from singletable import UPDATED, Entity, text, unique


class Role(StrEnum):
    """What a user may do; the names are shared with the front end and the user pool."""

    ADMIN = "fm-web:admin"
    EDITOR = "fm-web:editor"
    VIEWER = "fm-web:viewer"


Email = Annotated[
    str, Field(pattern=r"^[^@\s#]+@[^@\s#]+\.[^@\s#]+$"), text(max_bytes=254, lower=True)
]


class User(Entity, table=blog):
    """An account. `user_id` is the user pool's `sub`; e-mail addresses are kept in lower case."""

    user_id: UserKey
    email: Email = Field(examples=["ada@example.com"])
    name: Annotated[str, Field(max_length=100)] = Field(default="", examples=["Ada"])
    role: Role = Field(default=Role.VIEWER, examples=["fm-web:editor", "fm-web:admin"])
    is_disabled: bool = False
    last_login_at: AwareDatetime | None = None
    created_at: AwareDatetime
    updated_at: Annotated[datetime | None, UPDATED] = None

    key = primary.key("USER#{user_id}", "USER")
    by_role = gsi1.key("ROLE#{role}", "{email}")
    by_email = gsi3.key("EMAIL#{email}", "USER")
    unique_email = unique("email")
