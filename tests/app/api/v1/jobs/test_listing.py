"""What the worker publishes is in every list: imports, and posts whose publication is due."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta

from app import worker
from tests.app import expect
from tests.app.api.v1.jobs.steps import PATIENT
from tests.app.harness import AppHarness, path

WAY = datetime.now(UTC) + timedelta(hours=1)


def test_imported_posts_are_listed_and_counted(harness: AppHarness) -> None:
    """By tag as well, with the time of their last change in the stage that they came from."""
    then = "2026-03-01T10:00:00.000000Z"
    line = {"title": "In", "categoryId": "news", "tags": ["Go"], "status": "published"}
    line |= {"publishedAt": then, "updatedAt": then}
    harness.queue_import(json.dumps(line).encode() + b"\n")
    assert harness.work() == []
    for query in ("", "?tag=go", "?category=news", "?title=in"):
        (post,) = expect.success(harness.anonymous.get(f"/v1/posts{query}"))["items"]
        assert (post["title"], post["updatedAt"]) == ("In", "2026-03-01T10:00:00Z")
    assert expect.success(harness.anonymous.get("/v1/tags"))["items"] == [
        {"name": "Go", "posts": 1}
    ]
    assert expect.success(harness.anonymous.get("/v1/categories/news"))["posts"] == 1


def test_the_clock_has_the_worker_publish_what_is_due(harness: AppHarness) -> None:
    """An event without records."""
    post = harness.steps(harness.draft(tags=["Go"]), "submit")
    expect.success(harness.admin.put(f"{path(post)}/schedule", json={"at": WAY.isoformat()}))
    event = {"source": "aws.events"}
    for late, published in ((timedelta(0), 0), (timedelta(hours=2), 1), (timedelta(hours=2), 0)):
        shop = harness.worker(clock=lambda late=late: datetime.now(UTC) + late)
        assert worker.answer(event, shop, PATIENT) == {"published": published}
    assert len(expect.success(harness.anonymous.get("/v1/posts?tag=go"))["items"]) == 1
