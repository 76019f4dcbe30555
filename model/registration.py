"""An account in the making: the user pool may know it already, the table does not yet."""

from __future__ import annotations

from pydantic import AwareDatetime, Field

from model.table import blog, gsi2, primary
from model.user import Email
from singletable import Entity


class Registration(Entity, table=blog):
    """Begun before the user pool is told, gone with the transaction that makes the user.

    One that is old was interrupted. As long as it exists, nobody else registers the address.
    """

    email: Email = Field(examples=["ada@example.com"])
    started_at: AwareDatetime

    key = primary.key("REGISTRATION#{email}", "REGISTRATION")
    by_age = gsi2.key("REGISTRATIONS", "{started_at}#{email}")
