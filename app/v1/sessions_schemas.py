"""Sessions as they are written on the wire."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

from pydantic import Field

from app.http.wire import In, Out
from model import Session, SessionId, UserId
from model.ids import UserKey

SHORTEST_SECONDS = 60
LONGEST_SECONDS = 30 * 24 * 60 * 60


class SessionIn(In):
    """A session to be opened."""

    user_id: UserKey = Field(examples=["ada"])
    ttl_seconds: int = Field(
        ge=SHORTEST_SECONDS, le=LONGEST_SECONDS, examples=[3600], description="How long it lasts."
    )
    user_agent: Annotated[str, Field(max_length=300, examples=["Firefox on Linux"])] = ""


class SessionOut(Out):
    session_id: SessionId = Field(examples=["session-1"])
    user_id: UserId = Field(examples=["ada"])
    user_agent: str = Field(examples=["Firefox on Linux"])
    opened_at: datetime = Field(examples=["2026-03-14T09:26:53Z"])
    expires_at: datetime = Field(examples=["2026-03-14T10:26:53Z"])
    revoked_at: datetime | None = Field(
        examples=["2026-03-14T09:30:00Z"], description="Null: it was not ended before its time."
    )


class RevokedOut(Out):
    """How many sessions were ended; more remain while there is a cursor."""

    revoked: int = Field(examples=[3])
    next_cursor: str | None = Field(description="Ask again with it until it is null.")


def shown(session: Session) -> SessionOut:
    return SessionOut.model_validate(session)
