"""Questions about who did what. Entries are added, never changed, never deleted but by time."""

from __future__ import annotations

from datetime import date

from model import AuditEntry, UserId
from singletable import Create, Query, access_pattern, create


@access_pattern
def note(entry: AuditEntry) -> Create[AuditEntry]:
    """Adds an entry, together with the write that it is about."""
    return create(entry)


@access_pattern
def of_item(kind: str, subject_id: str) -> Query[AuditEntry]:
    """Everything that was done to one item, newest first."""
    key = AuditEntry.key.query(kind=kind, subject_id=subject_id)
    return key.newest_first().unexpired()


@access_pattern
def by_actor(actor_id: UserId) -> Query[AuditEntry]:
    """Everything that one person did, newest first."""
    return AuditEntry.by_actor.query(actor_id=actor_id).newest_first().unexpired()


@access_pattern
def on_day(day: date) -> Query[AuditEntry]:
    """Everything that was done on one day (UTC), newest first.

    Spread over shards, since all that is written today goes there; one cursor goes over all.
    """
    return AuditEntry.by_day.query(day=day).newest_first().unexpired()
