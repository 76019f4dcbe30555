"""Schemas of sessions."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

from pydantic import Field

from app.core.wire import In, Out
from model import Session, SessionId, User, UserId


class SessionIn(In):
    """The session of the bearer token that is sent with it."""

    user_agent: Annotated[str, Field(max_length=300, examples=["Firefox on Linux"])] = ""


class SessionOut(Out):
    session_id: SessionId = Field(examples=["6f1c2a54-8d2e-4b53-9a0e-0c5f3f3d7c11"])
    user_id: UserId = Field(examples=["ada"])
    user_agent: str = Field(examples=["Firefox on Linux"])
    opened_at: datetime = Field(examples=["2026-03-14T09:26:53Z"])
    expires_at: datetime = Field(examples=["2026-03-14T10:26:53Z"])
    revoked_at: datetime | None = Field(
        examples=["2026-03-14T09:30:00Z"], description="Null: it was not ended on its own."
    )
    is_open: bool = Field(
        examples=[False], description="False once it was ended, on its own or with all others."
    )


def shown(session: Session, user: User | None) -> SessionOut:
    """`user`: whose session it is; None where the account is gone."""
    is_open = (
        session.revoked_at is None
        and user is not None
        and session.generation == user.generation
        and not user.is_disabled
    )
    return SessionOut(**session.model_dump(exclude={"generation"}), is_open=is_open)
