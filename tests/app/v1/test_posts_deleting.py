"""The end of a post: nothing of it stays, whatever interrupts its deletion."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import pytest
from fastapi.testclient import TestClient

from singletable.transport import TransportError
from tests.app import expect
from tests.app.harness import AppHarness, path
from tests.app.v1.stores import Store


def well_used(site: AppHarness) -> dict[str, Any]:
    """A post with former slugs, revisions and views."""
    post = site.published(slug="first")
    for title in ("second", "third"):
        site.ada.patch(path(post), json={"title": title}, headers=site.tag(post))
        site.ada.put(f"{path(post)}/slug", json={"slug": title})
    for number in range(12):
        site.speaking(f"reader{number}").post(f"{path(post)}/views")
    return site.stored(post)


STAYING = {"AuditEntry", "OutboxEvent"}


def left(store: Store, post: dict[str, Any]) -> int:
    """How many items hold the post's identity, but for what is noted and told of it."""
    items = store.transport("Scan", {"TableName": store.table, "ConsistentRead": True})["Items"]
    own = [item for item in items if item["entity"]["S"] not in STAYING]
    return sum(post["postId"] in str(item) for item in own)


def test_a_deleted_post_leaves_nothing(any_site: AppHarness) -> None:
    """No slug, no revision, no view, no place in the category's count; again: 404."""
    post, other = well_used(any_site), any_site.draft()
    assert left(any_site.store, post) > 6
    answer = any_site.admin.delete(path(post), headers=any_site.tag(post))
    assert (answer.status_code, answer.content) == (204, b"")
    assert left(any_site.store, post) == 0
    assert any_site.count_in("news") == 1
    assert any_site.stored(other) == other
    expect.failure(any_site.editor.get(path(post)), 404, "not-found")
    expect.failure(any_site.editor.get("/v1/posts/by-slug/first"), 404, "not-found")
    expect.failure(any_site.admin.delete(path(post)), 404, "not-found")


def test_a_deletion_may_be_conditional(site: AppHarness) -> None:
    """412 with another state's tag, and nothing is gone."""
    post = site.draft()
    answer = site.ada.delete(path(post), headers={"If-Match": '"another"'})
    expect.failure(answer, 412, "precondition-failed")
    assert site.stored(post) == post


@pytest.mark.parametrize("unknown", ["01JD9GZ2J0V5X7Q3M8K4T6B1RA", "nothing", "A%23B"])
def test_what_never_was_cannot_be_deleted(site: AppHarness, unknown: str) -> None:
    """404, malformed or not."""
    expect.failure(site.ada.delete(f"/v1/posts/{unknown}"), 404, "not-found")


def failing_after(writes: int, site: AppHarness) -> TestClient:
    """Speaks to an app whose way to the store breaks after some writes."""
    left_over = iter(range(writes))

    def send(operation: str, parameters: Mapping[str, Any]) -> Mapping[str, Any]:
        if operation not in ("GetItem", "Query") and next(left_over, None) is None:
            raise TransportError("Unreachable", "the test cut the line")
        return site.store.transport(operation, parameters)

    return site.through(replace(site.store, transport=send)).admin


@pytest.mark.parametrize("writes", range(5))
def test_an_interrupted_deletion_is_finished_by_another(site: AppHarness, writes: int) -> None:
    """Before the transaction all is there; after it the post is gone, and the rest is purged."""
    post = well_used(site)
    cut = failing_after(writes, site).delete(path(post))
    expect.failure(cut, 503, "unavailable")
    if writes == 0:
        assert site.stored(post) == post
    else:
        expect.failure(site.editor.get(path(post)), 404, "not-found")
        assert site.count_in("news") == 0
        assert left(site.store, post) > 0
    assert site.admin.delete(path(post)).status_code == 204
    assert left(site.store, post) == 0
    expect.failure(site.ada.delete(path(post)), 404, "not-found")
