"""The audit log: a middleware that writes an entry in the transaction of each audited write."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from typing import Any, TypeVar

from ulid import ULID

from access_patterns import audit
from app.core.context import current_context
from app.services.policy import Caller
from model import AuditEntry, AuditId, User, UserId
from singletable import inspect
from singletable.inspect import Context, Execute, Operation, Write

_REASONS: Mapping[str, Sequence[str]] = {
    "an entry itself": ["audit.record"],
    "tells of a write that has its entry": ["outbox.add"],
    "readers count, by the thousand; an entry would cost more than the view": ["posts.count_view"],
    "what is left of a post whose deletion has its entry": [
        "posts.delete_revision",
        "posts.delete_view_count",
        "previews.delete",
    ],
    "the second half of a completion, whose first has its entry": ["media.mark_ready"],
    "the second half of a deletion, whose first has its entry": ["media.delete"],
    "a step of a job, whose beginning has its entry": [
        "jobs.defer",
        "jobs.acquire",
        "jobs.renew",
        "jobs.record_progress",
        "jobs.complete_line",
        "jobs.checkpoint",
        "jobs.release",
        "jobs.finish",
    ],
    "a line of an import: the job's report has who, what and when": [
        "users.import_profile",
        "media.import_media",
        "posts.import_post",
        "posts.reserve_slug",
        "posts.count_in_category",
    ],
    "what the list of a tag shows of a post, written with the post, which has its entry": [
        "tags.list_post",
        "tags.list_import",
        "tags.unlist_post",
    ],
    "what is known of a repeated request, not of an item": [
        "idempotency_records.claim",
        "idempotency_records.complete",
        "idempotency_records.release",
    ],
    "an account in the making; the one that comes of it has its entry": [
        "registrations.begin",
        "registrations.resume",
        "registrations.cancel",
    ],
    "the session that was started has its entry": ["users.record_login"],
    "the user pool is told of a change that has its entry": ["users.mark_synced", "users.delete"],
}
NOT_AUDITED = {pattern: reason for reason, patterns in _REASONS.items() for pattern in patterns}
"""By the name of a write's pattern, why it leaves no entry."""
ENTRY = "audit.record"
"""Asked by no route: `AuditLog` attaches it."""


def is_audited(pattern: str) -> bool:
    """Whether a write of this name leaves an entry; also for one that nobody declared."""
    return pattern not in NOT_AUDITED


REFUSALS_SECONDS = 600
_WORD = re.compile(r"(?<!^)(?=[A-Z])")


@dataclass(frozen=True)
class Subject:
    """`kind` is the entity in lower case: `post`; `fields` are those that a change changes."""

    kind: str
    identity: str
    fields: tuple[str, ...]


def subject_of(write: Write[Any]) -> Subject:
    """The item that a write is about; of a transaction it is the first write's."""
    identity = [str(value) for value in inspect.identity(write).values()]
    kind = kind_of(inspect.entity_name(write))
    return Subject(kind, ".".join(identity), inspect.changed_fields(write))


def kind_of(entity: str) -> str:
    """`ViewCount` is a `view-count`."""
    return _WORD.sub("-", entity).lower()


@dataclass
class RequestActor:
    """`caller`: None for the anonymous, and where no credentials were looked at.

    `action`: the last that the policy allowed; the routes ask for their own last.
    """

    caller: Caller | None = None
    action: str = ""


R = TypeVar("R")


@dataclass(frozen=True)
class AuditLog:
    """A middleware. `lasting`: how long entries are kept; None: for ever."""

    asked: RequestActor
    lasting: timedelta | None = None

    def __call__(self, operation: Operation[R], context: Context, execute: Execute) -> R:
        pattern = inspect.pattern_name(operation) or ""
        if not inspect.is_write(operation) or not is_audited(pattern):
            return execute(operation, context)
        subject = subject_of(inspect.writes(operation)[0])
        identity, now = str(ULID.from_datetime(context.now)), context.now
        entry = self._entry(subject, pattern, identity, now, self.asked.caller)
        return execute(operation.with_writes(audit.record(entry)), context)

    def refused_sign_in(self, account: str, now: datetime) -> AuditEntry:
        """One for all that are refused to an account within ten minutes, from their beginning on:
        guessing must not fill the table. Nobody has shown who they are, so it has no actor."""
        began = now.timestamp() // REFUSALS_SECONDS * REFUSALS_SECONDS
        at = datetime.fromtimestamp(began, UTC)
        digest = sha256(account.encode()).digest()
        identity = str(ULID(ULID.from_datetime(at).bytes[:6] + digest[:10]))
        return self._entry(Subject(User.__name__.lower(), account, ()), "", identity, at, None)

    def _entry(
        self, subject: Subject, pattern: str, identity: str, at: datetime, actor: Caller | None
    ) -> AuditEntry:
        return AuditEntry(
            entry_id=AuditId(identity),
            kind=subject.kind,
            subject_id=subject.identity,
            action=self.asked.action,
            pattern=pattern,
            fields=list(subject.fields),
            actor_id=UserId(actor.subject) if actor else None,
            roles=sorted(actor.roles) if actor else [],
            request_id=current_context().request_id,
            at=at,
            day=at.astimezone(UTC).date(),
            expires_at=(at + self.lasting).replace(microsecond=0) if self.lasting else None,
        )
