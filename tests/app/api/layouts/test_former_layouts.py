"""Whatever the app does, it does to items of former layouts."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from access_patterns import (
    audit,
    idempotency_records,
    jobs,
    media,
    posts,
    previews,
    registrations,
    users,
)
from app.core.settings import Settings
from app.services import registration
from model import (
    DailyView,
    DailyViewId,
    IdempotencyRecordId,
    JobId,
    MediaId,
    PostId,
    PreviewId,
    Role,
    UserId,
)
from singletable.errors import ConditionFailed, TransactionCancelled
from tests.app import expect
from tests.app.api.layouts.former import (
    DIGEST,
    DRAFT,
    JOB,
    LAYOUTS,
    MEDIA,
    POST,
    PREVIEW,
    open_former,
)
from tests.app.api.v1.stores import KINDS, open_store
from tests.app.harness import AppHarness, ByName

NOW = datetime(2026, 11, 29, tzinfo=UTC)
OLD_DAY = date(2026, 11, 20)
LATER = ("former_words", "plain_words")
TAGS = {"nine_entities": ["go", "x" * 60, ""], "former_words": ["go"], "plain_words": ["go"]}
STORED = ("nine_entities", "former_words")


@pytest.fixture(params=KINDS)
def kind(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def opened(settings: Settings, kind: str) -> Iterator[Any]:
    with ExitStack() as stack:

        def open_layout(layout: str) -> AppHarness:
            store = stack.enter_context(open_store(kind))
            options = {"authenticators": (ByName(),)}
            return stack.enter_context(open_former(settings, store, layout, options=options))

        yield open_layout


def user(harness: AppHarness, name: str) -> Any:
    found = harness.repository.fetch(users.by_email(f"{name}@example.com"))
    assert found is not None
    return found


@pytest.mark.parametrize("layout", LAYOUTS)
@pytest.mark.parametrize("verb", ["/disable", "/role", ""])
def test_accounts_are_demoted_disabled_and_deleted(opened: Any, layout: str, verb: str) -> None:
    """They were made before fields that the conditions of these changes are about."""
    harness = opened(layout)
    ada, path = user(harness, "ada"), harness.path(user(harness, "ada"), verb)
    match verb:
        case "/role":
            answer = harness.admin.patch(path, json={"role": Role.VIEWER})
            assert expect.success(answer)["role"] == Role.VIEWER
        case "":
            assert harness.admin.delete(path).status_code == 204
            assert harness.stored_user(ada) is None
        case _:
            assert expect.success(harness.admin.post(path))["isDisabled"] is True
            enabled = harness.admin.post(harness.path(ada, "/enable"))
            assert expect.success(enabled)["isDisabled"] is False


@pytest.mark.parametrize("layout", LAYOUTS)
def test_accounts_are_listed_and_sign_in(opened: Any, layout: str) -> None:
    """By role and by address; sessions from before are seen and ended."""
    harness = opened(layout)
    listed = expect.success(harness.admin.get("/v1/auth/users", params={"role": Role.ADMIN}))
    assert {each["email"] for each in listed["items"]} == {"root@example.com", "ada@example.com"}
    ada = user(harness, "ada")
    harness.sign_in("ada")
    sessions = harness.admin.get("/v1/sessions", params={"userId": ada.user_id})
    assert len(expect.success(sessions)["items"]) == 2
    assert harness.admin.delete("/v1/sessions", params={"userId": ada.user_id}).status_code < 300


def test_an_address_that_is_no_longer_taken_stays_an_account(opened: Any) -> None:
    """Letters beyond ASCII were allowed; the account is read and changed."""
    harness = opened("nine_entities")
    (odd,) = (
        each
        for each in harness.repository.iterate(users.in_role(Role.VIEWER))
        if each.email == "josé@exämple.com"
    )
    changed = harness.repository.write(users.record_login(odd.user_id, NOW))
    assert changed.last_login_at == NOW


@pytest.mark.parametrize("layout", LATER)
def test_an_account_that_leaves_is_read_as_one(opened: Any, layout: str) -> None:
    """What says so has another name in the code."""
    harness = opened(layout)
    leaving = UserId("6a1f0c52-0000-4000-8000-000000000005")
    stored = harness.repository.fetch(users.by_id(leaving))
    assert stored is not None
    assert stored.self_registered
    assert stored.deletion_pending
    assert stored.sync_pending_since == datetime(2026, 11, 20, 8, 30, 0, 123000, UTC)


def test_an_account_that_leaves_is_not_let_in_again(opened: Any) -> None:
    """Whoever tries makes it gone."""
    harness = opened("former_words")
    leaving = UserId("6a1f0c52-0000-4000-8000-000000000005")
    expect.failure(harness.admin.post(f"/v1/auth/users/{leaving}/enable"), 404, "not-found")
    assert harness.repository.fetch(users.by_id(leaving).consistent()) is None


def test_interrupted_changes_of_accounts_go_on(opened: Any) -> None:
    """The index says which, and which registrations were left."""
    harness = opened("former_words")
    pending = [each.email for each in harness.repository.iterate(users.pool_sync_pending())]
    assert pending == ["liv@example.com"]
    assert [each.email for each in harness.repository.iterate(registrations.pending())] == [
        "mia@example.com"
    ]
    assert all(
        each.is_mended for each in registration.resume(harness.service, NOW + timedelta(days=1))
    )
    assert list(harness.repository.iterate(users.pool_sync_pending())) == []
    assert list(harness.repository.iterate(registrations.pending())) == []


@pytest.mark.parametrize("layout", LAYOUTS)
def test_posts_are_read_changed_published_and_deleted(opened: Any, layout: str) -> None:
    """By every address that they have had; revisions come back."""
    harness = opened(layout)
    path = f"/v1/posts/{POST}"
    listed = expect.success(harness.anonymous.get("/v1/posts"))["items"]
    assert [each["postId"] for each in listed] == [POST]
    found = harness.anonymous.get("/v1/posts/by-slug/hallo", follow_redirects=True)
    assert expect.success(found)["slug"] == "hello"
    lock = {"If-Match": harness.editor.get(path).headers["etag"]}
    changed = harness.editor.patch(path, json={"title": "Changed"}, headers=lock)
    assert expect.success(changed)["title"] == "Changed"
    lock = {"If-Match": changed.headers["etag"]}
    changed = harness.editor.put(f"{path}/slug", json={"slug": "new"}, headers=lock)
    assert expect.success(changed)["slug"] == "new"
    lock = {"If-Match": changed.headers["etag"]}
    restored = expect.success(harness.editor.post(f"{path}/revisions/1/restore", headers=lock))
    assert restored["title"] == "Hallo"
    assert restored["tags"] == TAGS[layout]
    assert (restored["coverUrl"], restored["mediaIds"]) == (None, [])
    pictures = {"coverMediaId": MEDIA} if layout in LATER else {}
    lock = {"If-Match": harness.editor.get(path).headers["etag"]}
    shown = harness.editor.put(f"{path}/media", json=pictures, headers=lock)
    assert expect.success(shown)["coverMediaId"] == pictures.get("coverMediaId")
    assert harness.anonymous.get(f"{path}/views").status_code == 200
    for step in ("unpublish", "submit", "publish", "archive"):
        expect.success(harness.admin.post(f"{path}/{step}"))
    lock = {"If-Match": harness.admin.get(path).headers["etag"]}
    assert harness.admin.delete(path, headers=lock).status_code == 204
    assert harness.repository.fetch(posts.by_id(PostId(POST)).consistent()) is None


@pytest.mark.parametrize("layout", LAYOUTS)
def test_categories_are_renamed_moved_and_deleted(opened: Any, layout: str) -> None:
    """With the counts that they have."""
    harness = opened(layout)
    assert len(expect.success(harness.anonymous.get("/v1/categories"))) > 0
    path = "/v1/categories/old"
    lock = {"If-Match": harness.admin.get(path).headers["etag"]}
    changed = harness.admin.patch(path, json={"name": "Older", "slug": "older"}, headers=lock)
    assert expect.success(changed)["slug"] == "older"
    moved = harness.admin.post(
        f"{path}/move",
        json={"parentId": None, "position": 3},
        headers={"If-Match": changed.headers["etag"]},
    )
    assert expect.success(moved)["position"] == 3
    lock = {"If-Match": moved.headers["etag"]}
    assert harness.admin.delete(path, headers=lock).status_code == 204
    assert harness.admin.delete("/v1/categories/news", headers=lock).status_code in {409, 412}


@pytest.mark.parametrize("layout", LATER)
def test_files_previews_and_jobs_go_on(opened: Any, layout: str) -> None:
    """A file is deleted, a preview revoked, an export continued from where it was."""
    harness = opened(layout)
    ask = harness.repository
    ada = user(harness, "ada")
    assert [each.name for each in ask.iterate(media.by_owner(ada.user_id))] == ["photo.png"]
    ask.write(media.begin_deletion(MediaId(MEDIA)))
    ask.write(media.delete(MediaId(MEDIA)))
    assert ask.fetch(previews.by_id(PreviewId(PREVIEW)))
    ask.write(previews.revoke(PreviewId(PREVIEW)))
    (job,) = ask.iterate(jobs.newest())
    assert (job.position, job.work_object, job.done) == ("12", "jobs/1/lines", 1)
    held = ask.write(jobs.acquire(JobId(JOB), "l", NOW, NOW + timedelta(minutes=1)))
    assert (held.position, held.work_object) == ("12", "jobs/1/lines")
    kept = ask.write(jobs.checkpoint(JobId(JOB), "l", "40", "jobs/1/more", 2))
    assert (kept.position, kept.work_object) == ("40", "jobs/1/more")
    assert ask.fetch(jobs.by_id(JobId(JOB)).consistent()) == kept
    assert [each.code for each in ask.iterate(jobs.lines(JobId(JOB)))] == ["x"]


def test_what_indexes_find_is_found(opened: Any) -> None:
    """The audit log by day and by actor, previews by post."""
    harness = opened("former_words")
    ask, root = harness.repository, user(harness, "root")
    for asked in (audit.on_day(OLD_DAY), audit.by_actor(root.user_id), audit.by_item("post", POST)):
        assert [each.subject_id for each in ask.iterate(asked)] == [POST]
    assert len(list(ask.iterate(previews.by_post(PostId(DRAFT))))) == 1


def test_what_was_done_once_is_not_done_again(opened: Any) -> None:
    """A request with an answer, and a view of this day."""
    harness = opened("former_words")
    record = harness.repository.fetch(idempotency_records.by_id(IdempotencyRecordId(DIGEST)))
    assert record is not None
    assert record.response == b"sealed"
    with pytest.raises(ConditionFailed):
        harness.repository.write(idempotency_records.claim(record, NOW))
    view = DailyView(daily_view_id=DailyViewId(DIGEST), expires_at=NOW)
    with pytest.raises(TransactionCancelled):
        harness.repository.write(posts.count_view(view, PostId(POST), 0))
