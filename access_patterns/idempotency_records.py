"""Access patterns of idempotency records: the lock of a key, and the stored response."""

from __future__ import annotations

from datetime import datetime

from model import IdempotencyRecord, IdempotencyRecordId
from singletable import Delete, Get, Label, Patch, Put, access_pattern, attr, put
from singletable.inspect import Condition

IN_PROGRESS = Label("in-progress", "another request with this key is under way")
TAKEN_OVER = Label("taken-over", "another request with this key has taken over")


def _is_locked_by(owner: str) -> Condition:
    return attr("owner").equals(owner) & attr("response").is_absent()


@access_pattern
def by_id(record_id: IdempotencyRecordId) -> Get[IdempotencyRecord]:
    """An idempotency record by its id, with or without a response."""
    return IdempotencyRecord.key.get(record_id=record_id)


@access_pattern
def claim(record: IdempotencyRecord, now: datetime) -> Put[IdempotencyRecord]:
    """Claims an idempotency key for one attempt, if it is new, expired or its lock has run out.

    The lock of an attempt that was cut short passes only to the same request. A retry of the
    claim itself succeeds, because the owner is the same.
    """
    is_expired = attr("expires_at").at_most(now)
    is_same_request = attr("fingerprint").equals(record.fingerprint)
    is_cut_short = attr("locked_until").at_most(now) & is_same_request
    is_own = attr("owner").equals(record.owner)
    is_free = is_expired | (attr("response").is_absent() & (is_cut_short | is_own))
    return put(record).when(is_free).label(IN_PROGRESS)


@access_pattern
def complete(
    record_id: IdempotencyRecordId, owner: str, response: bytes
) -> Patch[IdempotencyRecord]:
    """Stores the response, if the attempt still holds the lock and no response is stored."""
    patch = IdempotencyRecord.key.patch(record_id=record_id).set(response=response)
    return patch.when(_is_locked_by(owner)).label(TAKEN_OVER)


@access_pattern
def release(record_id: IdempotencyRecordId, owner: str) -> Delete:
    """Releases the key after an attempt without effect, if the attempt still holds the lock."""
    delete = IdempotencyRecord.key.delete(record_id=record_id)
    return delete.when(_is_locked_by(owner)).label(TAKEN_OVER)
