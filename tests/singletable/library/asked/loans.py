"""Loans: lending, returning, reminding."""

from __future__ import annotations

from datetime import datetime

from singletable import (
    Delete,
    Query,
    Transaction,
    access_pattern,
    attr,
    create,
    delete,
    transaction,
)
from tests.singletable.library.model.book import Book, BookId
from tests.singletable.library.model.loan import Loan
from tests.singletable.library.model.member import Member, MemberId


@access_pattern
def of_member(member_id: MemberId) -> Query[Loan]:
    """What a member has at home."""
    return Loan.key.query(member_id=member_id).excluding_expired().consistent()


@access_pattern
def overdue(book_id: BookId, now: datetime) -> Query[Loan]:
    """Loans of a book that are due."""
    return Loan.by_book.query(book_id=book_id).at_most(due_at=now)


@access_pattern
def lend(loan: Loan, book_id: BookId) -> Transaction[Loan]:
    """Lends a book, while copies are left, to a member."""
    lent = create(loan)
    counted = Book.key.patch(book_id=book_id).add(lent=1).when(attr("lent").less_than(9))
    known = Member.key.check(member_id=loan.member_id)
    return transaction(lent, counted, known).returning(lent)


@access_pattern
def give_back(loan: Loan) -> Delete:
    """Takes a book back."""
    return delete(loan)
