"""Members."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, NewType

from pydantic import Field

from singletable import CREATED, UPDATED, VERSION, Entity, unique
from singletable.formats import text, ulid
from tests.singletable.library.model.table import gsi1, library

MemberId = NewType("MemberId", str)


class Member(Entity, table=library):
    """Someone who may borrow."""

    member_id: Annotated[MemberId, ulid()]
    email: Annotated[str, text(lower=True)] = Field(examples=["ada@lib.test", "eve@lib.test"])
    name: str = Field(examples=["Ada", "Eve"])
    version: Annotated[int, VERSION] = 1
    joined_at: Annotated[datetime | None, CREATED] = None
    changed_at: Annotated[datetime | None, UPDATED] = None

    key = library.primary.key("MEMBER#{member_id}", "MEMBER")
    by_name = gsi1.key("NAME", "{name}#{member_id}")
    one_email = unique("email")
