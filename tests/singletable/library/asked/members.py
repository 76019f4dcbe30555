"""Members: registering, renaming, leaving."""

from __future__ import annotations

from singletable import (
    Create,
    Delete,
    Query,
    Transaction,
    access_pattern,
    create,
    delete,
    transaction,
    update,
)
from singletable.inspect import Check
from tests.singletable.library.model.member import Member, MemberId


@access_pattern
def named(name: str) -> Query[Member]:
    """Members of this name."""
    return Member.by_name.query(name=name)


@access_pattern
def register(member: Member) -> Create[Member]:
    """Registers a member, whose e-mail must be nobody else's."""
    return create(member)


@access_pattern
def change(before: Member, after: Member) -> Transaction[Member]:
    """Changes a member's name or e-mail."""
    changed = update(before, after)
    return transaction(changed).returning(changed)


@access_pattern
def leave(member: Member) -> Delete:
    """Forgets a member."""
    return delete(member, must_exist=True)


@access_pattern
def is_known(member_id: MemberId) -> Check:
    """Fails unless there is such a member."""
    return Member.key.check(member_id=member_id)
