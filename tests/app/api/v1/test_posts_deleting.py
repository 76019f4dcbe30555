"""The end of a post: nothing of it stays, whatever interrupts its deletion."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import pytest
from fastapi.testclient import TestClient

from singletable.transport import TransportError
from tests.app import expect
from tests.app.api.v1.stores import Store
from tests.app.harness import AppHarness, path


def well_used(harness: AppHarness) -> dict[str, Any]:
    """A post with former slugs, revisions and views."""
    post = harness.published(slug="first")
    for title in ("second", "third"):
        harness.ada.patch(path(post), json={"title": title}, headers=harness.tag(post))
        harness.ada.put(f"{path(post)}/slug", json={"slug": title})
    for number in range(12):
        harness.client_as(f"reader{number}").post(f"{path(post)}/views")
    return harness.stored(post)


STAYING = {"AuditEntry", "OutboxEvent"}


def left(store: Store, post: dict[str, Any]) -> int:
    """How many items hold the post's identity, but for what is noted and told of it."""
    items = store.transport("Scan", {"TableName": store.table, "ConsistentRead": True})["Items"]
    own = [item for item in items if item["entity"]["S"] not in STAYING]
    return sum(post["postId"] in str(item) for item in own)


def test_a_deleted_post_leaves_nothing(any_harness: AppHarness) -> None:
    """No slug, no revision, no view, no place in the category's count; again: 404."""
    post, other = well_used(any_harness), any_harness.draft()
    assert left(any_harness.store, post) > 6
    answer = any_harness.admin.delete(path(post), headers=any_harness.tag(post))
    assert (answer.status_code, answer.content) == (204, b"")
    assert left(any_harness.store, post) == 0
    assert any_harness.count_in("news") == 1
    assert any_harness.stored(other) == other
    expect.failure(any_harness.editor.get(path(post)), 404, "not-found")
    expect.failure(any_harness.editor.get("/v1/posts/by-slug/first"), 404, "not-found")
    expect.failure(any_harness.admin.delete(path(post)), 404, "not-found")


def test_a_deletion_may_be_conditional(harness: AppHarness) -> None:
    """412 with another state's tag, and nothing is gone."""
    post = harness.draft()
    answer = harness.ada.delete(path(post), headers={"If-Match": '"another"'})
    expect.failure(answer, 412, "precondition-failed")
    assert harness.stored(post) == post


@pytest.mark.parametrize("unknown", ["01JD9GZ2J0V5X7Q3M8K4T6B1RA", "nothing", "A%23B"])
def test_what_never_was_cannot_be_deleted(harness: AppHarness, unknown: str) -> None:
    """404, malformed or not."""
    expect.failure(harness.ada.delete(f"/v1/posts/{unknown}"), 404, "not-found")


def failing_after(writes: int, harness: AppHarness) -> TestClient:
    """Speaks to an app whose way to the store breaks after some writes."""
    left_over = iter(range(writes))

    def send(operation: str, parameters: Mapping[str, Any]) -> Mapping[str, Any]:
        if operation not in ("GetItem", "Query") and next(left_over, None) is None:
            raise TransportError("Unreachable", "the test cut the line")
        return harness.store.transport(operation, parameters)

    return harness.with_store(replace(harness.store, transport=send)).admin


@pytest.mark.parametrize("writes", range(5))
def test_an_interrupted_deletion_is_finished_by_another(harness: AppHarness, writes: int) -> None:
    """Before the transaction all is there; after it the post is gone, and the rest is purged."""
    post = well_used(harness)
    cut = failing_after(writes, harness).delete(path(post))
    expect.failure(cut, 503, "unavailable")
    if writes == 0:
        assert harness.stored(post) == post
    else:
        expect.failure(harness.editor.get(path(post)), 404, "not-found")
        assert harness.count_in("news") == 0
        assert left(harness.store, post) > 0
    assert harness.admin.delete(path(post)).status_code == 204
    assert left(harness.store, post) == 0
    expect.failure(harness.ada.delete(path(post)), 404, "not-found")
