"""Who makes, sees and revokes previews, and what becomes of them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import pytest

from singletable.transport import TransportError
from tests.app import expect
from tests.app.api.v1.previews.steps import one, previews
from tests.app.api.v1.races import READS
from tests.app.harness import AppHarness, path


def test_a_preview_is_told_once(harness: AppHarness) -> None:
    """Its making tells the token and where it is; lists and later answers do not."""
    draft = harness.draft()
    answer = harness.ada.post(previews(draft), json={})
    issued = expect.success(answer, 201)
    assert answer.headers["location"] == one(issued)
    assert answer.headers["cache-control"] == "no-store"
    token = issued.pop("token")
    listed = harness.ada.get(previews(draft))
    assert expect.success(listed)["items"] == [issued]
    assert token not in listed.text
    assert issued["createdBy"] == "ada"


def test_previews_come_newest_first_in_pages(harness: AppHarness) -> None:
    """Of one post, those that are good now, each once, to the last page."""
    draft, other = harness.draft(), harness.draft()
    harness.issue_preview(draft, seconds=1)
    harness.issue_preview(other)
    made = []
    for _ in range(3):
        harness.store.clock.tick()
        made.append(harness.issue_preview(draft)["previewId"])
    first = expect.success(harness.ada.get(f"{previews(draft)}?limit=2"))
    query = f"?limit=2&cursor={first['nextCursor']}"
    last = expect.success(harness.ada.get(previews(draft) + query))
    seen = [each["previewId"] for each in [*first["items"], *last["items"]]]
    assert seen == list(reversed(made))
    assert last["nextCursor"] is None
    elsewhere = harness.ada.get(previews(other) + query)
    expect.failure(elsewhere, 400, "invalid-cursor")


def calls(post: dict[str, Any], preview: dict[str, Any]) -> list[tuple[str, str, Any]]:
    return [
        ("POST", previews(post), {}),
        ("GET", previews(post), None),
        ("DELETE", one(preview), None),
    ]


def test_who_reads_the_history_makes_sees_and_revokes(harness: AppHarness) -> None:
    """The owner, even as a viewer, editors and administrators."""
    draft = harness.draft()
    people = (harness.client_as("ada", "viewer"), harness.editor, harness.admin)
    for who in people:
        for method, where, body in calls(draft, harness.issue_preview(draft)):
            assert who.request(method, where, json=body).status_code in {200, 201, 204}


def test_nobody_else_does(harness: AppHarness) -> None:
    """For viewers a draft does not exist, and of what is published they may not; strangers first
    have to say who they are.
    """
    draft, public = harness.draft(), harness.published()
    for post, status, code in ((draft, 404, "not-found"), (public, 403, "forbidden")):
        for method, where, body in calls(post, harness.issue_preview(post)):
            viewer = harness.client_as("vic").request(method, where, json=body)
            expect.failure(viewer, status, code)
            stranger = harness.anonymous.request(method, where, json=body)
            expect.failure(stranger, 401, "credentials-missing")
    assert len(harness.preview_items()) == 2


@pytest.mark.parametrize("seconds", [0, -1, 7 * 24 * 3600 + 1, 10**19, 1.5, "soon", True])
def test_odd_lifetimes_are_refused(harness: AppHarness, seconds: Any) -> None:
    """422 with the field; no preview is made."""
    answer = harness.ada.post(previews(harness.draft()), json={"seconds": seconds})
    [detail] = expect.failure(answer, 422, "unprocessable")["details"]
    assert detail["location"] == "body.seconds"
    assert harness.preview_items() == []


def test_the_longest_is_a_setting(harness: AppHarness) -> None:
    """And may be asked for."""
    draft = harness.draft()
    harness = harness.with_settings(preview_max_seconds=60)
    expect.success(harness.ada.post(previews(draft), json={"seconds": 60}), 201)
    answer = harness.ada.post(previews(draft), json={"seconds": 61})
    [detail] = expect.failure(answer, 422, "unprocessable")["details"]
    assert (detail["code"], detail["params"]) == ("too-large", {"max": 60})
    assert "60 s" in detail["message"]


def test_a_body_is_not_needed(harness: AppHarness) -> None:
    """Then it lasts as long as the stage says."""
    expect.success(harness.ada.post(previews(harness.draft())), 201)


@pytest.mark.parametrize("field", ["token", "postId", "expiresAt"])
def test_the_client_chooses_nothing_else(harness: AppHarness, field: str) -> None:
    """Neither token nor post."""
    answer = harness.ada.post(previews(harness.draft()), json={field: "x"})
    expect.failure(answer, 422, "unprocessable")


def test_what_is_revoked_is_over_at_once(any_harness: AppHarness) -> None:
    """204, then 404; others of the post stay good."""
    draft = any_harness.draft()
    ended, kept = any_harness.issue_preview(draft), any_harness.issue_preview(draft)
    answer = any_harness.editor.delete(one(ended))
    assert (answer.status_code, answer.content) == (204, b"")
    expect.failure(any_harness.open_preview(ended["token"]), 404, "not-found")
    expect.failure(any_harness.ada.delete(one(ended)), 404, "not-found")
    assert any_harness.open_preview(kept["token"]).status_code == 200


def test_a_preview_is_revoked_by_way_of_its_post(harness: AppHarness) -> None:
    """By way of another, even an own one, it does not exist; nor does a malformed one."""
    draft = harness.draft()
    foreign = harness.draft(by="eve")
    issued = expect.success(harness.editor.post(previews(foreign), json={}), 201)
    answer = harness.ada.delete(f"{previews(draft)}/{issued['previewId']}")
    expect.failure(answer, 404, "not-found")
    assert harness.open_preview(issued["token"]).status_code == 200
    malformed = harness.ada.delete(f"{previews(draft)}/A%23B")
    expect.failure(malformed, 404, "not-found")


def test_a_deleted_post_takes_its_previews_along(any_harness: AppHarness) -> None:
    """Expired ones too; those of another post stay."""
    draft, other = any_harness.draft(), any_harness.draft()
    tokens = [any_harness.issue_preview(draft, seconds=seconds)["token"] for seconds in (1, 3600)]
    kept = any_harness.issue_preview(other)["token"]
    any_harness.store.clock.tick(seconds=2)
    assert any_harness.ada.delete(path(draft)).status_code == 204
    for token in tokens:
        expect.failure(any_harness.open_preview(token), 404, "not-found")
    assert any_harness.open_preview(kept).status_code == 200
    assert len(any_harness.preview_items()) == 1


def before_write(harness: AppHarness, number: int, by: Any) -> AppHarness:
    """Something happens before one of the writes, from 0 on."""
    left_over = iter(range(number))

    def send(operation: str, parameters: Mapping[str, Any]) -> Mapping[str, Any]:
        if operation not in READS and next(left_over, None) is None:
            by()
        return harness.store.transport(operation, parameters)

    return harness.with_store(replace(harness.store, transport=send))


def cut() -> None:
    raise TransportError("Unreachable", "the test cut the line")


@pytest.mark.parametrize("writes", [1, 2])
def test_an_interrupted_deletion_shows_nothing(harness: AppHarness, writes: int) -> None:
    """The post is gone first: what is left of its previews is dead, and goes with the next try."""
    draft = harness.draft()
    tokens = [harness.issue_preview(draft)["token"] for _ in range(3)]
    broken = before_write(harness, writes, cut)
    expect.failure(broken.ada.delete(path(draft)), 503, "unavailable")
    assert len(harness.preview_items()) == 4 - writes
    for token in tokens:
        expect.failure(harness.open_preview(token), 404, "not-found")
    assert harness.ada.delete(path(draft)).status_code == 204
    assert harness.preview_items() == []
    expect.failure(harness.ada.delete(path(draft)), 404, "not-found")


def test_a_post_that_goes_meanwhile_gets_no_preview(any_harness: AppHarness) -> None:
    """404, and nothing is stored: the write checks that the post is there."""
    draft = any_harness.draft()
    slow = before_write(any_harness, 0, lambda: any_harness.ada.delete(path(draft)))
    expect.failure(slow.ada.post(previews(draft), json={}), 404, "not-found")
    assert any_harness.preview_items() == []
