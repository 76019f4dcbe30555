"""What the audit log has of each operation once it was carried out: said once more, by hand."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypeAlias

from httpx2 import Response

from access_patterns import blog
from app.services.audit import is_audited
from model import AuditEntry, MediaStatus, Role
from scripts.docs.callers import declarations
from scripts.docs.matrix import Cell
from singletable import inspect
from tests.app.api.matrix.harness import MatrixHarness

Effects: TypeAlias = tuple[tuple[str, str], ...]

_POST, _USER = "/v1/posts/{post_id}", "/v1/auth/users/{user_id}"
_CATEGORY, _MEDIA = "/v1/categories/{category_id}", "/v1/media/{media_id}"
_ENDED: Effects = (("user", "users.end_sessions"),)
_STARTED: Effects = (("session", "sessions.start"),)

EFFECTS: dict[tuple[str, str], Effects] = {
    ("POST /v1/categories", "categories.create"): (("category", "categories.create"),),
    (f"PATCH {_CATEGORY}", "categories.change"): (("category", "categories.change"),),
    (f"POST {_CATEGORY}/move", "categories.move"): (("category", "categories.move"),),
    (f"POST {_CATEGORY}/merge", "categories.merge"): (("category", "categories.merge"),),
    (f"DELETE {_CATEGORY}", "categories.delete"): (("category", "categories.delete"),),
    ("POST /v1/posts", "posts.create"): (("post", "posts.create"),),
    (f"PUT {_POST}", "posts.edit"): (("post", "posts.edit"),),
    (f"PATCH {_POST}", "posts.edit"): (("post", "posts.edit"),),
    (f"DELETE {_POST}", "posts.delete"): (("post", "posts.delete"),),
    (f"PUT {_POST}/media", "posts.edit"): (("post", "posts.show_media"),),
    (f"PUT {_POST}/media", "media.show"): (("post", "posts.show_media"),),
    (f"PUT {_POST}/slug", "posts.rename"): (("post", "posts.change_slug"),),
    (f"POST {_POST}/submit", "posts.submit"): (("post", "posts.submit"),),
    (f"POST {_POST}/publish", "posts.publish"): (("post", "posts.publish"),),
    (f"PUT {_POST}/schedule", "posts.publish"): (("post", "posts.schedule"),),
    (f"DELETE {_POST}/schedule", "posts.publish"): (("post", "posts.unschedule"),),
    (f"POST {_POST}/unpublish", "posts.unpublish"): (("post", "posts.unpublish"),),
    (f"POST {_POST}/archive", "posts.archive"): (("post", "posts.archive"),),
    (f"POST {_POST}/revisions/{{number}}/restore", "posts.restore"): (("post", "posts.restore"),),
    (f"POST {_POST}/previews", "previews.create"): (("preview", "previews.issue"),),
    (f"DELETE {_POST}/previews/{{preview_id}}", "previews.revoke"): (
        ("preview", "previews.revoke"),
    ),
    ("POST /v1/media", "media.create"): (("media", "media.create"),),
    (f"POST {_MEDIA}/complete", "media.complete"): (("media", "media.confirm"),),
    (f"DELETE {_MEDIA}", "media.delete"): (("media", "media.begin_deletion"),),
    ("POST /v1/auth/signup", "auth.signup"): (("user", "registrations.complete"),),
    ("POST /v1/auth/login", "auth.login"): _STARTED,
    ("POST /v1/auth/password/challenge", "auth.challenge"): _STARTED,
    ("POST /v1/sessions", "sessions.open"): _STARTED,
    ("POST /v1/auth/logout", "auth.logout"): (("session", "sessions.revoke"),),
    ("POST /v1/auth/password/confirm", "auth.confirm"): _ENDED,
    ("POST /v1/auth/password/change", "auth.change-password"): _ENDED + _STARTED,
    ("PATCH /v1/profile", "users.change-profile"): (("user", "users.change_profile"),),
    ("POST /v1/auth/users", "users.create"): (("user", "registrations.complete"),),
    (f"DELETE {_USER}", "users.delete"): (("user", "users.begin_deletion"),),
    (f"PATCH {_USER}/role", "users.change-role"): (("user", "users.change_role"),),
    (f"POST {_USER}/disable", "users.disable"): (("user", "users.disable"),),
    (f"POST {_USER}/enable", "users.enable"): (("user", "users.enable"),),
    ("POST /v1/jobs/exports", "jobs.export"): (("job", "jobs.create"),),
    ("POST /v1/jobs/imports", "jobs.import"): (("job", "jobs.create"),),
    ("POST /v1/jobs/{job_id}/cancel", "jobs.cancel"): (("job", "jobs.cancel"),),
    ("POST /v1/jobs/{job_id}/start", "jobs.start"): (("job", "jobs.enqueue_import"),),
    ("DELETE /v1/sessions", "sessions.revoke"): _ENDED,
    ("DELETE /v1/sessions/{session_id}", "sessions.revoke"): (("session", "sessions.revoke"),),
}
"""By operation and action; what is not here leaves no entry."""

PATTERNS = inspect.patterns(blog)
AUDITED = {
    operation: {n for n in names if inspect.writes(PATTERNS[n].operation) and is_audited(n)}
    for operation, names in declarations().items()
}
"""What operations do whose attempts are derived: the writes that they declare."""

LOOKS_AT_NOBODY = {"auth.logout", "auth.confirm"}
"""They take no credentials, so nobody is known to have asked."""
SIGNS_IN = {"auth.login", "auth.challenge"}
"""Whoever has the account's secrets has asked; in the attempts it is a viewer's."""
SEVERAL = {"auth.logout", "auth.change-password"}
"""Of cookies and bearer token; all sessions end, and one begins."""


def entries(harness: MatrixHarness, answer: Response) -> list[AuditEntry]:
    """Those of the request that was answered."""
    asked = {
        "TableName": harness.base.store.table,
        "FilterExpression": "request_id = :id",
        "ExpressionAttributeValues": {":id": {"S": answer.headers["x-request-id"]}},
    }
    found = harness.base.store.transport("Scan", asked)["Items"]
    return [inspect.load_item(AuditEntry, item) for item in found]


def expected(operation: str, cell: Cell) -> Effects:
    """What was ready before is not completed again."""
    if cell.action == "media.complete" and cell.status is MediaStatus.READY:
        return ()
    return EFFECTS.get((operation, cell.action), ())


def check_noted(
    harness: MatrixHarness, operation: str, cell: Cell, answer: Response, *, is_derived: bool
) -> None:
    """Each effect once or more, with who asked for it and what they were allowed."""
    found: Sequence[AuditEntry] = entries(harness, answer)
    is_done = answer.status_code < 300
    effects = {(each.kind, each.pattern) for each in found}
    if is_derived and is_done:
        written = {pattern for _, pattern in effects}
        assert written == AUDITED[operation], f"{operation}: see its @asks(...)"
    else:
        wanted = set(expected(operation, cell) if is_done else ())
        assert effects == wanted, f"{operation}: say it in tests/app/api/matrix/noted.py"
    assert len(found) <= 1 or cell.action in SEVERAL
    for entry in found:
        assert entry.action == cell.action
        who = "viewer" if cell.action in SIGNS_IN else cell.who
        is_known = who != "anonymous" and cell.action not in LOOKS_AT_NOBODY
        assert entry.roles == ([Role[who.upper()]] if is_known else [])
        assert (entry.actor_id is not None) is is_known
