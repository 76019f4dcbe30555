"""Access patterns of the audit log. Entries are never updated, and deleted by their TTL only."""

from __future__ import annotations

from datetime import date

from model import AuditEntry, UserId
from singletable import Create, Query, access_pattern, create


@access_pattern
def record(entry: AuditEntry) -> Create[AuditEntry]:
    """Records an audit entry, in the transaction of the write that it describes."""
    return create(entry)


@access_pattern
def by_item(kind: str, subject_id: str) -> Query[AuditEntry]:
    """Audit entries of one item, newest first."""
    key = AuditEntry.key.query(kind=kind, subject_id=subject_id)
    return key.newest_first().excluding_expired()


@access_pattern
def by_actor(actor_id: UserId) -> Query[AuditEntry]:
    """Audit entries of one user's actions, newest first."""
    return AuditEntry.by_actor.query(actor_id=actor_id).newest_first().excluding_expired()


@access_pattern
def on_day(day: date) -> Query[AuditEntry]:
    """Audit entries of one day (UTC), newest first.

    The partition is sharded, since all writes of today go to it. One cursor pages through all
    shards.
    """
    return AuditEntry.by_day.query(day=day).newest_first().excluding_expired()
