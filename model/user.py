"""Users: accounts, their roles and their state."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Annotated

from pydantic import AwareDatetime, Field

from model.ids import UserKey
from model.table import blog, gsi1, gsi2, gsi3, primary
from singletable import UPDATED, Entity, unique
from singletable.formats import text
from singletable.volumes import volume


class Role(StrEnum):
    """A user's role; the front end and the user pool use the same names."""

    ADMIN = "fm-web:admin"
    EDITOR = "fm-web:editor"
    VIEWER = "fm-web:viewer"


# ASCII only: other letters may become equal in lower case, and two addresses would be one.
_EMAIL = r'^[!-"$-?A-~]+@[0-9A-Za-z\-]+(\.[0-9A-Za-z\-]+)+$'
Email = Annotated[str, Field(pattern=_EMAIL), text(max_bytes=254, lower=True)]
# Accounts from before that rule keep their addresses.
StoredEmail = Annotated[
    str, Field(pattern=r"^[^@\s#]+@[^@\s#]+\.[^@\s#]+$"), text(max_bytes=254, lower=True)
]
PROFILE_DOMAIN = "imported.invalid"
"""Of the addresses of imported profiles: their users have no account in the user pool."""
FORMER = {
    "self_registered": "is_self_made",
    "deletion_pending": "is_leaving",
    "sync_pending_since": "pool_behind_since",
}


@volume(items=10_000, size=600)
class User(Entity, table=blog, renamed=FORMER):
    """An account. `user_id` is the user pool's `sub`; e-mail addresses are kept in lower case.

    The item is authoritative, the user pool is synced to it: `sync_pending_since` is the time of
    a change that is not synced yet. Every change that ends sessions increments `generation`:
    sessions of an earlier generation are invalid, and a sign-in begun before `sessions_ended_at`
    opens none. The address of an account that is `self_registered` is not verified.
    """

    user_id: UserKey
    email: StoredEmail = Field(examples=["ada@example.com"])
    name: Annotated[str, Field(max_length=100)] = Field(default="", examples=["Ada"])
    about: Annotated[str, Field(max_length=500)] = Field(default="", examples=["Writes."])
    role: Role = Field(default=Role.VIEWER, examples=["fm-web:editor", "fm-web:admin"])
    self_registered: bool = Field(default=False, serialization_alias="is_self_made")
    is_disabled: bool = False
    deletion_pending: bool = Field(default=False, serialization_alias="is_leaving")
    generation: int = Field(default=0, examples=[2])
    sessions_ended_at: AwareDatetime | None = None
    sync_pending_since: AwareDatetime | None = Field(
        default=None, serialization_alias="pool_behind_since"
    )
    last_login_at: AwareDatetime | None = None
    created_at: AwareDatetime
    updated_at: Annotated[datetime | None, UPDATED] = None

    key = primary.key("USER#{user_id}", "USER")
    by_role = gsi1.key("ROLE#{role}", "{email}")
    by_sync_pending = gsi2.key("POOL-BEHIND", "{sync_pending_since}#{user_id}")
    by_email = gsi3.key("EMAIL#{email}", "USER")
    unique_email = unique("email")
