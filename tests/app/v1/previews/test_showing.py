"""What a token shows, to whom, and for how long."""

from __future__ import annotations

import hashlib
import logging

import pytest

from tests.app import expect
from tests.app.harness import path
from tests.app.v1.previews.desk import SHOWN, Desk, one, previews


def test_a_token_shows_a_draft_to_anyone(any_desk: Desk) -> None:
    """To strangers, viewers and editors alike, as its author sees it."""
    draft = any_desk.draft(slug="secret")
    token = any_desk.issue(draft)["token"]
    for who in (any_desk.anonymous, any_desk.speaking("vic"), any_desk.editor):
        assert expect.success(any_desk.show(token, who)) == draft
    expect.failure(any_desk.anonymous.get(path(draft)), 404, "not-found")


def test_a_token_shows_the_post_as_it_is_now(desk: Desk) -> None:
    """After each edit and in each state."""
    draft = desk.draft()
    token = desk.issue(draft)["token"]
    tag = desk.tag(draft)
    edited = expect.success(desk.ada.patch(path(draft), json={"body": "New."}, headers=tag))
    assert expect.success(desk.show(token)) == edited
    for step in ("submit", "publish", "archive"):
        after = desk.steps(draft, step)
        assert expect.success(desk.show(token)) == after


def test_a_token_shows_one_post(desk: Desk) -> None:
    """The one it was made for, and opens nothing else."""
    post, other = desk.draft(), desk.draft()
    token = desk.issue(post)["token"]
    assert expect.success(desk.show(token))["postId"] == post["postId"]
    header = {"X-Preview-Token": token}
    for where in (path(other), path(post), f"{path(post)}/revisions", previews(post)):
        assert desk.anonymous.get(where, headers=header).status_code in {401, 404}
    bearer = {"Authorization": f"Bearer {token}"}
    expect.failure(desk.anonymous.get(path(post), headers=bearer), 401, "credentials-wrong")


def test_what_a_token_shows_is_kept_by_nobody(desk: Desk) -> None:
    """Neither shared caches nor browsers keep it, and there is no tag to ask with."""
    answer = desk.show(desk.issue(desk.draft())["token"])
    assert answer.headers["cache-control"] == "private, no-store"
    assert "etag" not in answer.headers


def test_an_hour_unless_asked_otherwise(desk: Desk) -> None:
    """Shown until one second before its end, not at its end, although it is still stored."""
    draft = desk.draft()
    usual, short = desk.issue(draft), desk.issue(draft, seconds=60)
    assert usual["expiresAt"] == "2026-03-14T10:26:53Z"
    assert short["expiresAt"] == "2026-03-14T09:27:53Z"
    desk.store.clock.tick(seconds=59)
    assert desk.show(short["token"]).status_code == 200
    desk.store.clock.tick(seconds=1)
    expect.failure(desk.show(short["token"]), 404, "not-found")
    assert desk.show(usual["token"]).status_code == 200
    assert len(desk.previews()) == 2


def test_every_reason_is_answered_alike(desk: Desk) -> None:
    """Expired, revoked, forged, cut, empty, or of a post that is gone: one 404, to the letter."""
    draft, gone = desk.draft(), desk.draft()
    expired, revoked = desk.issue(draft, seconds=60), desk.issue(draft)
    lost, good = desk.issue(gone), desk.issue(draft)
    desk.store.clock.tick(minutes=1)
    assert desk.ada.delete(one(revoked)).status_code == 204
    assert desk.ada.delete(path(gone)).status_code == 204
    token = good["token"]
    forged = [token[:-1], token + "A", token.swapcase(), good["previewId"], "", "é", "a" * 200]
    dead = [each["token"] for each in (expired, revoked, lost)]
    for each in [*dead, *forged]:
        error = expect.failure(desk.show(each.encode("latin-1")), 404, "not-found")
        assert error["message"] == "the preview does not exist"
        assert error["details"] == []
    assert desk.show(token).status_code == 200


def test_a_token_travels_in_its_header(desk: Desk) -> None:
    """Not in the query; without one, and with one that is too long, the request is wrong."""
    token = desk.issue(desk.draft())["token"]
    in_query = desk.anonymous.get(f"{SHOWN}?token={token}", headers={"X-Preview-Token": token})
    expect.failure(in_query, 422, "unprocessable")
    expect.failure(desk.anonymous.get(SHOWN), 422, "unprocessable")
    expect.failure(desk.show("a" * 201), 422, "unprocessable")


def test_the_table_holds_no_token(desk: Desk) -> None:
    """Only its hash, and who has the table can make no token of that."""
    issued = desk.issue(desk.draft())
    token = issued["token"]
    assert len(token) == 43
    assert issued["previewId"] == hashlib.sha256(token.encode()).hexdigest()
    assert token not in str(desk.items())
    [item] = desk.previews()
    assert item["PK"] == {"S": f"PREVIEW#{issued['previewId']}"}
    assert item["expires_at"] == {"N": "1773484013"}
    expect.failure(desk.show(issued["previewId"]), 404, "not-found")


def test_no_log_line_holds_a_token(desk: Desk, caplog: pytest.LogCaptureFixture) -> None:
    """Neither when it is made nor when it is shown, refused or expired."""
    caplog.set_level(logging.DEBUG, "app")
    token = desk.issue(desk.draft())["token"]
    desk.show(token)
    desk.store.clock.tick(days=1)
    desk.show(token)
    assert caplog.records
    assert not [record for record in caplog.records if token in str(vars(record))]
