"""Which writes leave an entry: all but those that are listed here, each with its reason."""

from __future__ import annotations

from collections.abc import Mapping

_FOLLOWS = "the user pool is told of a change that has its entry"
_REMAINS = "what is left of a post whose deletion has its entry"
_OF_THE_WORKER = "a step of a job, whose beginning has its entry"
_OF_A_LINE = "a line of an import: the job's report has who, what and when"
_OF_A_KEY = "what is known of a repeated request, not of an item"
_UNFINISHED = "an account in the making; the one that comes of it has its entry"

NOT_AUDITED: Mapping[str, str] = {
    "audit.record": "an entry itself",
    "outbox.add": "tells of a write that has its entry",
    "posts.count_view": "readers count, by the thousand; an entry would cost more than the view",
    "posts.delete_revision": _REMAINS,
    "posts.delete_view_count": _REMAINS,
    "previews.delete": _REMAINS,
    "media.mark_ready": "the second half of a completion, whose first has its entry",
    "media.delete": "the second half of a deletion, whose first has its entry",
    "jobs.defer": _OF_THE_WORKER,
    "jobs.acquire": _OF_THE_WORKER,
    "jobs.record_progress": _OF_THE_WORKER,
    "jobs.complete_line": _OF_THE_WORKER,
    "jobs.checkpoint": _OF_THE_WORKER,
    "jobs.release": _OF_THE_WORKER,
    "jobs.finish": _OF_THE_WORKER,
    "posts.import_post": _OF_A_LINE,
    "posts.reserve_slug": _OF_A_LINE,
    "posts.count_in_category": _OF_A_LINE,
    "idempotency_records.claim": _OF_A_KEY,
    "idempotency_records.complete": _OF_A_KEY,
    "idempotency_records.release": _OF_A_KEY,
    "registrations.begin": _UNFINISHED,
    "registrations.resume": _UNFINISHED,
    "registrations.cancel": _UNFINISHED,
    "sessions.start": "the session is its own record, with user and moment",
    "users.record_login": "the session that was started is the record",
    "users.mark_synced": _FOLLOWS,
    "users.delete": _FOLLOWS,
}
"""By the name of a write's pattern."""


def is_audited(pattern: str) -> bool:
    """Whether a write of this name leaves an entry; also for one that nobody declared."""
    return pattern not in NOT_AUDITED
