"""Loans."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

from singletable import TTL, Entity
from tests.singletable.library.model.book import BookId
from tests.singletable.library.model.member import MemberId
from tests.singletable.library.model.table import gsi1, library


class Loan(Entity, table=library):
    """A book in a member's hands."""

    member_id: MemberId
    book_id: BookId
    due_at: datetime
    renewals: int = 0
    forgotten_at: Annotated[datetime, TTL]

    key = library.primary.key("MEMBER#{member_id}", "LOAN#{book_id}")
    by_book = gsi1.key("BOOK#{book_id}", "{due_at}#{member_id}")
