"""Questions about requests with an Idempotency-Key: whose turn it is, and what was answered."""

from __future__ import annotations

from datetime import datetime

from model import KeyedRequest, RequestId
from singletable import Condition, Delete, Get, Patch, Put, access_pattern, attr, put

HELD = "another request with this key is under way"
LOST = "another request with this key has taken over"


def _is_held_by(owner: str) -> Condition:
    return attr("owner").equals(owner) & attr("answer").is_absent()


@access_pattern
def by_identity(identity: RequestId) -> Get[KeyedRequest]:
    """A request by its caller, operation and key, under way or answered."""
    return KeyedRequest.key.get(identity=identity)


@access_pattern
def claim(request: KeyedRequest, now: datetime) -> Put[KeyedRequest]:
    """Takes a key for one attempt: a new or expired one, or one whose attempt was cut short.

    Repeated for want of an answer it takes what it has.
    """
    is_expired = attr("expires_at").at_most(now)
    is_cut_short = attr("locked_until").at_most(now) & attr("fingerprint").equals(
        request.fingerprint
    )
    is_mine = attr("owner").equals(request.owner)
    free = is_expired | (attr("answer").is_absent() & (is_cut_short | is_mine))
    return put(request).when(free).otherwise(HELD)


@access_pattern
def answered(identity: RequestId, owner: str, answer: bytes) -> Patch[KeyedRequest]:
    """Keeps the answer, if the attempt still holds the key and there is none yet."""
    kept = KeyedRequest.key.patch(identity=identity).set(answer=answer)
    return kept.when(_is_held_by(owner)).otherwise(LOST)


@access_pattern
def release(identity: RequestId, owner: str) -> Delete:
    """Gives the key up after an attempt that had no effect, if it still holds it."""
    return KeyedRequest.key.delete(identity=identity).when(_is_held_by(owner)).otherwise(LOST)
