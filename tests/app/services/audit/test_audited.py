"""Which writes leave an entry: the declarations say it, and a short list with reasons."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from access_patterns import audit, blog
from app.services.audit import NOT_AUDITED, AuditLog, RequestActor, is_audited, kind_of, subject_of
from app.services.policy import Caller
from model import AuditEntry, PostId, PostStatus, Revision, Role, UserId
from singletable import Delete, Patch, inspect
from singletable.entity import schema_of
from singletable.inspect import Context
from singletable.inspect import writes as writes_of
from singletable.tracing import Symbol
from tests.app.services.events.made import NOW, a_post

PATTERNS = inspect.patterns(blog)
WRITES = sorted(name for name, each in PATTERNS.items() if writes_of(each.operation))


def test_every_exception_is_a_write_and_has_a_reason() -> None:
    """No write is excepted that nobody declares any more, and none without a word."""
    assert set(NOT_AUDITED) <= set(WRITES)
    assert all(reason.strip() for reason in NOT_AUDITED.values())


@pytest.mark.parametrize("name", [each for each in WRITES if is_audited(each)])
def test_an_audited_write_says_what_it_is_about(name: str) -> None:
    """One item, by one field that identifies it: lists by item find it."""
    first = writes_of(PATTERNS[name].operation)[0]
    assert len(first.schema.primary.fields) == 1
    schema_of(AuditEntry).attribute("kind").validate(kind_of(first.schema.name))


def test_no_pattern_changes_or_deletes_an_entry() -> None:
    """Entries are created, and created alone."""
    touching = {
        name
        for name in WRITES
        for write in writes_of(PATTERNS[name].operation)
        if write.schema.model is AuditEntry
    }
    assert touching == {"audit.record"}
    assert type(PATTERNS["audit.record"].operation).__name__ == "Create"


def test_what_nobody_declared_is_audited() -> None:
    """Who adds a write need not think of it; who wants none has to say why."""
    assert is_audited("things.made-tomorrow")


def test_a_subject_names_fields_and_tells_no_value() -> None:
    """Of updates what differs, of patches what they touch; of new items and deletions none."""
    before = a_post(PostStatus.DRAFT)
    after = before.model_copy(update={"title": "Secret", "body": "Secret words."})
    edit = PATTERNS["posts.edit"].function
    (write, *_) = writes_of(edit(before, after, Revision.from_post(before, UserId("ada"), NOW)))
    subject = subject_of(write)
    assert subject.fields == ("title", "body")
    assert (subject.kind, subject.identity) == ("post", before.post_id)
    assert "Secret" not in repr(subject)
    by_name = {name: writes_of(PATTERNS[name].operation)[0] for name in WRITES}
    assert subject_of(_named(by_name["users.change_role"])).fields == (
        "role",
        "sync_pending_since",
        "sessions_ended_at",
        "generation",
    )
    assert subject_of(_named(by_name["previews.revoke"])).fields == ()
    assert kind_of("ViewCount") == "view-count"


def _named(write: Any) -> Any:
    """The traced write, of an item that has an identity."""
    assert isinstance(write, (Patch, Delete))
    assert all(isinstance(each, Symbol) for each in write.identity.values())
    return replace(write, identity=dict.fromkeys(write.identity, "one"))


def entry_of(
    asked: RequestActor, operation: Any, lasting: timedelta | None = None
) -> AuditEntry | None:
    """What would be written with an operation."""
    seen = list[Any]()

    def execute(given: Any, _: Context) -> Any:
        seen.append(given)

    AuditLog(asked, lasting)(operation, Context(None, NOW), execute)
    (carried,) = seen
    entries = [
        write.entity
        for write in writes_of(carried)
        if write.schema.model is AuditEntry  # an operation without entry is carried as it is
    ]
    return entries[0] if entries else None


def test_an_entry_says_who_what_and_when() -> None:
    """The roles of then; what was allowed, and what came of it; when it is forgotten."""
    asked = RequestActor(Caller("ada", frozenset({Role.ADMIN, Role.EDITOR})), "posts.archive")
    archive = PATTERNS["posts.archive"].function(a_post(), NOW)
    entry = entry_of(asked, archive, timedelta(days=400))
    assert entry is not None
    assert (entry.actor_id, entry.roles) == ("ada", [Role.ADMIN, Role.EDITOR])
    assert (entry.action, entry.pattern) == ("posts.archive", "posts.archive")
    assert (entry.kind, entry.subject_id) == ("post", PostId("01JD9GZ2J0V5X7Q3M8K4T6B1RA"))
    assert entry.fields == ["status", "status_since"]
    assert (entry.at, entry.day) == (NOW, NOW.date())
    assert entry.expires_at == NOW.replace(microsecond=0) + timedelta(days=400)
    lasting = entry_of(asked, archive)
    assert lasting is not None
    assert lasting.expires_at is None


def test_a_strangers_entry_has_no_actor() -> None:
    """Neither an identity nor roles, and not the empty text, which an index would refuse."""
    entry = entry_of(RequestActor(), PATTERNS["posts.archive"].function(a_post(), NOW))
    assert entry is not None
    assert (entry.actor_id, entry.roles) == (None, [])


def test_reads_and_exceptions_pass_as_they_are() -> None:
    """Nothing is added to them; a single write stays one."""
    for operation in (
        audit.on_day(NOW.date()),
        PATTERNS["posts.delete_view_count"].function("01JD9GZ2J0V5X7Q3M8K4T6B1RA", 1),
    ):
        assert entry_of(RequestActor(), operation) is None
