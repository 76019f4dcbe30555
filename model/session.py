"""Sessions: signed-in browsers or devices."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

from pydantic import AwareDatetime, Field

from model.ids import SessionKey, UserKey
from model.table import blog, gsi2, primary
from singletable import TTL, Entity
from singletable.volumes import volume


@volume(items=50_000, size=400, keys={"by_user": {"values": 10_000, "skew": 0.001}})
class Session(Entity, table=blog):
    """A session of a user since a sign-in; its TTL deletes it after `expires_at`.

    `session_id` is the claim that all tokens of one sign-in share. `generation` is the user's at
    sign-in: the session is invalid once the user's is higher.
    """

    session_id: SessionKey
    user_id: UserKey
    generation: int = Field(default=0, examples=[2])
    user_agent: Annotated[str, Field(max_length=300)] = ""
    opened_at: AwareDatetime
    expires_at: Annotated[datetime, TTL]
    revoked_at: AwareDatetime | None = None

    key = primary.key("SESSION#{session_id}", "SESSION")
    by_user = gsi2.key("USER#{user_id}", "SESSION#{opened_at}#{session_id}")
