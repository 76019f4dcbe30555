"""What a token shows, to whom, and for how long."""

from __future__ import annotations

import hashlib
import logging

import pytest

from tests.app import expect
from tests.app.api.v1.previews.steps import SHOWN, one, previews
from tests.app.harness import AppHarness, path


def test_a_token_shows_a_draft_to_anyone(any_harness: AppHarness) -> None:
    """To strangers, viewers and editors alike, as its author sees it."""
    draft = any_harness.draft(slug="secret")
    token = any_harness.issue_preview(draft)["token"]
    for who in (any_harness.anonymous, any_harness.client_as("vic"), any_harness.editor):
        assert expect.success(any_harness.open_preview(token, who)) == draft
    expect.failure(any_harness.anonymous.get(path(draft)), 404, "not-found")


def test_a_token_shows_the_post_as_it_is_now(harness: AppHarness) -> None:
    """After each edit and in each state."""
    draft = harness.draft()
    token = harness.issue_preview(draft)["token"]
    tag = harness.tag(draft)
    edited = expect.success(harness.ada.patch(path(draft), json={"body": "New."}, headers=tag))
    assert expect.success(harness.open_preview(token)) == edited
    for step in ("submit", "publish", "archive"):
        after = harness.steps(draft, step)
        assert expect.success(harness.open_preview(token)) == after


def test_a_token_shows_one_post(harness: AppHarness) -> None:
    """The one it was made for, and opens nothing else."""
    post, other = harness.draft(), harness.draft()
    token = harness.issue_preview(post)["token"]
    assert expect.success(harness.open_preview(token))["postId"] == post["postId"]
    header = {"X-Preview-Token": token}
    for where in (path(other), path(post), f"{path(post)}/revisions", previews(post)):
        assert harness.anonymous.get(where, headers=header).status_code in {401, 404}
    bearer = {"Authorization": f"Bearer {token}"}
    expect.failure(harness.anonymous.get(path(post), headers=bearer), 401, "credentials-wrong")


def test_what_a_token_shows_is_kept_by_nobody(harness: AppHarness) -> None:
    """Neither shared caches nor browsers keep it, and there is no tag to ask with."""
    answer = harness.open_preview(harness.issue_preview(harness.draft())["token"])
    assert answer.headers["cache-control"] == "private, no-store"
    assert "etag" not in answer.headers


def test_an_hour_unless_asked_otherwise(harness: AppHarness) -> None:
    """Shown until one second before its end, not at its end, although it is still stored."""
    draft = harness.draft()
    usual, short = harness.issue_preview(draft), harness.issue_preview(draft, seconds=60)
    assert usual["expiresAt"] == "2026-03-14T10:26:53Z"
    assert short["expiresAt"] == "2026-03-14T09:27:53Z"
    harness.store.clock.tick(seconds=59)
    assert harness.open_preview(short["token"]).status_code == 200
    harness.store.clock.tick(seconds=1)
    expect.failure(harness.open_preview(short["token"]), 404, "not-found")
    assert harness.open_preview(usual["token"]).status_code == 200
    assert len(harness.preview_items()) == 2


def test_every_reason_is_answered_alike(harness: AppHarness) -> None:
    """Expired, revoked, forged, cut, empty, or of a post that is gone: one 404, to the letter."""
    draft, gone = harness.draft(), harness.draft()
    expired, revoked = harness.issue_preview(draft, seconds=60), harness.issue_preview(draft)
    lost, good = harness.issue_preview(gone), harness.issue_preview(draft)
    harness.store.clock.tick(minutes=1)
    assert harness.ada.delete(one(revoked)).status_code == 204
    assert harness.ada.delete(path(gone)).status_code == 204
    token = good["token"]
    forged = [token[:-1], token + "A", token.swapcase(), good["previewId"], "", "é", "a" * 200]
    dead = [each["token"] for each in (expired, revoked, lost)]
    for each in [*dead, *forged]:
        error = expect.failure(harness.open_preview(each.encode("latin-1")), 404, "not-found")
        assert error["message"] == "the preview does not exist"
        assert error["details"] == []
    assert harness.open_preview(token).status_code == 200


def test_a_token_travels_in_its_header(harness: AppHarness) -> None:
    """Not in the query; without one, and with one that is too long, the request is wrong."""
    token = harness.issue_preview(harness.draft())["token"]
    in_query = harness.anonymous.get(f"{SHOWN}?token={token}", headers={"X-Preview-Token": token})
    expect.failure(in_query, 422, "unprocessable")
    expect.failure(harness.anonymous.get(SHOWN), 422, "unprocessable")
    expect.failure(harness.open_preview("a" * 201), 422, "unprocessable")


def test_the_table_holds_no_token(harness: AppHarness) -> None:
    """Only its hash, and who has the table can make no token of that."""
    issued = harness.issue_preview(harness.draft())
    token = issued["token"]
    assert len(token) == 43
    assert issued["previewId"] == hashlib.sha256(token.encode()).hexdigest()
    assert token not in str(harness.items())
    [item] = harness.preview_items()
    assert item["PK"] == {"S": f"PREVIEW#{issued['previewId']}"}
    assert item["expires_at"] == {"N": "1773484013"}
    expect.failure(harness.open_preview(issued["previewId"]), 404, "not-found")


def test_no_log_line_holds_a_token(harness: AppHarness, caplog: pytest.LogCaptureFixture) -> None:
    """Neither when it is made nor when it is shown, refused or expired."""
    caplog.set_level(logging.DEBUG, "app")
    token = harness.issue_preview(harness.draft())["token"]
    harness.open_preview(token)
    harness.store.clock.tick(days=1)
    harness.open_preview(token)
    assert caplog.records
    assert not [record for record in caplog.records if token in str(vars(record))]
