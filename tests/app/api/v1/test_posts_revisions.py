"""What a post said before: kept by every edit, shown to those who may edit, given back."""

from __future__ import annotations

from typing import Any

import pytest

from tests.app import expect
from tests.app.harness import AppHarness, path


def edit(harness: AppHarness, post: dict[str, Any], **fields: Any) -> dict[str, Any]:
    return dict(
        expect.success(harness.ada.patch(path(post), json=fields, headers=harness.tag(post)))
    )


def test_every_edit_keeps_the_former_text(any_harness: AppHarness) -> None:
    """Under the version it had, newest first, page by page; steps between leave gaps."""
    post = any_harness.published(title="v1", tags=["a"])
    for title in ("v4", "v5", "v6"):
        edit(any_harness, post, title=title)
    where, cursor, seen = f"{path(post)}/revisions", "", list[dict[str, Any]]()
    while cursor is not None:
        page = expect.success(any_harness.ada.get(f"{where}?limit=1{cursor}"))
        seen += page["items"]
        cursor = page["nextCursor"] and f"&cursor={page['nextCursor']}"
    assert [(each["number"], each["title"]) for each in seen] == [(5, "v5"), (4, "v4"), (3, "v1")]
    whole = expect.success(any_harness.ada.get(f"{where}/3"))
    assert whole == {**seen[-1], "summary": "", "body": "First words.", "tags": ["a"]}
    assert whole["replacedBy"] == "ada"


def test_a_revision_can_be_given_back(any_harness: AppHarness) -> None:
    """Its text in the present category; what it replaces becomes a revision in turn."""
    any_harness.category("science")
    post = any_harness.draft(title="first", summary="s", tags=["a"])
    edit(any_harness, post, title="second", summary="", tags=[], categoryId="science")
    where = f"{path(post)}/revisions"
    expect.failure(any_harness.ada.post(f"{where}/1/restore"), 428, "precondition-required")
    wrong = {"If-Match": '"another"'}
    answer = any_harness.ada.post(f"{where}/1/restore", headers=wrong)
    expect.failure(answer, 412, "precondition-failed")
    tag = any_harness.tag(post)
    answer = any_harness.ada.post(f"{where}/1/restore", headers=tag)
    after = expect.success(answer)
    told = (after["title"], after["summary"], after["tags"], after["categoryId"], after["version"])
    assert told == ("first", "s", ["a"], "science", 3)
    assert expect.success(any_harness.ada.get(f"{where}/2"))["title"] == "second"
    again = any_harness.ada.post(f"{where}/1/restore", headers={"If-Match": answer.headers["etag"]})
    assert expect.success(again) == after == any_harness.stored(post)


@pytest.mark.parametrize("number", ["0", "2", "3", "-1", "999999", "1000000", "9" * 30])
def test_a_number_without_revision_is_not_found(harness: AppHarness, number: str) -> None:
    """The present version, later ones, and numbers that no version can have."""
    post = harness.draft()
    edit(harness, post, title="second")
    where = f"{path(post)}/revisions/{number}"
    error = expect.failure(harness.ada.get(where), 404, "not-found")
    assert error["message"] == "the revision does not exist"
    answer = harness.ada.post(f"{where}/restore", headers={"If-Match": "*"})
    expect.failure(answer, 404, "not-found")


def test_what_is_no_number_is_no_revision(harness: AppHarness) -> None:
    """404, as of a number that there is none of."""
    answer = harness.ada.get(f"{path(harness.draft())}/revisions/first")
    expect.failure(answer, 404, "not-found")


def test_former_texts_are_not_for_readers(harness: AppHarness) -> None:
    """401 and 403 even for a published post: what was taken back stays back."""
    post = harness.published()
    edit(harness, post, title="second")
    for where in ("revisions", "revisions/3"):
        place = f"{path(post)}/{where}"
        expect.failure(harness.anonymous.get(place), 401, "credentials-missing")
        expect.failure(harness.client_as("bob").get(place), 403, "forbidden")
    restore = f"{path(post)}/revisions/3/restore"
    answer = harness.client_as("bob").post(restore, headers={"If-Match": "*"})
    expect.failure(answer, 403, "forbidden")


def test_a_cursor_of_another_posts_revisions_is_refused(harness: AppHarness) -> None:
    """It is bound to its post."""
    posts = [harness.draft(), harness.draft()]
    for post in posts:
        edit(harness, post, title="a")
        edit(harness, post, title="b")
    page = expect.success(harness.ada.get(f"{path(posts[0])}/revisions?limit=1"))
    answer = harness.ada.get(f"{path(posts[1])}/revisions?cursor={page['nextCursor']}")
    expect.failure(answer, 400, "invalid-cursor")
