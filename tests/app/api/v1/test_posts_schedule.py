"""Planned publications: planned, dropped, carried out by the worker when they are due."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone
from typing import Any
from unittest.mock import Mock

import pytest

from app import worker
from app.services import post_writing
from app.services.jobs import WorkerDependencies
from singletable.inspect import Context, Execute
from tests.app import expect
from tests.app.harness import AppHarness, path

SOON = datetime.now(UTC) + timedelta(hours=1)


def planned(harness: AppHarness, at: datetime = SOON, **fields: Any) -> dict[str, Any]:
    post = harness.steps(harness.draft(**fields), "submit")
    body = {"at": at.isoformat()}
    return dict(expect.success(harness.editor.put(f"{path(post)}/schedule", json=body)))


def test_a_post_is_published_when_it_is_due(any_harness: AppHarness) -> None:
    """Not before, and once; readers find it in every list."""
    post = planned(any_harness, title="planned", tags=["Go"])
    later = planned(any_harness, SOON + timedelta(days=1))
    assert post["status"] == "in-review"
    assert any_harness.stored(post)["publishAt"] == SOON.isoformat().replace("+00:00", "Z")
    ask = any_harness.repository
    assert post_writing.publish_due(ask, SOON - timedelta(seconds=1)) == 0
    assert post_writing.publish_due(ask, SOON + timedelta(seconds=1)) == 1
    assert post_writing.publish_due(ask, SOON + timedelta(seconds=1)) == 0
    stored = any_harness.stored(post)
    assert (stored["status"], stored["publishAt"]) == ("published", None)
    assert any_harness.stored(later)["status"] == "in-review"
    for query in ("", "?tag=go", "?category=news", "?author=ada", "?title=plan"):
        (listed,) = expect.success(any_harness.anonymous.get(f"/v1/posts{query}"))["items"]
        assert listed["title"] == "planned"


def test_the_worker_publishes_when_the_clock_calls(harness: AppHarness) -> None:
    """An event of EventBridge has no records, and is about no job."""
    post = planned(harness)
    shop = WorkerDependencies(
        repository=harness.repository,
        objects=Mock(),
        queue=Mock(),
        clock=lambda: SOON + timedelta(seconds=1),
        lease=timedelta(seconds=15),
        keep=timedelta(days=30),
        most_attempts=3,
    )
    event = {"source": "aws.events", "detail-type": "Scheduled Event", "detail": {}}
    assert worker.answer(event, shop, lambda: False) == {"published": 1}
    assert harness.stored(post)["status"] == "published"


def test_a_plan_is_changed_and_dropped(harness: AppHarness) -> None:
    """With If-Match, if it is sent; what is withdrawn from review has no plan any more."""
    post = planned(harness)
    other = {"at": (SOON + timedelta(hours=1)).isoformat()}
    stale = harness.editor.put(f"{path(post)}/schedule", json=other, headers={"If-Match": '"x"'})
    expect.failure(stale, 412, "precondition-failed")
    moved = harness.editor.put(f"{path(post)}/schedule", json=other, headers=harness.tag(post))
    assert expect.success(moved)["publishAt"] != post["publishAt"]
    seoul = (SOON + timedelta(hours=2)).astimezone(timezone(timedelta(hours=9)))
    told = harness.editor.put(f"{path(post)}/schedule", json={"at": seoul.isoformat()})
    assert expect.success(told)["publishAt"].endswith("Z")
    for _ in range(2):
        dropped = harness.editor.delete(f"{path(post)}/schedule")
        assert expect.success(dropped)["publishAt"] is None
    expect.success(harness.editor.put(f"{path(post)}/schedule", json=other))
    assert harness.steps(post, "unpublish")["publishAt"] is None
    assert post_writing.publish_due(harness.repository, SOON + timedelta(days=9)) == 0


def test_only_what_is_in_review_is_planned(harness: AppHarness) -> None:
    """409 for other states; 422 for a moment that has passed, or that names no zone."""
    body = {"at": SOON.isoformat()}
    for post in (harness.draft(), harness.published()):
        expect.failure(harness.editor.put(f"{path(post)}/schedule", json=body), 409, "conflict")
        expect.failure(harness.editor.delete(f"{path(post)}/schedule"), 409, "conflict")
    post = harness.steps(harness.draft(), "submit")
    for at in ("2020-01-01T00:00:00Z", "2099-01-01T00:00:00", "soon"):
        answer = harness.editor.put(f"{path(post)}/schedule", json={"at": at})
        error = expect.failure(answer, 422, "unprocessable")
        assert error["details"][0]["location"] == "body.at"


def test_what_changed_meanwhile_is_left(
    harness: AppHarness, caplog: pytest.LogCaptureFixture
) -> None:
    """A post that was withdrawn is not published; those after it are."""
    first, second = planned(harness), planned(harness, SOON + timedelta(seconds=1))
    due = SOON + timedelta(minutes=1)
    repository = harness.repository.with_middleware(
        lambda operation, context, execute: _withdrawing(
            harness, first, operation, context, execute
        )
    )
    assert post_writing.publish_due(repository, due) == 1
    assert harness.stored(first)["status"] == "draft"
    assert harness.stored(second)["status"] == "published"
    assert "is not published as planned" in caplog.text


def _withdrawing(
    harness: AppHarness, post: dict[str, Any], operation: Any, context: Context, execute: Execute
) -> Any:
    """The post is withdrawn between the reading of what is due and its publication."""
    if (
        operation.origin.pattern == "posts.publish"
        and harness.stored(post)["status"] == "in-review"
    ):
        harness.steps(post, "unpublish")
    return execute(operation, context)
