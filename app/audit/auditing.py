"""Stands before the repository of one request: what it writes is written with an entry, or not
at all. Knows who asks by `Asked` alone."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, TypeVar

from ulid import ULID

from access_patterns import audit
from app.audit.audited import is_audited
from app.audit.subject import subject_of
from app.auth.asked import Asked
from app.http.request_id import current_request_id
from model import AuditEntry, AuditId, UserId
from singletable import inspect
from singletable.inspect import Context, Execute, Operation, Write

R = TypeVar("R")


@dataclass(frozen=True)
class Auditing:
    """An intermediary. `lasting`: how long entries are kept; None: for ever."""

    asked: Asked
    lasting: timedelta | None = None

    def __call__(self, operation: Operation[R], context: Context, execute: Execute) -> R:
        pattern = inspect.pattern_name(operation) or ""
        if not inspect.is_write(operation) or not is_audited(pattern):
            return execute(operation, context)
        entry = self._entry(pattern, inspect.writes(operation)[0], context.now)
        return execute(operation.with_writes(audit.record(entry)), context)

    def _entry(self, pattern: str, write: Write[Any], now: datetime) -> AuditEntry:
        subject, caller = subject_of(write), self.asked.caller
        return AuditEntry(
            entry_id=AuditId(str(ULID.from_datetime(now))),
            kind=subject.kind,
            subject_id=subject.identity,
            action=self.asked.action,
            pattern=pattern,
            fields=list(subject.fields),
            actor_id=UserId(caller.subject) if caller else None,
            roles=sorted(caller.roles) if caller else [],
            request_id=current_request_id(),
            at=now,
            day=now.astimezone(UTC).date(),
            expires_at=(now + self.lasting).replace(microsecond=0) if self.lasting else None,
        )
