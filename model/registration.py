"""Registrations in progress: the user pool may have the account, the table has no user yet."""

from __future__ import annotations

from pydantic import AwareDatetime, Field

from model.table import blog, gsi2, primary
from model.user import Email
from singletable import Entity


class Registration(Entity, table=blog):
    """A registration in progress; while it exists, the e-mail address cannot be registered again.

    Created before the account in the user pool, deleted in the transaction that creates the user.
    An old one was interrupted.
    """

    email: Email = Field(examples=["ada@example.com"])
    started_at: AwareDatetime

    key = primary.key("REGISTRATION#{email}", "REGISTRATION")
    by_age = gsi2.key("REGISTRATIONS", "{started_at}#{email}")
