"""Schemas of authors."""

from __future__ import annotations

from pydantic import Field

from app.core.wire import In, Out, TypedAbout, TypedName
from model import UserId


class AuthorOut(Out):
    """What everyone may know of who has published something."""

    user_id: UserId = Field(examples=["ada"])
    name: str = Field(examples=["Ada"])
    about: str = Field(examples=["Writes about tables."])


class ProfileIn(In):
    """What readers are told of a user; what is left out stays."""

    name: TypedName | None = Field(default=None, examples=["Ada"])
    about: TypedAbout | None = Field(default=None, examples=["Writes about tables."])
